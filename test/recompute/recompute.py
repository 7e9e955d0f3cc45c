"""The figures of a run's report from its Parquet files alone, by other means than those of PROSE.

    python recompute.py PROJECT RUN REFEREE...

prints JSON of the same shape as metrics.json, with the members that can be recomputed.
"""

import itertools
import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy import stats

CRITERIA = [f"criteria_{k}" for k in range(1, 6)]
project, run = Path(sys.argv[1]), sys.argv[2]
referees = [int(one) for one in sys.argv[3:]]


def table(name):
    files = sorted((project / "data" / "raw" / name).glob("run=*/*.parquet"))
    if not files:
        return pd.DataFrame()
    frame = duckdb.sql(
        f"from read_parquet({[str(file) for file in files]}, hive_partitioning = true, union_by_name = true)"
    ).df()
    return frame[frame["run"].astype(str) == run].drop(columns="run")


def bell_mccaffrey(values, clusters, level=0.95):
    """Mean, 95% interval, p, standard error and degrees of freedom, by whole matrices."""
    values = np.asarray(values, float)
    names = list(dict.fromkeys(clusters))
    members = [np.flatnonzero(np.asarray(clusters, object) == name) for name in names]
    n, k = len(values), len(names)
    mean = values.mean()
    if k < 2:
        return {"mean": mean, "low": None, "high": None, "p": None, "error": None, "degrees": None}
    maker = np.eye(n) - np.full((n, n), 1 / n)
    residuals = maker @ values
    variance, columns = 0.0, []
    for rows in members:
        share = np.full((len(rows), len(rows)), 1 / n)
        eigenvalues, vectors = np.linalg.eigh(np.eye(len(rows)) - share)
        adjust = vectors @ np.diag(eigenvalues**-0.5) @ vectors.T
        variance += (adjust @ residuals[rows]).sum() ** 2 / n**2
        columns.append(maker[:, rows] @ adjust @ np.ones(len(rows)) / n)
    spectrum = np.linalg.eigvalsh(np.array(columns) @ np.array(columns).T)
    degrees, error = spectrum.sum() ** 2 / (spectrum**2).sum(), variance**0.5
    if error < 1e-9:
        return without_spread(mean, k)
    reach = stats.t.ppf((1 + level) / 2, degrees) * error
    p = 2 * stats.t.sf(abs(mean) / error, degrees)
    return {"mean": mean, "low": mean - reach, "high": mean + reach, "p": p, "error": error, "degrees": degrees}


def without_spread(mean, k):
    """All clusters alike: the share of clusters that differ so is at least Clopper and Pearson's bound."""
    nothing = {"error": 0.0, "degrees": None}
    if abs(mean) < 1e-9:
        return {"mean": 0.0, "low": 0.0, "high": 0.0, "p": 1.0, **nothing}
    p = stats.binomtest(k, k).pvalue
    if p > 0.05:
        return {"mean": mean, "low": None, "high": None, "p": p, **nothing}
    least = mean * stats.binomtest(k, k).proportion_ci(method="exact").low
    return {"mean": mean, "low": min(mean, least), "high": max(mean, least), "p": p, **nothing}


def estimate(values, clusters):
    found = bell_mccaffrey(values, clusters)
    return {key: found[key] for key in ("mean", "low", "high")}


def shape(values, clusters):
    frame = pd.DataFrame({"value": values, "cluster": clusters})
    groups = frame.groupby("cluster", sort=False)["value"]
    sums, sizes = groups.sum().to_numpy(), groups.size().to_numpy()
    largest = float(sizes.max() / sizes.sum())
    if len(sums) < 2:
        return {"largestShare": largest, "skew": None, "withoutOne": None, "pSkewed": None}
    left = (sums.sum() - sums) / (sizes.sum() - sizes)
    without = {"low": left.min(), "high": left.max()}
    found = bell_mccaffrey(values, clusters)
    if found["degrees"] is None:
        return {"largestShare": largest, "skew": None, "withoutOne": without, "pSkewed": None}
    departures = sums - sums.sum() / sizes.sum() * sizes
    skew = (departures**3).mean() / (departures**2).mean() ** 1.5
    t = found["mean"] / found["error"]
    lean = skew / len(sums) ** 0.5
    hall = t + lean / 3 * t**2 + lean**2 / 27 * t**3 + lean / 6
    return {
        "largestShare": largest,
        "skew": skew,
        "withoutOne": without,
        "pSkewed": stats.t.sf(hall, found["degrees"]),
    }


