"""A search for a goal: the period that is searched and the one that judges, what was found, and its report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulations.accounting.calendar import has_orders, text_of
from simulations.comparison.caveats import Caveat
from simulations.report.contents import Report
from simulations.report.tables import flat, text
from simulations.runs.simulation import Candidate, Clock, check
from simulations.search.asked import Asked, caveats_as_data, dial_as_data, run_as_data
from simulations.search.conditions import Condition
from simulations.search.dials import Dial
from simulations.search.errors import no_later_period, no_orders
from simulations.search.figures import figure_of
from simulations.search.runs import Advance, Runs
from simulations.search.seeking import Judged, Period, seek
from simulations.search.trust import Sample, decided_alike

#: So many runs a search makes in the period it searches, unless it is told otherwise.
MOST_RUNS = 400
#: The window is divided so that the earlier part has so many thirds of its days.
_THIRDS = 2


@dataclass(frozen=True, slots=True)
class GoalSearch:
    """A finished search; the day `judged_from` divides the window of `asked`."""

    asked: Asked
    judged_from: int
    dials: tuple[Dial, ...]
    goals: tuple[Condition, ...]
    kept: tuple[Condition, ...]
    judged: Judged
    key: str
    sample: Sample
    seconds: float

    @property
    def periods(self) -> Mapping[str, tuple[int, int, Period]]:
        """Both periods by name: their first day, the day after the last, and what was found."""
        options = self.asked.options
        return {
            "search": (options.begins, self.judged_from, self.judged.searched),
            "judge": (self.judged_from, options.ends, self.judged.judged),
        }

    @property
    def caveats(self) -> Sequence[Caveat]:
        """What a reader must know of the policy as it stands and as it was found, in both periods."""
        return self.asked.caveats(kpis for _, _, period in self.periods.values() for kpis in (period.own, period.found))


@dataclass(frozen=True, slots=True)
class Answer:
    """How one condition is met in one period: its bound, the policy's own figure, and that of the values found."""

    condition: Condition
    bound: float | None
    own: float | None
    found: float | None
    own_missed_by: float
    missed_by: float


def search_goal(
    asked: Asked,
    dials: Sequence[Dial],
    goals: Sequence[Condition],
    kept: Sequence[Condition],
    *,
    judged_from: int | None = None,
    most_runs: int = MOST_RUNS,
    threads: int = 1,
    advance: Advance = lambda *_: None,
    clock: Clock = lambda: 0.0,
) -> GoalSearch:
    """Return the values that meet the goals and keep what is to be kept, or miss them by the least.

    They are searched for in the days before `judged_from` (none: two thirds of the window) and judged by the days from
    it on. RequestError R545 if that leaves a period without a day, R547 if one has no order; the errors of `simulate`.
    """
    began = clock()
    check(asked.snapshot, None, Candidate(asked.policy), asked.options)
    middle = _middle(asked, judged_from)
    for begins, ends in ((asked.options.begins, middle), (middle, asked.options.ends)):
        if not has_orders(asked.snapshot, begins, ends):
            raise no_orders(text_of(begins), text_of(ends))
    names = [dial.name for dial in dials]
    history = (asked.snapshot, asked.policy, names)
    before = Runs(*history, replace(asked.options, ends=middle), asked.costs, threads=threads, advance=advance)
    after = Runs(*history, replace(asked.options, begins=middle), asked.costs, threads=threads)
    judged = seek(before, after, dials, (*goals, *kept), most_runs)
    values = {dial.name: list(dial.values) for dial in dials}
    wanted = {"goal": [one.text for one in goals], "keep": [one.text for one in kept]}
    key = asked.key({"seek": values, **wanted, "judged_from": middle, "most_runs": most_runs})
    sample = decided_alike(key, [(runs, judged.found.values) for runs in (before, after)])
    return GoalSearch(asked, middle, tuple(dials), tuple(goals), tuple(kept), judged, key, sample, clock() - began)


def answers(found: GoalSearch, period: Period) -> Iterator[Answer]:
    """Yield how each condition is met in a period, goals first."""
    for condition in (*found.goals, *found.kept):
        own, new = (figure_of(kpis, condition.figure) for kpis in (period.own, period.found))
        bound = condition.bound(own)
        yield Answer(
            condition,
            None if bound is None else float(bound),
            own,
            new,
            condition.missed_by(period.own, period.own),
            condition.missed_by(period.found, period.own),
        )


def search_report(found: GoalSearch) -> Report:
    """Return the report of a search as plain data; values of parameters are in steps of their type."""
    looked = found.judged.found
    names = [dial.name for dial in found.dials]
    own = [dial.parameter.value for dial in found.dials]
    return {
        "run": run_as_data(found.asked, found.key, found.sample, found.seconds, looked.runs),
        "goal": [one.text for one in found.goals],
        "keep": [one.text for one in found.kept],
        "parameters": [dial_as_data(dial) for dial in found.dials],
        "verdict": found.judged.verdict,
        "own": dict(zip(names, own, strict=True)),
        "found": dict(zip(names, looked.values, strict=True)),
        "search": {
            "runs": looked.runs,
            "combinations": looked.combinations,
            "has_every_combination": looked.has_every_combination,
            "meeting": looked.meeting,
        },
        "periods": {name: _period(found, *period) for name, period in found.periods.items()},
        "caveats": caveats_as_data(found.caveats),
        "evidence": found.asked.evidence(found.judged.searched.own),
    }


def search_rows(found: GoalSearch) -> Iterator[Sequence[str]]:
    """Yield the heading and a row for each figure, in minor units: both periods as it stands and as found."""
    sides = [
        (f"{name}_{side}", dict(flat(kpis)))
        for name, (_, _, period) in found.periods.items()
        for side, kpis in (("own", period.own), ("found", period.found))
    ]
    yield ["figure", *(name for name, _ in sides)]
    for figure in sorted({name for _, kpis in sides for name in kpis}):
        yield [figure, *(text(kpis.get(figure)) for _, kpis in sides)]


def _middle(asked: Asked, judged_from: int | None) -> int:
    begins, ends = asked.options.begins, asked.options.ends
    middle = begins + (ends - begins) * _THIRDS // 3 if judged_from is None else judged_from
    if not begins < middle < ends:
        raise no_later_period(text_of(begins), text_of(middle), text_of(ends))
    return middle


def _period(found: GoalSearch, begins: int, ends: int, period: Period) -> dict[str, Any]:
    return {
        "window": {"from": text_of(begins), "to": text_of(ends)},
        "own": period.own,
        "found": period.found,
        "conditions": [
            {
                "text": answer.condition.text,
                "figure": answer.condition.figure,
                "bound": answer.bound,
                "own": answer.own,
                "found": answer.found,
                "own_is_met": not answer.own_missed_by,
                "is_met": not answer.missed_by,
            }
            for answer in answers(found, period)
        ],
    }
