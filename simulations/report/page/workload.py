"""Who has to do how much: the steps of each owner role by week, and the levels that they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulations.report.contents import Report
from simulations.report.page.charts import Chart, lines
from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording


@dataclass(frozen=True, slots=True)
class OwnersWork:
    """What an owner role has to do in baseline and candidate: the most in a week, all, and each week; none: unknown.

    `above` are the weeks with more steps than its `capacity`; none where none is stated.
    """

    owner: str
    label: str
    peak: tuple[int | None, int | None]
    steps: tuple[int | None, int | None]
    weeks: tuple[Sequence[int] | None, Sequence[int] | None]
    capacity: int | None
    above: tuple[int | None, int | None]


def owners_work(report: Report, words: Wording) -> Sequence[OwnersWork]:
    """Return the work of every role that has any, the most of the candidate first."""
    told = report["workload"]
    owners = sorted({*(told["baseline"] or {}), *told["candidate"]})
    found = [_work(owner, told, words) for owner in owners]
    return sorted((one for one in found if any(one.steps)), key=lambda one: (-(one.steps[1] or 0), one.owner))


def work_charts(report: Report, work: Sequence[OwnersWork], words: Wording, numbers: Numbers) -> Sequence[Chart]:
    """Return a picture of each role's weeks."""
    weeks = report["workload"]["weeks"]
    return [
        lines(
            f"workload-{place}",
            words("workload_picture", owner=one.label),
            weeks,
            (one.weeks[0], one.weeks[1] or [0] * len(weeks)),
            words,
            numbers,
            is_money=False,
            limit=one.capacity,
        )
        for place, one in enumerate(work)
    ]


def levels(report: Report) -> Sequence[tuple[str, Sequence[int | None]]]:
    """Return each level of the ladders with notices and steps of baseline and candidate; none of a side without it."""
    sides = [report[side][name] or {} for name in ("notices", "case_steps") for side in ("baseline", "candidate")]
    names = sorted({name for side in sides for name in side})
    rows: list[tuple[str, Sequence[int | None]]] = [(name, [side.get(name) for side in sides]) for name in names]
    return [row for row in rows if any(row[1])]


def _work(owner: str, told: Mapping[str, Any], words: Wording) -> OwnersWork:
    weeks = tuple((told[side] or {}).get(owner) for side in ("baseline", "candidate"))
    peak = tuple(None if side is None else max(side) for side in weeks)
    steps = tuple(None if side is None else sum(side) for side in weeks)
    capacity = told["capacity"].get(owner)
    above = tuple(
        None if side is None or capacity is None else sum(number > capacity for number in side) for side in weeks
    )
    return OwnersWork(
        owner,
        words.owner(owner),
        (peak[0], peak[1]),
        (steps[0], steps[1]),
        (weeks[0], weeks[1]),
        capacity,
        (above[0], above[1]),
    )