base = table("base_prompts").set_index("base_prompt_idx")
prompts = table("test_prompts")
outputs = table("test_outputs")
key = ["base_prompt_idx", "prompt_variation_idx", "sample_idx"]
scores = table("test_scores").merge(prompts[key[:2] + ["arm"]], on=key[:2]).merge(outputs[key], on=key)
long = scores.melt(["base_prompt_idx", "arm", "sample_idx", "validator"], CRITERIA, "criterion", "score").dropna(subset="score")
cells = long.groupby(["arm", "base_prompt_idx", "validator", "criterion"])["score"].mean().unstack("arm")
panel = sorted(scores["validator"].unique().tolist())
judges = [one for one in referees if one in panel]
arms = [one for one in prompts.sort_values("prompt_variation_idx")["arm"].unique() if one != "baseline"]
topic = base["topic"]


def differences(arm, validators, criteria=CRITERIA, against="baseline"):
    """One difference a base prompt: over validators within a criterion, then over criteria; only where none lacks."""
    part = cells[cells.index.get_level_values("validator").isin(validators) & cells.index.get_level_values("criterion").isin(criteria)]
    gap = (part[arm] - part[against]).dropna().groupby(["base_prompt_idx", "criterion"]).mean().unstack("criterion")
    return gap.reindex(columns=criteria).dropna().mean(axis=1)


compared = sorted(set.intersection(*(set(differences(arm, judges).index) for arm in arms)))


def about(arm, validators, criteria=CRITERIA, only=None):
    found = differences(arm, validators, criteria)
    return found[[one for one in (compared if only is None else only) if one in found.index]]


def of_topics(series):
    return estimate(series.to_numpy(), topic[series.index].tolist())


words = outputs.merge(prompts[key[:2] + ["arm"]], on=key[:2])
words["words"] = words["model_output"].fillna("").str.split().str.len()
length = words.groupby(["arm", "base_prompt_idx"])["words"].mean().unstack("arm")
total_words = words[words["base_prompt_idx"].isin(compared)].groupby("arm")["words"].mean()


def at_equal_length(arm):
    """Least squares with an effect for each prompt and arm, joined with that of prompts' differences within a topic."""
    answer = long[long["validator"].isin(judges)].groupby(["arm", "base_prompt_idx", "sample_idx", "validator", "criterion"])["score"].mean()
    answer = answer.groupby(["arm", "base_prompt_idx", "sample_idx"]).mean().rename("score").reset_index()
    answer = answer.merge(words[["arm", "base_prompt_idx", "sample_idx", "words"]], on=["arm", "base_prompt_idx", "sample_idx"])
    answer = answer[answer["arm"].isin([arm, "baseline"]) & answer["base_prompt_idx"].isin(compared)]
    answer["x"] = np.log(answer["words"].clip(lower=1))
    answer["topic"] = answer["base_prompt_idx"].map(topic)
    near = []
    for _, group in answer.groupby("topic"):
        gaps = np.subtract.outer(group[group["arm"] == arm]["x"].to_numpy(), group[group["arm"] == "baseline"]["x"].to_numpy())
        near.append((np.abs(gaps) <= np.log(1.25)).any())
    if np.mean(near) < 0.5:
        return None
    means = answer.groupby(["base_prompt_idx", "arm"])[["x", "score"]].transform("mean")
    off = answer[["x", "score"]] - means
    inside = pd.DataFrame({"xy": off["x"] * off["score"], "xx": off["x"] ** 2}).groupby(answer["base_prompt_idx"]).sum()
    sides = answer.groupby(["base_prompt_idx", "arm"])[["x", "score"]].agg(["mean", "size"]).unstack("arm")
    shift = sides[("x", "mean", arm)] - sides[("x", "mean", "baseline")]
    change = sides[("score", "mean", arm)] - sides[("score", "mean", "baseline")]
    weight = 1 / (1 / sides[("x", "size", arm)] + 1 / sides[("x", "size", "baseline")])
    of = topic[shift.index]
    centre = lambda one: one - ((weight * one).groupby(of).sum() / weight.groupby(of).sum())[of].to_numpy()
    products = inside["xy"] + weight * centre(shift) * centre(change)
    squares = inside["xx"] + weight * centre(shift) ** 2
    slope = products.sum() / squares.sum()
    gains = about(arm, judges)
    own = gains - slope * shift - shift.mean() * len(shift) * (products - slope * squares) / squares.sum()
    found = bell_mccaffrey(own.to_numpy(), topic[own.index].tolist(), 0.9)
    return {**{key: found[key] for key in ("mean", "low", "high")}, "perDoubling": slope * np.log(2)}


def mean_scores(arm):
    part = cells[cells.index.get_level_values("validator").isin(judges)][arm].dropna()
    return part.groupby("base_prompt_idx").mean().reindex(compared)


