"""Writes score-values.json: what SciPy, statsmodels and krippendorff say of win rates, unequal topics, agreement, calibration and training.

    python3 -m venv env && env/bin/pip install -r test/reference/requirements.txt
    env/bin/python test/reference/make-score-values.py > test/reference/score-values.json
"""

import json

import krippendorff
import numpy as np
import statsmodels.api as sm
from bell_mccaffrey import interval
from scipy import optimize, special, stats

rng = np.random.default_rng(7)


# Topics of one to four prompts, as length-matched figures have them.
topics = [rng.normal(0.2, 0.5, size=size).round(2).tolist() for size in (1, 3, 2, 4, 2, 1, 3, 2, 4, 2, 3, 1)]
won = [[1.0 if value > 0 else 0.5 if value == 0 else 0.0 for value in topic] for topic in topics]
shifts = [-0.3, 0.0, 0.25, 0.4]
non_inferior = [
    [shift, interval([[value + shift for value in topic] for topic in topics])["low"]] for shift in shifts
]

# Ratings of 40 answers by three validators, a tenth of them missing.
quality = rng.normal(3, 0.8, size=40)
ratings = (quality[:, None] + rng.normal(0, 0.5, size=(40, 3))).round(2)
ratings[rng.random(ratings.shape) < 0.1] = np.nan


def alpha(rows):
    return krippendorff.alpha(reliability_data=rows.T, level_of_measurement="interval")


resampled = [alpha(ratings[rng.integers(0, 40, size=40)]) for _ in range(20_000)]

# Scores of 12 prompts with 5 variations by three validators: residuals of a fixed effect for each prompt.
prompts = np.repeat(np.arange(12), 5)
merit = rng.normal(0, 0.6, size=60)
scores = np.stack(
    [lenient + scale * merit + rng.normal(0, 0.4, 60) + 0.3 * prompts for lenient, scale in ((3, 1), (2, 0.5), (4, 0.8))],
    axis=1,
).round(2)
dummies = (prompts[:, None] == np.arange(12)).astype(float)
fits = [sm.OLS(scores[:, j], dummies).fit() for j in range(3)]
z = np.stack([fit.resid / np.sqrt(fit.mse_resid) for fit in fits], axis=1)
agreement = [stats.pearsonr(z[:, j], np.delete(z, j, axis=1).mean(axis=1)).statistic for j in range(3)]
raw = [max(0.1, (60 * r + 200 / 3) / (60 + 200)) for r in agreement]

# One prompt of which the second validator saw the better half only: variation and validator effects by least squares.
seen = [[0, 1, 2, 3, 4, 5], [3, 4, 5]]
looks = [(variation, validator) for validator in (0, 1) for variation in seen[validator]]
given = np.array([1.9, 2.4, 2.2, 3.1, 3.6, 3.3, 3.9, 4.4, 3.7])
own = [given[:6], given[6:]]
centred = np.concatenate([(part - part.mean()) / part.std(ddof=1) for part in own])
design = np.array([[*(variation == np.arange(6)), validator == 1] for variation, validator in looks], float)
shift = sm.OLS(centred, design).fit().params[-1]
level = np.array([value - (shift if validator == 1 else 0) for value, (_, validator) in zip(centred, looks)])
means = [np.mean([value for value, (other, _) in zip(level, looks) if other == variation]) for variation in range(6)]
aligned = level - np.mean(means)

# Penalised logistic regression with soft labels and weights, by another minimiser.
x = rng.normal(size=(60, 4)).round(2)
labels = special.expit(x @ np.array([1, -0.5, 0, 0.3]) + rng.normal(0, 0.5, 60)).round(3)
weights = rng.uniform(0.2, 1.5, 60).round(2)
penalty = 0.7


def loss(beta):
    margin = x @ beta
    return np.sum(weights * (np.logaddexp(0, margin) - labels * margin)) + penalty / 2 * beta @ beta


def gradient(beta):
    return x.T @ (weights * (special.expit(x @ beta) - labels)) + penalty * beta


fitted = optimize.minimize(loss, np.zeros(4), jac=gradient, method="BFGS", options={"gtol": 1e-10})

print(
    json.dumps(
        {
            "topics": topics,
            "gain": interval(topics),
            "winRate": interval(won),
            "nonInferior": non_inferior,
            "ratings": [[None if np.isnan(value) else value for value in row] for row in ratings.tolist()],
            "alpha": {
                "alpha": alpha(ratings),
                "low": float(np.quantile(resampled, 0.025)),
                "high": float(np.quantile(resampled, 0.975)),
            },
            "scores": scores.tolist(),
            "z": z.tolist(),
            "agreement": [float(r) for r in agreement],
            "weights": (np.array(raw) / sum(raw)).tolist(),
            "looks": [[*look, value] for look, value in zip(looks, given.tolist())],
            "aligned": aligned.tolist(),
            "logistic": {
                "x": x.tolist(),
                "labels": labels.tolist(),
                "weights": weights.tolist(),
                "penalty": penalty,
                "beta": fitted.x.tolist(),
            },
        }
    )
)
