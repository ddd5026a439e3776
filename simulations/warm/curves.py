"""Curves that somebody turns a dial through: each point an answer of the warm runs, a few points at a time.

What was answered is kept, so that whoever asks again about the same dial of the same text goes on where the last
answer ended. The value that is asked for comes first; then an even choice of the dial, and then the steps halfway
between two whose figures differ.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, UNLIMITED, Kind
from policy_service.language.feel.expressions import Name
from policy_service.language.policy import Parameter, Policy
from simulations.accounting.costs import Costs
from simulations.accounting.kpis import Kpis
from simulations.ledger_snapshot.columns import Column
from simulations.replay.options import Options
from simulations.runs.simulation import Candidate, Clock
from simulations.search.bounds import DIAL, Bound, bound_named, column_of, with_dial
from simulations.search.curve import evenly, halfway, stretches
from simulations.search.dials import Dial, dial_of
from simulations.search.figures import UNITS
from simulations.warm.decisions_noted import slots_read
from simulations.warm.kept_runs import KeptRun
from simulations.warm.probing import inner_slots_of
from simulations.warm.warm_runs import Asked, WarmRuns

#: Points of a curve at most, and how many of them are spread evenly before gaps are halved.
MOST_POINTS: Final = 40
_EVEN_POINTS: Final = 9
#: Seconds after which an answer is given with what there is.
_SECONDS: Final = 0.25
_CURVES_KEPT: Final = 4
#: Steps of the dial that a bound becomes, and the share of the values that lie beyond it on either side.
_STEPS: Final = 100
_BEYOND: Final = 0.005
_TYPES: Final = (DecisionType.REVIEW, DecisionType.ORDER)


@dataclass(frozen=True, slots=True)
class CurveQuestion:
    """Which dial of a policy is turned: a parameter or a bound, by its name; `at` is the value under the hand."""

    policy: Policy
    parameter: str
    bound: str
    at: int | None
    options: Options
    costs: Costs


@dataclass(slots=True)
class _Curve:
    """A dial, the policy that has it, and the points so far by their place on the dial."""

    policy: Policy
    base: Candidate
    dial: Dial
    bound: Bound | None
    costs: Costs
    found: dict[int, Kpis] = field(default_factory=dict)
    seconds: float = 0.0
    whole_runs: int = 0


class WarmCurves:
    """The curves last asked for over one ledger under the same assumptions."""

    def __init__(self, runs: WarmRuns, clock: Clock) -> None:
        """Answer out of these runs."""
        self._runs = runs
        self._clock = clock
        self._curves: OrderedDict[object, _Curve] = OrderedDict()

    def answer(self, asked: CurveQuestion, go_on: Callable[[], None]) -> Mapping[str, Any]:
        """Go on with the curve for a moment, and return what there is of it as plain data.

        RequestError R540 and R541 for a parameter that cannot be turned, R546 for a bound that cannot; the errors of
        `simulate`. `go_on` is called between points, and ends the answer by raising.
        """
        curve = self._curve(asked, go_on)
        began = self._clock()
        nearest = None if asked.at is None else _nearest(curve.dial, asked.at)
        while (place := _next(curve, nearest)) is not None:
            go_on()
            curve.found[place] = self._point(curve, place, asked.options, go_on)
            if self._clock() - began > _SECONDS:
                break
        curve.seconds += self._clock() - began
        return _told(curve, nearest)

    def _curve(self, asked: CurveQuestion, go_on: Callable[[], None]) -> _Curve:
        key = id(asked.policy), asked.parameter, asked.bound, asked.options, asked.costs
        curve = self._curves.pop(key, None)
        if curve is None or curve.base.policy is not asked.policy:
            curve = self._begun(asked, go_on)
        self._curves[key] = curve
        if len(self._curves) > _CURVES_KEPT:
            self._curves.popitem(last=False)
        return curve

    def _begun(self, asked: CurveQuestion, go_on: Callable[[], None]) -> _Curve:
        policy, base = asked.policy, Candidate(asked.policy)
        if not asked.bound:
            return _Curve(policy, base, dial_of(asked.parameter, policy), None, asked.costs)
        bound = bound_named(policy, asked.bound)
        go_on()
        values = values_noted(self._runs.run_of(base, asked.options), column_of(policy, bound))
        dial = _dial_of_bound(bound, values)
        return _Curve(with_dial(policy, bound, dial.parameter), base, dial, bound, asked.costs)

    def _point(self, curve: _Curve, place: int, options: Options, go_on: Callable[[], None]) -> Kpis:
        turned = Candidate(curve.policy, {curve.dial.name: curve.dial.values[place]})
        asked = Asked(curve.base, turned, options, curve.costs, told=0, is_passing=True)
        found = self._runs.answer(asked, go_on)
        curve.whole_runs += found.made.whole is not None
        return found.comparison.candidate


def values_noted(run: KeptRun, column: object) -> Column | None:
    """Return the values of a fact or an output that decisions of a run were made on; none where it is not told."""
    if not isinstance(column, Name) or run.side is None or run.planned is None or run.parts is None:
        return None
    slots = run.planned.compiled.slots
    read, found = slots_read(run.side.policy, slots), []
    for number, kind in enumerate(_TYPES):
        noted, inner = read[number], inner_slots_of(run.side.policy, kind, slots)
        for part in run.parts:
            for places, rows in ((noted, part.noted.rows[number]), (inner, part.inner[number])):
                at = np.flatnonzero(np.asarray(places) == slots.get(column.name, -1))
                if len(at):
                    found.append(rows[:, at[0]])
    values = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    known: Column = values[(values != UNKNOWN) & (values != UNLIMITED)]
    return known if len(known) else None


def _dial_of_bound(bound: Bound, values: Column | None) -> Dial:
    own = bound.value
    # A formula, or nothing was decided: as far again as the bound is from nothing.
    low, high = (min(0, 2 * own), max(0, 2 * own, 1)) if values is None else _ends(values, own)
    is_whole = bound.kind in (Kind.INTEGER, Kind.DAYS)
    step = _round((high - low) // _STEPS)
    fine = 1 if is_whole else _round(step // 10)
    # Many values lie close together and few far out: steps of equal length would miss most of them.
    spread = [] if values is None else np.quantile(values, np.linspace(_BEYOND, 1 - _BEYOND, _STEPS // 2)).tolist()
    close = {round(one / fine) * fine for one in spread}
    steps = {low, high, own, *range(-(-low // step) * step, high, step), *(one for one in close if low < one < high)}
    return Dial(Parameter(DIAL, bound.kind, own, low, high, fine), fine, tuple(sorted(steps)))


def _ends(values: Column, own: int) -> tuple[int, int]:
    low, high = (int(one) for one in np.quantile(values, [_BEYOND, 1 - _BEYOND]))
    step = _round((high - low) // _STEPS)
    return min(low // step * step, own), max(-(-high // step) * step, own)


def _round(step: int) -> int:
    # A step that people read: one, two or five of a power of ten.
    power = int("1" + "0" * (len(str(max(step, 1))) - 1))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step)


def _next(curve: _Curve, nearest: int | None) -> int | None:
    found, steps = curve.found, len(curve.dial.values)
    if nearest is not None and nearest not in found:
        return nearest
    waiting = evenly(curve.dial, min(_EVEN_POINTS, steps)) - found.keys()
    if waiting:
        # The policy's own value first, then from the middle outwards: the shape is seen early.
        own = curve.dial.own_place
        return min(waiting, key=lambda place: (place != own, abs(place - steps // 2)))
    left = MOST_POINTS - len(found)
    return next(iter(halfway(found, min(left, 1))), None)


def _nearest(dial: Dial, value: int) -> int:
    return min(range(len(dial.values)), key=lambda place: abs(dial.values[place] - value))


def _told(curve: _Curve, nearest: int | None) -> Mapping[str, Any]:
    dial, found = curve.dial, curve.found
    values = dial.values
    return {
        "values": {"least": values[0], "most": values[-1], "own": dial.parameter.value, "step": dial.step},
        "kind": str(dial.parameter.kind),
        "steps": len(values),
        "points": [
            {"value": values[place], "figures": {name: found[place][name] for name in UNITS}} for place in sorted(found)
        ],
        "at": None if nearest is None else values[nearest],
        "flat": [
            {"from": one.first, "to": one.last, "steps": one.steps, "run": one.run}
            for one in stretches(dial, dict(found))
        ],
        "is_done": _next(curve, None) is None,
        "whole_runs": curve.whole_runs,
        "seconds": curve.seconds,
    }