def mean_of(arm, criterion):
    index = cells.index
    wanted = index.get_level_values("validator").isin(judges) & (index.get_level_values("criterion") == criterion)
    part = cells[wanted][arm].dropna()
    return part[part.index.get_level_values("base_prompt_idx").isin(compared)].mean()


def win_rate(gains):
    gains = gains.where(gains.abs() >= 1e-9, 0.0)
    points = (np.sign(gains) + 1) / 2
    k = topic[gains.index].nunique()
    found = bell_mccaffrey(points.to_numpy(), topic[points.index].tolist())
    low, high = found["low"], found["high"]
    if k > 1 and found["degrees"] is None:
        z, share = stats.norm.ppf(0.975), found["mean"]
        centre, reach = share + z * z / (2 * k), z * np.sqrt(share * (1 - share) / k + z * z / (4 * k * k))
        low, high = (centre - reach) / (1 + z * z / k), (centre + reach) / (1 + z * z / k)
    cut = lambda value: None if value is None else min(1.0, max(0.0, value))
    tally = {"wins": int((gains > 0).sum()), "ties": int((gains == 0).sum()), "losses": int((gains < 0).sum())}
    return {"value": found["mean"], "low": cut(low), "high": cut(high), **tally}


calls = table("model_calls")
calls["tokens"] = calls["prompt_tokens"] + calls["completion_tokens"]
tested = calls[calls["stage"].isin(["test_rewrites", "test_choices", "test_outputs"])].copy()
parts = tested["call_key"].str.split(":", expand=True).reindex(columns=[0, 1, 2])
tested["prompt"], tested["part"] = parts[0], pd.to_numeric(parts[1], errors="coerce")
tested["item"] = parts[0] + ":" + parts[2].fillna("").str.replace("again", "")
rewrites = int(table("test_rewrites")["rewrite_idx"].max() + 1) // max(1, sum(one in arms for one in ("untrained", "champion")) + 1)


def spend_of(arm, number):
    first = {"untrained": 1, "champion": 2 if "untrained" in arms else 1}.get(arm, 0) * rewrites
    made = {"baseline": 0, "rewriter": 1}.get(arm, rewrites)
    groups = [tested[(tested["stage"] == "test_outputs") & (tested["part"] == number)]]
    groups += [tested[(tested["stage"] == "test_rewrites") & (tested["part"] == first + one)] for one in range(made)]
    if arm == "untrained":
        groups.append(tested[tested["stage"] == "test_choices"])
    groups = [one for one in groups if len(one)]
    per = lambda sum_of: sum(sum_of(one) / one["item"].nunique() for one in groups)
    return {"calls": per(len), "tokens": per(lambda one: one["tokens"].sum())}


numbers = prompts.groupby("arm")["prompt_variation_idx"].first()
base_tokens = spend_of("baseline", -1)["tokens"]


def with_ratio(spend):
    return {**spend, "ratio": spend["tokens"] / base_tokens}


def describe(arm):
    gains = about(arm, judges)
    found = bell_mccaffrey(gains.to_numpy(), topic[gains.index].tolist())
    by_validator = []
    for one in panel:
        own = about(arm, [one])
        if len(own):
            seen = of_topics(own)
            by_validator.append({"validator": one, "isReferee": one in referees, "gain": seen["mean"], "low": seen["low"], "high": seen["high"]})
    taught = about(arm, [one for one in panel if one not in judges])
    ratio = (length[arm] / length["baseline"].clip(lower=1)).reindex(compared)
    alike = ratio[(ratio <= 1.25) & (ratio >= 1 / 1.25)].index
    inside = [one["gain"] for one in by_validator if not one["isReferee"]]
    outside = [one["gain"] for one in by_validator if one["isReferee"]]
    control = about("untrained", judges) if "untrained" in arms and arm != "untrained" else None
    return {
        "name": arm,
        "meanScore": mean_scores(arm).mean(),
        "scores": mean_scores(arm).tolist(),
        "gain": {key: found[key] for key in ("mean", "low", "high")},
        "p": found["p"],
        "spread": shape(gains.to_numpy(), topic[gains.index].tolist()),
        "taughtGain": of_topics(taught) if len(taught) else None,
        "overControl": None if control is None else of_topics(gains - control),
        "winRate": win_rate(gains),
        "criteria": [
            {"mean": mean_of(arm, one), "baseline": mean_of("baseline", one), "gain": of_topics(about(arm, judges, [one]))}
            for one in CRITERIA
        ],
        "lengthRatio": total_words[arm] / max(1, total_words["baseline"]),
        "lengthMatched": {**of_topics(about(arm, judges, only=alike)), "prompts": len(alike)} if len(alike) else None,
        "atEqualLength": at_equal_length(arm),
        "validatorGains": by_validator,
        "overOptimization": float(np.mean(inside) - np.mean(outside)) if inside and outside else None,
        "spend": with_ratio(spend_of(arm, numbers[arm])),
        "detectable": None
        if not found["degrees"]
        else (stats.t.ppf(0.975, found["degrees"]) + stats.t.ppf(0.8, found["degrees"])) * found["error"],
    }


