"""Writes skew-values.json: skew and the p-value corrected for it, by SciPy's moments and whole matrices.

    python3 -m venv env && env/bin/pip install -r test/reference/requirements.txt
    env/bin/python test/reference/make-skew-values.py > test/reference/skew-values.json
"""

import json

import numpy as np
from bell_mccaffrey import interval
from scipy import stats

rng = np.random.default_rng(11)
cases = {
    "symmetric": rng.normal(0.2, 0.4, 12),
    "a rare loss": np.where(np.arange(20) == 7, -1.8, 0.2) + rng.normal(0, 0.1, 20),
    "exponential": 0.5 - rng.exponential(0.5, 30),
    "a large gain of most": np.where(np.arange(20) < 2, 0.0, 4.0),
    "ties": np.repeat([0.0, 0.0, 0.5, -1.0], 3),
}


def describe(values):
    values = values.round(6)
    found = interval([[value] for value in values.tolist()])
    n, skew = len(values), float(stats.skew(values))
    t = stats.ttest_1samp(values, 0).statistic
    lean = skew / np.sqrt(n)
    hall = t + lean * t**2 / 3 + lean**2 * t**3 / 27 + lean / 6
    left = [np.delete(values, place).mean() for place in range(n)]
    return {
        "values": values.tolist(),
        "skew": skew,
        "pSkewed": float(stats.t.sf(hall, found["degrees"])),
        "withoutOne": [float(min(left)), float(max(left))],
    }


print(json.dumps({name: describe(np.asarray(values)) for name, values in cases.items()}, indent=2))
