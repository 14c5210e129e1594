"""Writes the tables beside which our sensitivity indices are tested: python3 sensitivity.py FOLDER

Needs NumPy, SciPy and SALib; the versions that made a table stand in its first line.
"""

import csv
import os
import sys

import numpy as np
from importlib.metadata import version
import scipy
import scipy.special
from SALib.analyze import morris as morris_analyze
from SALib.analyze import pawn as pawn_analyze
from SALib.analyze import sobol as sobol_analyze
from SALib.sample import latin
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G
from scipy import stats

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
MADE_BY = f"SALib {version('SALib')}, SciPy {scipy.__version__}, NumPy {np.__version__}"


def write(name, header, rows):
    with open(os.path.join(OUT, name), "w", newline="") as file:
        file.write(f"# {MADE_BY}\n")
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows([[x if isinstance(x, str) else repr(float(x)) for x in row] for row in rows])


def variance_based(name, problem, evaluate, n, second):
    x = sobol_sample.sample(problem, n, calc_second_order=second, seed=11)
    y = evaluate(x)
    found = sobol_analyze.analyze(problem, y, calc_second_order=second, seed=3, num_resamples=1000)
    k = problem["num_vars"]
    step = 2 * k + 2 if second else k + 2
    columns = {"a": y[0::step], "b": y[step - 1 :: step]}
    for j in range(k):
        columns[f"ab{j + 1}"] = y[1 + j :: step]
    if second:
        for j in range(k):
            columns[f"ba{j + 1}"] = y[1 + k + j :: step]
    write(f"{name}_answers.csv", columns.keys(), zip(*columns.values()))
    rows = []
    for j in range(k):
        rows.append(["first", str(j), "", found["S1"][j], found["S1_conf"][j]])
        rows.append(["total", str(j), "", found["ST"][j], found["ST_conf"][j]])
    if second:
        for i in range(k):
            for j in range(i + 1, k):
                rows.append(["second", str(i), str(j), found["S2"][i, j], found["S2_conf"][i, j]])
    write(f"{name}_indices.csv", ["index", "input", "other", "value", "half_width"], rows)


def elementary():
    problem = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
    x = morris_sample.sample(problem, 20, num_levels=8, seed=5)
    y = Ishigami.evaluate(x)
    found = morris_analyze.analyze(problem, x, y, num_levels=8, seed=3, num_resamples=1000)
    # Shares of the range, so that a step is what SALib takes it for.
    share = (x + np.pi) / (2 * np.pi)
    write("morris_answers.csv", ["x1", "x2", "x3", "y"], np.column_stack([share, y]))
    rows = zip(found["mu"], found["mu_star"], found["sigma"], found["mu_star_conf"])
    write("morris_effects.csv", ["mu", "mu_star", "sigma", "half_width"], rows)


def given_data():
    names = ["x1", "x2", "x3", "x4"]
    problem = {"num_vars": 4, "names": names, "bounds": [[-np.pi, np.pi]] * 4}
    x = latin.sample(problem, 500, seed=7)
    rng = np.random.default_rng(1)
    # The fourth is correlated with the first and does nothing itself; some outcomes are equal.
    x[:, 3] = 0.6 * x[:, 0] + 0.8 * x[:, 3]
    y = np.round(Ishigami.evaluate(x[:, :3]) + 0.5 * rng.standard_normal(500), 1)
    write("given_sample.csv", [*names, "y"], np.column_stack([x, y]))
    pawn = pawn_analyze.analyze({"num_vars": 4, "names": names, "bounds": [[-9, 9]] * 4}, x, y, S=10)
    rows = []
    for j in range(4):
        rows.append(["pawn_median_salib", str(j), pawn["median"][j]])
        rows.append(["pawn_maximum_salib", str(j), pawn["maximum"][j]])
        # SALib leaves the largest value of an input out of the last slide; here it is in.
        cuts = np.quantile(x[:, j], np.linspace(0, 1, 11))
        slide = np.searchsorted(cuts[1:-1], x[:, j], side="right")
        far = [stats.ks_2samp(y[slide == s], y).statistic for s in range(10)]
        rows.append(["pawn_median", str(j), np.median(far)])
        rows.append(["pawn_maximum", str(j), np.max(far)])
        ks = stats.ks_2samp(x[y > 5, j], x[y <= 5, j])
        n, m = (y > 5).sum(), (y <= 5).sum()
        rows.append(["ks_distance", str(j), ks.statistic])
        rows.append(["ks_p", str(j), scipy.special.kolmogorov(ks.statistic * np.sqrt(n * m / (n + m)))])
        u = stats.mannwhitneyu(x[y > 5, j], x[y <= 5, j]).statistic
        rows.append(["larger", str(j), u / (n * m)])
    ranks = np.column_stack([stats.rankdata(x[:, j]) for j in range(4)] + [stats.rankdata(y)])
    z = (ranks - ranks.mean(0)) / ranks.std(0)
    slopes, *_ = np.linalg.lstsq(z[:, :4], z[:, 4], rcond=None)
    precision = np.linalg.inv(np.corrcoef(z.T))
    for j in range(4):
        rows.append(["srrc", str(j), slopes[j]])
        rows.append(["prcc", str(j), -precision[j, 4] / np.sqrt(precision[j, j] * precision[4, 4])])
    r2 = 1 - ((z[:, 4] - z[:, :4] @ slopes) ** 2).mean()
    rows.append(["explained", "0", 1 - (1 - r2) * 499 / 495])
    write("given_indices.csv", ["index", "input", "value"], rows)


ishigami = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
g = {"num_vars": 8, "names": [f"x{j}" for j in range(1, 9)], "bounds": [[0, 1]] * 8}
variance_based("ishigami", ishigami, Ishigami.evaluate, 128, True)
variance_based("g", g, lambda x: Sobol_G.evaluate(x, a=np.array([0, 1, 4.5, 9, 99, 99, 99, 99])), 128, False)
elementary()
given_data()
