"""Peeling trajectories of the EMA Workbench (2.5.3) for `crates/analysis/src/prim`.

Writes prim.csv: each box with its statistics, and each restricted input with limits and quasi-p values (-1: not
restricted at that end). The data are made by whole-number arithmetic, so that the Rust test makes the same ones.
Run: python3 tests/oracles/prim.py > tests/oracles/prim.csv
"""
import numpy as np
import pandas as pd
from ema_workbench.analysis import prim
from ema_workbench.analysis.prim_util import PRIMObjectiveFunctions as F
from ema_workbench.util import ema_logging

ema_logging.get_rootlogger().handlers.clear()
MASK = 0xFFFFFFFF


def word(i, j):
    z = (i * 2654435761 + j * 2246822519 + 374761393) & MASK
    z ^= z >> 15
    z = z * 2246822519 & MASK
    z ^= z >> 13
    z = z * 3266489917 & MASK
    return z ^ z >> 16


def share(i, j):
    return word(i, j) / 4294967296.0


def data(case):
    n = {"numbers": 400, "mixed": 500, "ties": 300}[case]
    a = np.array([[share(i, j) for j in range(4)] for i in range(n)])
    luck = np.array([share(i, 9) for i in range(n)])
    if case == "numbers":
        hit = (a[:, 0] > 0.6) & (a[:, 1] < 0.45)
        frame = pd.DataFrame({f"x{j}": a[:, j] for j in range(4)})
    elif case == "mixed":
        whole = (a[:, 2] * 7).astype(int)
        kind = (a[:, 3] * 3).astype(int)
        hit = (a[:, 0] > 0.5) & (whole >= 3) & (kind != 1)
        frame = pd.DataFrame({"x0": a[:, 0], "x1": a[:, 1], "x2": whole, "x3": [f"k{k}" for k in kind]})
    else:
        a = np.round(a * 8) / 8
        hit = (a[:, 0] >= 0.5) & (a[:, 1] >= 0.375)
        frame = pd.DataFrame({f"x{j}": a[:, j] for j in range(4)})
    y = np.where(hit, luck < 0.9, luck < 0.08).astype(int)
    return frame, y


def end(value):
    if isinstance(value, (set, frozenset)):
        return "|".join(sorted(k[1:] for k in value))
    return repr(float(value))


def main():
    print("case,objective,turn,box,n,k,coverage,density,mass,restricted")
    for case in ("numbers", "mixed", "ties"):
        for name, objective in (("lenient1", F.LENIENT1), ("lenient2", F.LENIENT2), ("original", F.ORIGINAL)):
            frame, y = data(case)
            alg = prim.Prim(frame, y, threshold=0.5, obj_function=objective)
            for turn in range(2 if name == "lenient1" and case != "numbers" else 1):
                box = alg.find_box()
                for i, (limits, qp) in enumerate(zip(box.box_lims, box.qp)):
                    row = box.peeling_trajectory.loc[i]
                    inputs = [
                        " ".join([column[1:], *(end(x) for x in limits[column].values), *(f"{p:.12g}" for p in qp[column])])
                        for column in frame.columns
                        if column in qp
                    ]
                    print(case, name, turn, i, int(row.n), int(row.k), f"{row.coverage:.12g}", f"{row.density:.12g}",
                          f"{row.mass:.12g}", ";".join(inputs), sep=",")


if __name__ == "__main__":
    main()
