"""The mean of clustered values as a regression on a constant, by whole matrices (Imbens & Kolesar 2016, section 4)."""

import numpy as np
from scipy import stats


def interval(clusters, level=0.95):
    """Mean, 95% interval and p by CR2 and the degrees of freedom of Bell and McCaffrey."""
    y = np.concatenate([np.asarray(cluster, float) for cluster in clusters])
    owner = np.repeat(np.arange(len(clusters)), [len(cluster) for cluster in clusters])
    x = np.ones((len(y), 1))
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    residual_maker = np.eye(len(y)) - hat
    residuals = residual_maker @ y
    variance, columns = 0.0, []
    for cluster in range(len(clusters)):
        rows = np.flatnonzero(owner == cluster)
        values, vectors = np.linalg.eigh(np.eye(len(rows)) - hat[np.ix_(rows, rows)])
        adjust = vectors @ np.diag(1 / np.sqrt(values)) @ vectors.T
        variance += (bread @ x[rows].T @ adjust @ residuals[rows]).item() ** 2
        columns.append(residual_maker[:, rows] @ adjust @ x[rows] @ bread)
    g = np.hstack(columns)
    eigenvalues = np.linalg.eigvalsh(g.T @ g)
    degrees = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    mean, error = float(y.mean()), float(np.sqrt(variance))
    reach = stats.t.ppf((1 + level) / 2, degrees) * error
    return {
        "mean": mean,
        "low": float(mean - reach),
        "high": float(mean + reach),
        "p": float(2 * stats.t.sf(abs(mean) / error, degrees)),
        "degrees": float(degrees),
        "detectable": float((stats.t.ppf(0.975, degrees) + stats.t.ppf(0.8, degrees)) * error),
    }
