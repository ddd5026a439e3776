"""How long a large policy takes from its YAML to two engines that are ready."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
import zen

from benchmarks.counts import Counts
from benchmarks.jdm import model_of
from benchmarks.large_policies import SHAPES, Shape, write_policy
from benchmarks.measuring import interleaved, processor_time, seconds_of
from benchmarks.plain_steps import steps_of
from benchmarks.report import Cells, Grid, Section, Target
from policy_service.domain.outcomes import DecisionType
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.linter.lint import lint

_LOAD, _HASH, _LINT = "load from YAML", "canonical text and hash", "lint"
_INTERPRETER, _FIRST, _AGAIN = "interpreter", "durable, a new version", "durable, seen before"
_SAFE_LOAD, _ZEN = "PyYAML safe_load of the same text", "zen-engine, the same table from JSON"
_STEPS = (_LOAD, _HASH, _LINT, _INTERPRETER, _FIRST, _AGAIN, _SAFE_LOAD, _ZEN)


def run(counts: Counts) -> Section:
    """Measure each step on each shape of table."""
    rounds = max(counts.rounds // 3, 1)
    with TemporaryDirectory() as made:
        seconds = {shape.name: _seconds(shape, counts.large_rows, Path(made), rounds) for shape in SHAPES}
    rows: list[Cells] = [(step, *(seconds[shape.name][step] * 1e3 for shape in SHAPES)) for step in _STEPS]
    engines = max(of[_INTERPRETER] + of[_FIRST] for of in seconds.values())
    return Section(
        f"Compiling a policy of {counts.large_rows:,} rows",
        "Milliseconds of processor time, for the three shapes of table. A new version is written as rules, checked, "
        "tried in a child process (counted too) and made in this one; a version seen before starts no child.",
        (Grid(("ms", *(shape.name for shape in SHAPES)), tuple(rows)),),
        (),
        (
            Target(f"Engines of {counts.large_rows:,} rows ready, seconds", engines, 2.0),
            Target(f"Lint of {counts.large_rows:,} rows by 6 columns, seconds", seconds["separable"][_LINT], 10.0),
        ),
    )


def _seconds(shape: Shape, rows: int, folder: Path, rounds: int) -> Mapping[str, float]:
    written = folder / f"large_{shape.name}"
    write_policy(shape, rows, written)
    policy = load_policy(written)
    text = (written / "limits.yaml").read_text("utf-8")
    model = model_of(steps_of(policy.chain(DecisionType.REVIEW), policy.vocabulary), {})
    versions = count(1)
    contenders: dict[str, Callable[[], object]] = {
        _LOAD: lambda: load_policy(written),
        _HASH: lambda: policy_hash(policy),
        _INTERPRETER: lambda: Interpreter(policy),
        _FIRST: lambda: _made_and_closed(replace(policy, id=f"{policy.id}_{next(versions)}")),
        _AGAIN: lambda: _made_and_closed(policy),
        _SAFE_LOAD: lambda: yaml.safe_load(text),
        _ZEN: lambda: zen.ZenDecisionContent(model),
    }
    timings = interleaved(contenders, rounds, 1, processor_time)
    lints = [seconds_of(lambda: lint(policy), processor_time) for _ in range(min(rounds, 3))]
    return {name: timing.microseconds / 1e6 for name, timing in timings.items()} | {_LINT: statistics.median(lints)}


def _made_and_closed(policy: Policy) -> None:
    DurableEngine(policy).close()
