"""The project's data in a notebook: every table and view that `prose sql` has, as pandas data frames."""

import json
import os
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

CHECKOUT = Path(__file__).resolve().parent.parent
#: The project whose data is read: `PROSE_ROOT`, else the checkout that the notebooks lie in.
ROOT = Path(os.environ.get("PROSE_ROOT", CHECKOUT))

plt.rcParams.update(
    {
        "figure.figsize": (9, 3.6),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": plt.cycler(color=["#1f6f5c", "#8a8578", "#b5651d", "#4c6fa5", "#8f4a6b"]),
    }
)


def sql(query: str) -> pd.DataFrame:
    """Rows of one DuckDB statement that reads. Raises RuntimeError with DuckDB's message for a wrong one."""
    command = ["node", str(CHECKOUT / "cli" / "prose.mjs"), "--root", str(ROOT), "sql", "--json", query]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return pd.DataFrame(json.loads(done.stdout))


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def choose_run() -> str:
    """The run to look at: `PROSE_RUN`, else the one whose test results were written last."""
    chosen = os.environ.get("PROSE_RUN")
    if chosen:
        return chosen
    evaluations = sorted((ROOT / "results" / "evaluations").glob("**/metrics.json"), key=os.path.getmtime)
    if not evaluations:
        raise RuntimeError(f"No run has been evaluated in {ROOT}: `npm start` makes one.")
    return json.loads(evaluations[-1].read_text())["run"]


def metrics(run: str) -> dict:
    """What `prose report --json` prints of a run."""
    command = ["node", str(CHECKOUT / "cli" / "prose.mjs"), "--root", str(ROOT), "report", "--json", run]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
