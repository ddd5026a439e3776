"""Edits of one number each, answered by warm runs over a long history: how long until the impact is known."""

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter, process_time
from typing import Final

from benchmarks.counts import Counts
from benchmarks.large_snapshots import large_snapshot
from benchmarks.replays.ledgers import RULES, WINDOW, sme_simple
from benchmarks.report import Grid, Section, Target
from policy_service.language.policy import Policy
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import SetValue
from policy_service.services.policy_editing.sheets import Grid as Sheet
from policy_service.services.policy_editing.sheets import sheet_of
from policy_service.services.policy_life.files import read_files
from simulations.runs.simulation import Candidate
from simulations.warm.impact import answer_of
from simulations.warm.warm_runs import Asked, WarmRuns

#: Milliseconds within which one edit in two is to be answered.
MOST_MILLISECONDS: Final = 150
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_MEMORY: Final = 2**31
_THREADS: Final = 2
_CELLS: Final = ("when", "then")
_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Edit:
    """A policy in which one number is another, and the rule set that the number stands in."""

    rule_set: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer took, by the clock and of the processors, and how many customers were run again for it."""

    rule_set: str
    seconds: float
    processor_seconds: float
    customers: int


def run(counts: Counts) -> Section:
    """Answer every edit that there is of one number of the default policy, one after the other."""
    snapshot = replace(large_snapshot(counts.edited_orders, with_hash=False), currency=sme_simple().currency)
    runs = WarmRuns(snapshot, _THREADS, _MEMORY, perf_counter)
    first = _answered(runs, Edit("", sme_simple()))
    every = [_answered(runs, edit) for edit in edits("sme_simple")]
    middle = statistics.median(one.seconds for one in every) * _MILLISECONDS
    orders = f"{counts.edited_orders:,}"
    return Section(
        "Impact of an edit",
        f"Every number in the tables and the scorecard of `sme_simple` turned by a tenth, {len(every)} edits one after "
        f"the other, each asked of warm runs over {orders} orders: what of the history would have been decided "
        "otherwise, every figure of both sides, the customers that change most with the cell that did it. From the "
        "policy to the answer as plain data.",
        (_grid(every, snapshot.customers),),
        (
            f"The first question runs all customers and keeps what they decided on: {first.seconds:.1f} s.",
            "An edit that bears on the courses of more than half of the customers' orders has all customers run again.",
        ),
        (Target(f"an edit over {orders} orders, the middle one, ms", middle, MOST_MILLISECONDS),),
    )


def edits(name: str) -> Iterator[Edit]:
    """Yield a policy with one number turned, for each that stands in a cell of its tables."""
    files = {file.name: file.read_text("utf-8") for file in sorted((RULES / name).glob("*.yaml"))}
    for file, text in files.items():
        for grid in sheet_of(file.removesuffix(".yaml"), file, text).grids:
            for at, value in _turned_cells(grid):
                made = {**files, file: edited(text, file, [SetValue(at, value)])}
                # A share above one, or a band that leaves a hole, cannot be read: no editor would keep it.
                policy = read_files(name, made, RULES).policy
                if policy is not None:
                    yield Edit(file.removesuffix(".yaml"), policy)


def _turned_cells(grid: Sheet) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for row in grid.rows:
        for column, cell in zip(grid.columns, row.cells, strict=True):
            if column.kind in _CELLS and not row.is_otherwise:
                for number in _NUMBER.finditer(cell):
                    at = (*(row.group if column.is_of_group else row.at), *column.path)
                    yield at, cell[: number.start()] + _turned(number[0]) + cell[number.end() :]


def _turned(number: str) -> str:
    decimals = len(number.partition(".")[2])
    step = max(round(float(number) / 10, decimals), 10.0**-decimals)
    return f"{float(number) + step:.{decimals}f}"


def _answered(runs: WarmRuns, edit: Edit) -> Answered:
    asked = Asked(Candidate(sme_simple()), Candidate(edit.policy), WINDOW)
    wall, processors = perf_counter(), process_time()
    answer = answer_of(runs.answer(asked))
    return Answered(edit.rule_set, perf_counter() - wall, process_time() - processors, answer["made"]["customers"])


def _grid(every: Sequence[Answered], customers: int) -> Grid:
    rule_sets = dict.fromkeys(one.rule_set for one in every)
    of_each = [(name, [one for one in every if one.rule_set == name]) for name in rule_sets]
    return Grid(
        (
            "rule set",
            "edits",
            "median, ms",
            "three in four, ms",
            "nine in ten, ms",
            "processors' median, ms",
            "run again, median",
        ),
        tuple(_row(name, some, customers) for name, some in (*of_each, ("all", list(every)))),
    )


def _row(name: str, some: Sequence[Answered], customers: int) -> tuple[str | int | float, ...]:
    taken = sorted(one.seconds * _MILLISECONDS for one in some)
    processors = statistics.median(one.processor_seconds for one in some) * _MILLISECONDS
    again = statistics.median(one.customers for one in some)
    return (
        name,
        len(some),
        statistics.median(taken),
        taken[len(taken) * 3 // 4],
        taken[len(taken) * 9 // 10],
        processors,
        f"{again:,.0f} of {customers:,}",
    )
