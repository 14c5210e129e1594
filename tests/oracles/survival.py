"""Event-time curves of lifelines (0.30.3) for `crates/analysis/src/survival.rs`.

Writes survival.csv: Kaplan-Meier, Nelson-Aalen and Aalen-Johansen with 95 % intervals at each time.
Run: python3 tests/oracles/survival.py > tests/oracles/survival.csv
"""
import warnings

import numpy as np
from lifelines import AalenJohansenFitter, KaplanMeierFitter, NelsonAalenFitter

from prim import word

warnings.simplefilter("ignore")


def data(n=120):
    """Times with ties within a cause, never between causes: lifelines would move those at random."""
    times, causes = [], []
    for i in range(n):
        cause = word(i, 21) % 10
        cause = 0 if cause < 2 else 1 if cause < 6 else 2
        times.append(3 * (1 + word(i, 20) % 24) + cause)
        causes.append(cause)
    return np.array(times, float), np.array(causes)


if __name__ == "__main__":
    times, causes = data()
    km = KaplanMeierFitter().fit(times, causes > 0)
    na = NelsonAalenFitter(nelson_aalen_smoothing=False).fit(times, causes > 0)
    one = AalenJohansenFitter().fit(times, causes, event_of_interest=1)
    two = AalenJohansenFitter().fit(times, causes, event_of_interest=2)
    print("curve,time,value,low,high")
    for name, value, interval in (
        ("kaplan-meier", km.survival_function_, km.confidence_interval_),
        ("nelson-aalen", na.cumulative_hazard_, na.confidence_interval_),
        ("aalen-johansen-1", one.cumulative_density_, one.confidence_interval_),
        ("aalen-johansen-2", two.cumulative_density_, two.confidence_interval_),
    ):
        for time in value.index:
            low, high = sorted(interval.loc[time].values)
            print(name, time, repr(float(value.loc[time].iloc[0])), repr(float(low)), repr(float(high)), sep=",")
