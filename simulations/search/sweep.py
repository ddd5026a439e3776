"""A sweep: the curve of every figure over the range of one parameter, or the grid of two, and its report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simulations.comparison.caveats import Caveat
from simulations.report.contents import Report
from simulations.report.tables import flat, text
from simulations.runs.simulation import Candidate, Clock, check
from simulations.search.asked import Asked, caveats_as_data, dial_as_data, run_as_data
from simulations.search.curve import Curve, Point, curve_of
from simulations.search.dials import Dial
from simulations.search.runs import Advance, Runs, Values
from simulations.search.trust import Sample, decided_alike

#: A sweep turns one parameter, or two.
MOST_DIALS = 2
#: So many runs a sweep makes, unless it is told otherwise.
MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class Sweep:
    """A finished sweep; `own` is the run with the policy's own values."""

    asked: Asked
    curve: Curve
    own: Point
    key: str
    sample: Sample
    seconds: float

    @property
    def caveats(self) -> Sequence[Caveat]:
        """What a reader must know of its runs."""
        return self.asked.caveats(point.kpis for point in (self.own, *self.curve.points))


def sweep(
    asked: Asked,
    dials: Sequence[Dial],
    *,
    most_runs: int = MOST_RUNS,
    threads: int = 1,
    advance: Advance = lambda *_: None,
    clock: Clock = lambda: 0.0,
) -> Sweep:
    """Return the curve of every figure over the dials; the errors of `simulate`.

    A sample of orders is decided again by the live engines in the runs with the policy's own values, the lowest and
    the highest.
    """
    began = clock()
    check(asked.snapshot, None, Candidate(asked.policy), asked.options)
    names = [dial.name for dial in dials]
    runs = Runs(asked.snapshot, asked.policy, names, asked.options, asked.costs, threads=threads, advance=advance)
    curve = curve_of(runs, dials, most_runs)
    own = Point(runs.own(), runs.kpis([runs.own()])[0])
    searched = {dial.name: list(dial.values) for dial in dials}
    key = asked.key({"sweep": searched, "most_runs": most_runs})
    ends: list[Values] = [own.values, curve.points[0].values, curve.points[-1].values]
    sample = decided_alike(key, [(runs, values) for values in ends])
    return Sweep(asked, curve, own, key, sample, clock() - began)


def sweep_report(found: Sweep) -> Report:
    """Return the report of a sweep as plain data; values of parameters are in steps of their type."""
    curve = found.curve
    names = [dial.name for dial in curve.dials]
    return {
        "run": run_as_data(found.asked, found.key, found.sample, found.seconds, len(curve.points)),
        "parameters": [dial_as_data(dial) for dial in curve.dials],
        "own": _point(names, found.own),
        "points": [_point(names, point) for point in curve.points],
        "has_every_step": curve.has_every_step,
        "flat": [
            {"parameter": one.parameter, "from": one.first, "to": one.last, "steps": one.steps, "run": one.run}
            for one in curve.flat
        ],
        "gaps": [
            {"parameter": gap.parameter, "from": gap.first, "to": gap.last, "steps": gap.steps} for gap in curve.gaps
        ],
        "caveats": caveats_as_data(found.caveats),
        "evidence": found.asked.evidence(found.own.kpis),
    }


def sweep_rows(found: Sweep) -> Iterator[Sequence[str]]:
    """Yield the heading and a row for each point: values as the policy writes them, figures in minor units."""
    dials, policy = found.curve.dials, found.asked.policy
    every = [dict(flat(point.kpis)) for point in found.curve.points]
    figures = sorted({name for kpis in every for name in kpis})
    yield [*(dial.name for dial in dials), *figures]
    for point, kpis in zip(found.curve.points, every, strict=True):
        values = [dial.text(value, policy) for dial, value in zip(dials, point.values, strict=True)]
        yield [*values, *(text(kpis.get(name)) for name in figures)]


def _point(names: Sequence[str], point: Point) -> dict[str, Any]:
    return {"values": dict(zip(names, point.values, strict=True)), "kpis": point.kpis}
