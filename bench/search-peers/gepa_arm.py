"""GEPA on the task: reads {url, budget, seed, instruction, train, val} as JSON, prints {instruction}."""

import json
import sys
import urllib.request

import gepa
from gepa.adapters.default_adapter.default_adapter import EvaluationResult

task = json.load(sys.stdin)
calls = {"n": 0}


def chat(messages):
    calls["n"] += 1
    body = json.dumps({"model": "simulated-task", "messages": messages, "seed": task["seed"] * 100_000 + calls["n"]})
    request = urllib.request.Request(
        task["url"] + "/chat/completions", body.encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["choices"][0]["message"]["content"]


def reflect(prompt):
    return chat([{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt)


def evaluate(data, response):
    right = response.strip().lower() == data["answer"]
    return EvaluationResult(
        score=float(right), feedback="right" if right else "wrong, expected: " + data["answer"]
    )


class Quiet:
    def log(self, message):
        pass


def items(rows):
    return [{"input": row["input"], "answer": row["expected"], "additional_context": {}} for row in rows]


result = gepa.optimize(
    seed_candidate={"instruction": task["instruction"]},
    trainset=items(task["train"]),
    valset=items(task["val"]),
    task_lm=chat,
    evaluator=evaluate,
    reflection_lm=reflect,
    max_metric_calls=task["budget"],
    stop_callbacks=[lambda state: calls["n"] >= task["budget"]],
    seed=task["seed"],
    logger=Quiet(),
)
print(json.dumps({"instruction": result.best_candidate["instruction"]}))
