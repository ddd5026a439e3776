"""Questions to warm runs beside the simulations that answer the same."""

import json
import time
from collections.abc import Mapping
from typing import Any, cast

from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.report.contents import Report
from simulations.runs.simulation import simulate
from simulations.warm.impact import SHOWN, answer_of
from simulations.warm.warm_runs import Asked, WarmRuns

#: Bytes that the runs may take.
ENOUGH = 2**28


def warm_runs(snapshot: Snapshot, memory: int = ENOUGH) -> WarmRuns:
    """Return warm runs over a snapshot, on one thread."""
    return WarmRuns(snapshot, threads=1, memory=memory, clock=time.monotonic)


def warm_answer(runs: WarmRuns, asked: Asked) -> Mapping[str, Any]:
    """Return what the warm runs answer, but for how they made it."""
    return shown(answer_of(runs.answer(asked)))


def full_answer(snapshot: Snapshot, asked: Asked) -> Mapping[str, Any]:
    """Return what a simulation from beginning to end reports of the same."""
    simulation = simulate(snapshot, asked.baseline, asked.candidate, asked.options, asked.costs)
    return shown(simulation.report)


def shown(report: Report) -> Mapping[str, Any]:
    """Return what an answer and a report have in common, as JSON holds it, but for how long it took."""
    told = {name: report[name] for name in SHOWN if name != "run"}
    run = {name: said for name, said in report["run"].items() if name not in ("seconds", "sample_agreement")}
    return cast("Mapping[str, Any]", json.loads(json.dumps({**told, "run": run})))
