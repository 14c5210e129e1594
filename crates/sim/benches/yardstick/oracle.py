"""States the yardstick once more, in plain Python with the library's own generator and f64.

An independent witness for crates/sim/tests/yardstick.rs: only distributions are compared.
Run: python3 oracle.py [replicates] [seed]
"""

import math
import random
import sys

N, T = 12, 100
CAP = [1 + (7 * i + 3) % 10 for i in range(N)]
X = [[((13 * i + 5 * k + 1) % 17) / 16 * 2 - 1 for k in range(3)] for i in range(N)]
PAIRS = [(i, j) for i in range(N) for j in range(i + 1, N)]
RIV = [((i * j + i + j) % 7) / 6 for i, j in PAIRS]
PHI, SIG, P_EVENT, JUMP, E = 0.9, 0.10, 0.02, (0.6, 0.4, 0.5), 0.5
K1, SBAR, K2, NU = 0.01, 0.35, 0.02, 0.03
B0, B1, G, M_MAX = 2.0, 4.0, 0.02, 10
THR, HOLD, P_W = -0.20, 4, 0.10


def gap(x, y):
    return (abs(x[0] - y[0]) + abs(x[1] - y[1]) + abs(x[2] - y[2])) / 3


def clamp(x):
    return max(-1.0, min(1.0, x))


def replicate(rng):
    stress = [[0.0] * 3 for _ in range(N)]
    tie = [clamp(0.25 + 0.25 * (1 - gap(X[i], X[j]))) for i, j in PAIRS]
    member, low, m, course = [True] * N, [0] * N, 0, []
    for _ in range(T):
        for s in stress:
            jump = JUMP if rng.random() < P_EVENT else (0, 0, 0)
            for k in range(3):
                s[k] = PHI * s[k] + SIG * rng.gauss(0, 1) + jump[k]
        q = [[X[i][k] + E * stress[i][k] for k in range(3)] for i in range(N)]
        num, den = [0.0] * N, [0.0] * N
        for d, (i, j) in enumerate(PAIRS):
            sim, sd = 1 - gap(q[i], q[j]), gap(stress[i], stress[j])
            tie[d] = clamp(tie[d] + K1 * (sim - SBAR) - K2 * RIV[d] * sd + NU * rng.gauss(0, 1))
            for here, there in ((i, j), (j, i)):
                if member[there]:
                    num[here] += CAP[there] * tie[d]
                    den[here] += CAP[there]
        sat = [(num[i] / den[i] if den[i] else 0.0) + G * m for i in range(N)]
        votes = [rng.random() < 1 / (1 + math.exp(-(B0 + B1 * sat[i]))) for i in range(N) if member[i]]
        m = min(m + 1, M_MAX) if votes and all(votes) else m
        for i in range(N):
            if member[i]:
                low[i] = low[i] + 1 if sat[i] < THR else 0
                if low[i] >= HOLD and rng.random() < P_W:
                    member[i] = False
        both = [(CAP[i] * CAP[j], d) for d, (i, j) in enumerate(PAIRS) if member[i] and member[j]]
        weight = sum(w for w, _ in both)
        course.append(sum(w * tie[d] for w, d in both) / weight if weight else 0.0)
    return course, m, not all(member)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    runs = [replicate(rng) for _ in range(n)]
    print("replicates", n, "withdrew", sum(r[2] for r in runs) / n, "maturity", sum(r[1] for r in runs) / n)
    for t in (19, T - 1):
        c = sorted(r[0][t] for r in runs)
        mean = sum(c) / n
        sd = math.sqrt(sum((x - mean) ** 2 for x in c) / n)
        quantiles = [round(c[int(p * n)], 5) for p in (0.05, 0.25, 0.5, 0.75, 0.95)]
        print("tick", t, "mean", round(mean, 5), "sd", round(sd, 5), "quantiles", quantiles)


main()