explored = table("validator_scores")
every = pd.concat([explored.assign(stage="validator_scores"), table("test_scores").assign(stage="test_scores")], ignore_index=True)
every["mean"] = every[CRITERIA].mean(axis=1, skipna=False)


def alpha(criterion):
    """Krippendorff's alpha for interval data, pair by pair."""
    units = every.dropna(subset=criterion).groupby(["stage", *key])[criterion].apply(np.array)
    units = [one for one in units if len(one) > 1]
    within = sum(((one[:, None] - one[None, :]) ** 2).sum() / (len(one) - 1) for one in units)
    ratings = np.concatenate(units)
    between = ((ratings[:, None] - ratings[None, :]) ** 2).sum() / (len(ratings) - 1)
    return 1 - within / between


def describe_validators():
    planted = table("sentinels")
    planted["planted"] = np.where(planted["kind"] == "single", planted[CRITERIA].mean(axis=1), planted[CRITERIA].mean(axis=1, skipna=False))
    tried = table("lesson_scores").assign(stage="lesson_scores")
    tried["mean"] = tried[CRITERIA].mean(axis=1, skipna=False)
    real = pd.concat([every, tried], ignore_index=True)
    pairs = planted.merge(real[["stage", *key, "validator", "mean"]], on=["stage", *key, "validator"]).dropna(subset=["planted", "mean"])
    pairs = pairs[pairs["kind"] != "single"]
    close = (pairs["planted"] - pairs["mean"]).abs() <= 0.5
    pairs["passed"] = np.where(pairs["kind"] == "twin", close, pairs["planted"] < pairs["mean"])
    found = []
    for validator, own in every.groupby("validator"):
        sentinels = []
        for kind, some in pairs[pairs["validator"] == validator].groupby("kind"):
            passed, count = int(some["passed"].sum()), len(some)
            exact = stats.binomtest(passed, count).proportion_ci(method="exact")
            sentinels.append({"kind": kind, "planted": count, "passed": passed, "value": passed / count, "low": exact.low, "high": exact.high})
        found.append({"validator": int(validator), "meanScore": own["mean"].mean(), "missing": int(own["mean"].isna().sum()), "sentinels": sentinels})
    return found


def correlate():
    wide = every[every["stage"] == "validator_scores"].pivot(index=key, columns="validator", values="mean")
    found = []
    for one, other in itertools.combinations(wide.columns, 2):
        both = wide[[one, other]].dropna()
        if len(both):
            found.append({"validator": int(one), "other": int(other), "answers": len(both), "correlation": stats.pearsonr(both[one], both[other]).statistic})
    return found


def spends():
    paid = calls[calls["cached"].fillna(False) != True]
    columns = {"calls": paid.groupby("stage").size(), "promptTokens": paid.groupby("stage")["prompt_tokens"].sum(), "completionTokens": paid.groupby("stage")["completion_tokens"].sum()}
    return {stage: {name: float(column.get(stage, 0)) for name, column in columns.items()} for stage in calls["stage"].unique()}


def plain(value):
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and np.isnan(value) else value


variations = table("prompt_variations")
splits = base["split"].value_counts()
print(
    json.dumps(
        plain(
            {
                "baseline": {"meanScore": mean_scores("baseline").mean(), "scores": mean_scores("baseline").tolist(), "spend": with_ratio(spend_of("baseline", -1))},
                "arms": [describe(arm) for arm in arms],
                "counts": {
                    "basePrompts": {one: splits.get(one, 0) for one in ("train", "select", "gate", "test")},
                    "topics": topic.nunique(),
                    "variations": (variations["prompt_variation_idx"] >= 0).sum(),
                    "missingVariations": variations["prompt_variation"].isna().sum(),
                    "answers": len(table("model_outputs")) + len(outputs),
                    "scores": len(every),
                    "missingScores": every["mean"].isna().sum(),
                    "testPrompts": len(compared),
                    "testTopics": topic[compared].nunique(),
                },
                "agreement": [alpha(one) for one in CRITERIA],
                "validators": describe_validators(),
                "correlations": correlate(),
                "spend": spends(),
            }
        )
    )
)
