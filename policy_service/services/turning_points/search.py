"""The nearest values of one fact at which a decision comes out otherwise, by halving what is not provably steady."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.domain.decisions import Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.values import FALSE, MILLION, TRUE, UNKNOWN, Kind
from policy_service.engines.arithmetic import divide as quotient
from policy_service.engines.arithmetic import subtract as difference
from policy_service.linter.regions.ranges import Range, divide, subtract
from policy_service.services.turning_points.steadiness import Answer, Chain, Goal, RangesByName

#: Stretches looked at for one fact in one direction before the search gives up.
MOST_STEPS: Final = 4_000
#: What is left of a limit, and how much of it is used, follow from these two.
_OF_THE_LIMIT: Final = frozenset({"exposure", "credit_limit"})


class TooManySteps(Exception):
    """The search did not come to an end: nothing is said about what lies further on."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A fact that could be otherwise: its kind, its value now, and from where to where it is turned."""

    name: str
    kind: Kind
    value: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A value at which the decision comes out otherwise, and how; nothing nearer in that direction does."""

    value: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Turns:
    """The nearest turns of one fact: below and above its value, or every value of a category or a yes or no.

    `is_complete` is false where the search gave up before it had an answer in a direction.
    """

    dial: Dial
    below: Turn | None = None
    above: Turn | None = None
    others: tuple[Turn, ...] = ()
    is_complete: bool = True


def turns(
    chain: Chain,
    values: Values,
    goal: Goal,
    dial: Dial,
    category_codes: Mapping[int, str],
    most_steps: int = MOST_STEPS,
) -> Turns:
    """Return where the answer turns as one fact changes, all others staying; what follows from it follows.

    After `most_steps` stretches in a direction the search gives up there.
    """
    at = _Point(chain, values, goal, dial, most_steps)
    if dial.kind is Kind.CATEGORY:
        return Turns(dial, others=tuple(at.others(category_codes)))
    if dial.kind is Kind.BOOLEAN:
        return Turns(dial, others=tuple(at.others((FALSE, TRUE))))
    start = 0 if dial.value == UNKNOWN else dial.value
    above, knows_above = at.first(start if dial.value == UNKNOWN else start + 1, dial.most, upwards=True)
    below, knows_below = at.first(dial.least, start - 1, upwards=False)
    return Turns(dial, below, above, is_complete=knows_above and knows_below)


class _Point:
    """A decision as it stands, while one fact of it is turned."""

    def __init__(self, chain: Chain, values: Values, goal: Goal, dial: Dial, most_steps: int) -> None:
        self._chain = chain
        self._values = values
        self._goal = goal
        self._dial = dial
        self._now = goal.of(chain.answer(values))
        self._most_steps = most_steps
        self._steps = 0

    def others(self, codes: Mapping[int, str] | tuple[int, ...]) -> Iterator[Turn]:
        """Yield every other value that changes the answer."""
        for code in codes:
            if code != self._dial.value:
                answer = self._answer(code)
                if self._goal.of(answer) != self._now:
                    yield Turn(code, answer)

    def first(self, low: int, high: int, *, upwards: bool) -> tuple[Turn | None, bool]:
        """Return the first turn between the two, seen from below or from above; and whether that is certain."""
        self._steps = 0
        try:
            return self._first(low, high, upwards), True
        except TooManySteps:
            return None, False

    def _first(self, low: int, high: int, upwards: bool) -> Turn | None:
        # Stretches wait with the nearest on top, so that the first turn found is the nearest.
        waiting = [(low, high)]
        while waiting:
            low, high = waiting.pop()
            if low > high:
                continue
            self._steps += 1
            if self._steps > self._most_steps:
                raise TooManySteps
            near = low if upwards else high
            answer = self._answer(near)
            if self._goal.of(answer) != self._now:
                return Turn(near, answer)
            if low == high or self._chain.is_steady(answer, self._ranges(low, high), self._goal):
                continue
            middle = (low + high) // 2
            nearer, further = (low, middle), (middle + 1, high)
            waiting += [further, nearer] if upwards else [nearer, further]
        return None

    def _answer(self, value: int) -> Answer:
        return self._chain.answer({**self._values, **_following(self._values, self._dial.name, value)})

    def _ranges(self, low: int, high: int) -> RangesByName:
        ranges = RangesByName(self._chain.policy, self._values)
        ranges.put(self._dial.name, Range(low, high))
        if self._dial.name in _OF_THE_LIMIT:
            limit, exposure = ranges.of("credit_limit"), ranges.of("exposure")
            if "headroom" in self._values:
                ranges.put("headroom", subtract(limit, exposure))
            if "utilisation" in self._values:
                ranges.put("utilisation", divide(exposure, limit, MILLION))
        return ranges


def _following(values: Values, name: str, value: int) -> dict[str, int]:
    changed = {name: value}
    if name in _OF_THE_LIMIT:
        both = {**values, name: value}
        limit, exposure = both.get("credit_limit", UNKNOWN), both.get("exposure", UNKNOWN)
        followed = {
            "headroom": _held(lambda: difference(limit, exposure)),
            "utilisation": _held(lambda: quotient(exposure, limit, MILLION)),
        }
        changed |= {fact: follows for fact, follows in followed.items() if fact in values}
    return changed


def _held(compute: Callable[[], int]) -> int:
    try:
        return compute()
    except EngineFault:
        # What is too large to hold is not known, as over a stretch.
        return UNKNOWN


def distance(dial: Dial, turn: Turn) -> int:
    """Return how far the turn is from the value now, in the fact's own representation; of an unknown one, from 0."""
    return abs(turn.value - (0 if dial.value == UNKNOWN else dial.value))
