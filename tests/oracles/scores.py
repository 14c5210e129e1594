"""Makes tests/oracles/scores.csv: scores of small forecasts by scoringrules and isotonic regressions by SciPy.

Usage: python3 tests/oracles/scores.py > tests/oracles/scores.csv
Made with scoringrules 0.10.0 and SciPy 1.17.1. Columns: score, arguments (lists separated by ';', vectors by '|'),
value.
"""

import csv
import sys

import numpy as np
import scipy.optimize as so
import scoringrules as sr

rng = np.random.default_rng(20260101)
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["score", "members", "weights", "observed", "low", "high", "level", "value"])


def text(values):
    return ";".join(repr(float(x)) for x in values)


def row(score, value, members="", weights="", observed="", low="", high="", level=""):
    out.writerow([score, members, weights, observed, low, high, level, repr(float(value))])


for case in range(6):
    m = [2, 3, 5, 8, 13, 20][case]
    members = np.round(rng.normal(1.0, 2.0, m), 3)
    if case == 3:
        members[1] = members[0]  # a tie
    weights = np.round(rng.uniform(0.1, 2.0, m), 2)
    observed = float(np.round(rng.normal(1.0, 2.5), 3))
    if case == 4:
        observed = float(members[2])
    low, high = sorted(np.round(rng.normal(1.0, 1.5, 2), 2).tolist())
    common = {"members": text(members), "observed": repr(observed)}
    row("crps", sr.crps_ensemble(observed, members, estimator="nrg"), **common)
    row("crps_fair", sr.crps_ensemble(observed, members, estimator="fair"), **common)
    weighted = sr.crps_ensemble(observed, members, ens_w=weights, estimator="nrg")
    row("crps_weighted", weighted, weights=text(weights), **common)
    # scoringrules takes the weights of its fair estimator as they are: normalised here.
    fair = sr.crps_ensemble(observed, members, ens_w=weights / weights.sum(), estimator="fair")
    row("crps_weighted_fair", fair, weights=text(weights), **common)
    between = sr.twcrps_ensemble(observed, members, a=low, b=high, estimator="nrg")
    row("crps_between", between, low=repr(low), high=repr(high), **common)
    above = sr.twcrps_ensemble(observed, members, a=low, estimator="nrg")
    row("crps_between", above, low=repr(low), high="inf", **common)
    for level in (0.05, 0.5, 0.9):
        q = float(np.quantile(members, level))
        row("quantile", sr.quantile_score(observed, q, level), low=repr(q), level=repr(level), observed=repr(observed))
    for miss in (0.1, 0.5):
        row("interval", sr.interval_score(observed, low, high, miss), low=repr(low), high=repr(high), level=repr(miss),
            observed=repr(observed))
    vectors = np.round(rng.normal(0.0, 1.0, (m, 3)), 3)
    seen = np.round(rng.normal(0.0, 1.0, 3), 3)
    joined = "|".join(text(vector) for vector in vectors)
    row("energy", sr.energy_score(seen, vectors, estimator="nrg"), members=joined, observed=text(seen))
    row("energy_fair", sr.energy_score(seen, vectors, estimator="fair"), members=joined, observed=text(seen))
    p, happened = round(float(rng.uniform(0.02, 0.98)), 3), int(rng.uniform() < 0.5)
    row("brier", sr.brier_score(happened, p), members=repr(p), observed=str(happened))
    row("log", sr.log_score(happened, p), members=repr(p), observed=str(happened))

# CORP: mean Brier score of the forecasts, of their isotonic recalibration, of the base rate.
for case, n in enumerate([5, 12, 40, 200]):
    p = np.round(rng.beta(1.5, 2.0, n), 2)
    y = (rng.uniform(size=n) < p**1.4).astype(float)
    if case == 1:
        y[:] = 1.0
    order = np.argsort(p, kind="stable")
    values, inverse = np.unique(p, return_inverse=True)
    counts = np.bincount(inverse).astype(float)
    means = np.bincount(inverse, weights=y) / counts
    fitted = so.isotonic_regression(means, weights=counts).x[inverse]
    score, calibrated, climate = np.mean((p - y) ** 2), np.mean((fitted - y) ** 2), np.mean((y.mean() - y) ** 2)
    common = {"members": text(p), "observed": text(y)}
    row("corp_mcb", score - calibrated, **common)
    row("corp_dsc", climate - calibrated, **common)
    row("corp_unc", climate, **common)
    for at in (0, n // 2, n - 1):
        row("corp_fit", fitted[at], level=str(at), **common)
