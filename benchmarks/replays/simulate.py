"""`policy simulate` on a prepared snapshot, as its users run it: a process of its own, from start to report."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.large_snapshots import large_snapshot
from benchmarks.replays.ledgers import sme_simple
from simulations.ledger_snapshot.content import content_hash
from simulations.ledger_snapshot.files import write_snapshot

_MEGABYTE: Final = 1_024
_PEAK: Final = Path(__file__).with_name("peak.py")
_RUNS: Final = 3
_LINES: Final = re.compile(r"^(?:The run took|Before it).*$", re.MULTILINE)
_TIMES: Final = re.compile(r"[:,] ([a-z][a-z ]*) (\d+\.\d+)")
_QUESTION: Final = ("--baseline", "recorded", "--candidate", "sme_simple", "--from", "2023-01-01", "--to", "2026-01-01")


@dataclass(frozen=True, slots=True)
class Simulated:
    """Seconds of a whole command by the clock and of processors, those that it tells of its parts, and peak memory."""

    orders: int
    seconds: float
    processor_seconds: float
    parts: Mapping[str, float]
    peak_megabytes: float


def simulated(orders: int) -> Simulated:
    """Prepare a snapshot of so many orders and simulate upon it; of three runs the best, as other work adds to each."""
    with TemporaryDirectory() as made:
        folder = Path(made) / "ledger"
        snapshot = replace(large_snapshot(orders, with_hash=False), currency=sme_simple().currency)
        write_snapshot(replace(snapshot, hash=content_hash(snapshot)), folder)
        del snapshot
        return min((_run(orders, folder) for _ in range(_RUNS)), key=lambda one: one.seconds)


def _run(orders: int, folder: Path) -> Simulated:
    report, told = folder.with_name("report.json"), folder.with_name("told.json")
    policy = str(Path(sys.executable).with_name("policy"))
    command = [policy, "simulate", "--ledger", str(folder), *_QUESTION, "--json", str(report), "--threads", "2"]
    measuring = [sys.executable, str(_PEAK), str(told), *command]
    subprocess.run(measuring, env={**os.environ, "COLUMNS": "300"}, check=True)
    found = json.loads(told.read_text("utf-8"))
    times = " ".join(_LINES.findall(found["text"]))
    parts = {name: float(took) for name, took in _TIMES.findall(times)}
    return Simulated(orders, found["seconds"], found["of_processors"], parts, found["kilobytes"] / _MEGABYTE)
