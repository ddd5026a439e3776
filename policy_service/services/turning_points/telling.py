"""What would change a stored decision, fact by fact, the smallest change first.

No file declares how small a fact of the customer file can be. A change of one to less than nothing, which it is not
now, is exact as any other, and seldom one that somebody can make: it comes last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.language.definitions.built_in_facts import AS_OF
from policy_service.language.definitions.dictionary import FactDefinition, FactSource, Title
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS
from policy_service.linter.regions.knowledge import fact_range
from policy_service.services.chain_decision import Decision
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.decisions.recorded import decided_again, recorded
from policy_service.services.house import House
from policy_service.services.record import FactRead
from policy_service.services.turning_points.search import Dial, Turn, distance, turns
from policy_service.services.turning_points.steadiness import Chain, Goal
from policy_service.storage.decision_store import StoredDecision

OUTCOME: Final = "outcome"
#: Beyond these no amount, number, count or day of a company lies.
_REACH: Final[Mapping[Kind, int]] = {Kind.MONEY: 10**15, Kind.NUMBER: 10**15, Kind.INTEGER: 10**6, Kind.DAYS: 10**5}


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """One fact, and a value at which the decision would come out otherwise, all other facts staying as they are.

    `turns_at` is the nearest such value above or below the present one, for a text or a yes or no just another one.
    `becomes` is what then comes of what was asked for, with the codes of its reasons. `distance` is how far it is.
    """

    fact: str
    title: Title
    unit: str
    kind: Kind
    source: FactSource
    value: Plain
    direction: str
    turns_at: Plain
    distance: Plain
    becomes: Plain
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurningPoints:
    """What would change a decision: of what (`goal`), what it is now, and the turning points, the smallest first.

    Behind them come those at which a fact of the customer file that is not below nothing would be.
    `undecided` are facts of which the search could not say everything.
    """

    goal: str
    now: Plain
    points: tuple[TurningPoint, ...]
    undecided: tuple[str, ...]


def turning_points(house: House, session: Session, stored: StoredDecision, goal: str = "") -> TurningPoints:
    """Return the smallest change of each fact that would change the decision, exact; an override is left aside.

    `goal` names an output instead of the outcome; none: the outcome of an order, the grade or the limit of a
    review, the level of an escalation. RequestError R491 for what the decision does not set.
    """
    version = house.policies.version(session, stored.policy_id, stored.policy_version)
    found = recorded(stored)
    decision, codes = decided_again(found, version)
    wanted = Goal(_goal(goal, found.decision_type, version.policy))
    told = _Telling(version.policy, decision, codes, wanted, found.decision_type)
    return told.all()


def _goal(goal: str, decision_type: DecisionType, policy: Policy) -> str:
    could_set = [name for rule_set in policy.chain(decision_type) for name in rule_set.output_names]
    sensible = {
        DecisionType.ORDER: (OUTCOME,),
        DecisionType.REVIEW: ("grade", "credit_limit"),
        DecisionType.ESCALATION: ("level",),
    }[decision_type]
    default = next((name for name in sensible if name in could_set or name == OUTCOME), OUTCOME)
    if goal and goal not in (*could_set, OUTCOME):
        raise RequestError(
            "R491",
            f"A decision of type {decision_type.value} under {policy.id} does not set {goal[:60]!r}.",
            remedy=f"Name one of: {', '.join(dict.fromkeys((OUTCOME, *could_set)))}.",
        )
    return goal or default


class _Telling:
    def __init__(
        self, policy: Policy, decision: Decision, codes: CodeBook, goal: Goal, decision_type: DecisionType
    ) -> None:
        self._policy = policy
        self._decision = decision
        self._codes = codes
        self._goal = goal
        self._chain = Chain(policy, decision_type)
        self._texts = dict(enumerate(policy.vocabulary))

    def all(self) -> TurningPoints:
        found: list[tuple[_Rank, TurningPoint]] = []
        undecided = []
        for fact in self._decision.facts:
            if fact.name == AS_OF:
                continue
            points, is_complete = self._of_fact(fact)
            found += points
            if not is_complete:
                undecided.append(fact.name)
        found.sort(key=lambda one: (one[0], one[1].fact, one[1].direction))
        now = self._plain(self._goal.of(self._chain.answer(self._decision.values)))
        return TurningPoints(self._goal.name, now, tuple(point for _, point in found), tuple(undecided))

    def _of_fact(self, fact: FactRead) -> tuple[list[tuple["_Rank", TurningPoint]], bool]:
        dial = Dial(fact.name, fact.kind, fact.value, *reach(fact, self._policy.facts.get(fact.name)))
        found = turns(self._chain, self._decision.values, self._goal, dial, self._texts)
        pairs = [("below", found.below), ("above", found.above), *(("to", turn) for turn in found.others)]
        points = [
            (_rank(fact, dial, turn), self._point(fact, direction, turn, dial)) for direction, turn in _some(pairs)
        ]
        return points, found.is_complete

    def _point(self, fact: FactRead, direction: str, turn: Turn, dial: Dial) -> TurningPoint:
        definition = self._policy.facts.get(fact.name)
        is_counted = direction != "to"
        unit_kind = Kind.DAYS if fact.kind is Kind.DATE else fact.kind
        return TurningPoint(
            fact.name,
            definition.title if definition else Title(),
            definition.unit if definition else "",
            fact.kind,
            fact.source,
            self._codes.plain(fact.value, fact.kind),
            direction,
            self._codes.plain(turn.value, fact.kind),
            self._codes.plain(distance(dial, turn), unit_kind) if is_counted else None,
            self._plain(self._goal.of(turn.answer)),
            tuple(reason.code for result in turn.answer.results.values() for reason in result.reasons),
        )

    def _plain(self, said: object) -> Plain:
        match said:
            case Outcome():
                return said.value
            case int():
                kinds = {**self._policy.outputs, **LADDER_KINDS}
                return self._codes.plain(said, kinds[self._goal.name])
            case tuple():
                return ", ".join(str(self._plain(one)) for one in said)
            case _:
                return None


def _some(pairs: list[tuple[str, Turn | None]]) -> Iterator[tuple[str, Turn]]:
    return ((direction, turn) for direction, turn in pairs if turn)


#: Whether it comes last, and how large the change is.
_Rank: TypeAlias = tuple[bool, Fraction]


def _rank(fact: FactRead, dial: Dial, turn: Turn) -> _Rank:
    is_amount = fact.source is FactSource.CUSTOMER and fact.kind.is_numeric
    goes_below_nothing = turn.value < 0 and (dial.value == UNKNOWN or dial.value >= 0)
    return is_amount and goes_below_nothing, _share(dial, turn)


def _share(dial: Dial, turn: Turn) -> Fraction:
    # Facts of different kinds have only this in common: how large the change is beside the value itself.
    size = 0 if dial.value == UNKNOWN else abs(dial.value)
    if dial.kind in (Kind.CATEGORY, Kind.BOOLEAN):
        return Fraction(1)
    least = MILLION if dial.kind is Kind.NUMBER else 1
    return Fraction(distance(dial, turn), max(size, least))


def reach(fact: FactRead, definition: FactDefinition | None) -> tuple[int, int]:
    """Return the least and the most that a fact can be, as far as its definition tells, and a company goes."""
    if fact.kind is Kind.DATE:
        today = 0 if fact.value == UNKNOWN else fact.value
        return today - _REACH[Kind.DAYS], today + _REACH[Kind.DAYS]
    most = _REACH.get(fact.kind, 1)
    possible = fact_range(definition, Name(fact.name, NameSource.FACT, fact.kind))
    return max(-most, possible.low), min(most, possible.high)
