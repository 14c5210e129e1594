"""Makes the tables of oracle values for intervals, with scipy and statsmodels and from the definitions.

    python3 tests/oracles/intervals/make.py

writes proportions.csv, paired.csv, means.csv and ranks.csv beside itself.
"""

import itertools
import os

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

HERE = os.path.dirname(os.path.abspath(__file__))
MADE = f"# made by make.py with scipy {scipy.__version__}, statsmodels {statsmodels.__version__}\n"


def write(name, head, rows):
    with open(os.path.join(HERE, name), "w") as out:
        out.write(MADE + head + "\n")
        for row in rows:
            out.write(",".join(repr(x) if isinstance(x, int) else repr(float(x)) for x in row) + "\n")


def proportions():
    for n, share, confidence in itertools.product([10, 263, 10_000], [0, 0.03, 0.5, 1], [0.9, 0.95, 0.999]):
        count = round(share * n)
        wilson = proportion_confint(count, n, 1 - confidence, method="wilson")
        exact = stats.binomtest(count, n).proportion_ci(confidence, method="exact")
        yield count, n, confidence, *wilson, exact.low, exact.high


def loglik(b, c, agree, p, q):
    def part(count, share):
        return 0.0 if count == 0 else (count * np.log(share) if share > 0 else -np.inf)

    return part(b, p) + part(c, q) + part(agree, 1 - p - q)


def tango(b, c, n, confidence):
    """The score interval by its definition: the nuisance share by numerical maximisation, the ends by root finding."""
    z = stats.norm.ppf(0.5 + confidence / 2)

    def score(delta):
        low, high = max(0.0, -delta), (1 - delta) / 2
        found = optimize.minimize_scalar(
            lambda q: -loglik(b, c, n - b - c, q + delta, q), bounds=(low, high), method="bounded",
            options={"xatol": 1e-13},
        )
        ends = [low, high, found.x]
        q = max(ends, key=lambda q: loglik(b, c, n - b - c, q + delta, q))
        variance = n * (2 * q + delta - delta * delta)
        return (b - c - n * delta) / np.sqrt(max(variance, 1e-300))

    value = (b - c) / n
    low = optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, value - 1e-12, xtol=1e-12)
    high = optimize.brentq(lambda d: score(d) + z, value + 1e-12, 1 - 1e-9, xtol=1e-12)
    return low, high


def newcombe(a, b, c, d, confidence):
    """Newcombe 1998, Stat. Med. 17:2635, method 10, with the Wilson intervals of statsmodels."""
    n = a + b + c + d
    first = proportion_confint(a + b, n, 1 - confidence, method="wilson")
    second = proportion_confint(a + c, n, 1 - confidence, method="wilson")
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    cross = a * d - b * c
    if margins == 0:
        phi = 0.0
    elif cross > n / 2:
        phi = (cross - n / 2) / np.sqrt(margins)
    elif cross >= 0:
        phi = 0.0
    else:
        phi = cross / np.sqrt(margins)
    p1, p2, value = (a + b) / n, (a + c) / n, (b - c) / n
    dl1, du1, dl2, du2 = p1 - first[0], first[1] - p1, p2 - second[0], second[1] - p2
    low = value - np.sqrt(dl1**2 - 2 * phi * dl1 * du2 + du2**2)
    high = value + np.sqrt(du1**2 - 2 * phi * du1 * dl2 + dl2**2)
    return low, high


def paired():
    tables = [(36, 12, 2, 0), (36, 12, 2, 20), (20, 12, 2, 16), (47, 2, 0, 1), (19, 1, 1, 29),
              (500, 30, 10, 460), (9000, 12, 40, 948), (3, 5, 4, 988), (25, 0, 7, 18)]
    for (a, b, c, d), confidence in itertools.product(tables, [0.95, 0.995]):
        yield a, b, c, d, confidence, *tango(b, c, a + b + c + d, confidence), *newcombe(a, b, c, d, confidence)


def means():
    for n, mean, variance, confidence in itertools.product([2, 5, 64, 10_000], [-1.5, 0.3], [0.04, 2.5], [0.9, 0.95]):
        half = stats.t.ppf(0.5 + confidence / 2, n - 1) * np.sqrt(variance / n)
        yield n, mean, variance, confidence, mean - half, mean + half


def ranks():
    """The widest l and narrowest h of which each tail of the binomial holds at most half of the rest; 0: there is none."""
    for n, level, confidence in itertools.product([20, 64, 1000, 12_345], [0.05, 0.25, 0.5, 0.95], [0.95, 0.99]):
        tail = (1 - confidence) / 2
        ranks = np.arange(1, n + 1)
        below = stats.binom.cdf(ranks - 1, n, level)
        low = ranks[below <= tail]
        high = ranks[1 - below <= tail]
        yield n, level, confidence, int(low.max()) if len(low) else 0, int(high.min()) if len(high) else 0


write("proportions.csv", "count,n,confidence,wilson_low,wilson_high,exact_low,exact_high", proportions())
write("paired.csv", "both,first,second,neither,confidence,tango_low,tango_high,newcombe_low,newcombe_high", paired())
write("means.csv", "n,mean,variance,confidence,low,high", means())
write("ranks.csv", "n,level,confidence,low,high", ranks())
