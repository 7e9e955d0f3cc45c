"""Writes values.json: what SciPy and statsmodels say the statistics of activities/statistics are.

    python3 -m venv env && env/bin/pip install -r test/reference/requirements.txt
    env/bin/python test/reference/make-values.py > test/reference/values.json
"""

import json

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(1)
shares = [(0, 2), (2, 2), (1, 7), (13, 15), (40, 50), (197, 200)]
p_values = [0.001, 0.04, 0.03, 0.2, 0.011, 0.5]

# Equal clusters: the mean of cluster means is the ratio of sums, and its t interval that of a one-sample t test.
clusters = rng.normal(0.3, 0.5, size=(12, 2)).round(3)
test = stats.ttest_1samp(clusters.mean(axis=1), 0)
interval = test.confidence_interval(0.95)
error = stats.sem(clusters.mean(axis=1))
degrees = len(clusters) - 1

print(
    json.dumps(
        {
            "exact": [[k, n, *map(float, proportion_confint(k, n, method="beta"))] for k, n in shares],
            "wilson": [[k, n, *map(float, proportion_confint(k, n, method="wilson"))] for k, n in shares],
            "studentT": [[p, df, float(stats.t.ppf(p, df))] for p in (0.6, 0.8, 0.975) for df in (0.7, 1, 3.3, 4, 9, 60)],
            "pValues": p_values,
            "holm": multipletests(p_values, method="holm")[1].tolist(),
            "benjaminiHochberg": multipletests(p_values, alpha=0.1, method="fdr_bh")[0].tolist(),
            "clusters": clusters.tolist(),
            "tTest": {"low": float(interval.low), "high": float(interval.high), "p": float(test.pvalue)},
            "detectableEffect": float((stats.t.ppf(0.975, degrees) + stats.t.ppf(0.8, degrees)) * error),
            "pearson": float(stats.pearsonr(clusters[:, 0], clusters[:, 1])[0]),
        },
        indent=2,
    )
)
