"""Whatever reviews, ladders and approvers do in whatever order, a standing grants no more than somebody agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import Role
from policy_service.services.decisions.deciding import Asked, Given, decide
from policy_service.services.house import House
from policy_service.services.standings_in_force.applying import apply_review
from policy_service.services.standings_in_force.approving import approve, reject
from policy_service.services.standings_in_force.effects import StepEffects, apply_effects, end_effects
from policy_service.services.standings_in_force.reading import standing_now
from policy_service.services.standings_in_force.texts import texts_of, value_of
from policy_service.storage.standing_store import StandingStore
from tests.examples import examples
from tests.services.decisions.live import TODAY, act
from tests.services.standings_in_force.reviews import REVIEW, actor, saying

GRANTING = {
    "grade": ["", "B", "A"],
    "credit_limit": ["", "0.00", "800.00", "5000.00", "unlimited"],
    "payment_term_days": ["", "0", "15", "60"],
    "prepay_percent": ["100", "30", "", "0"],
    "stop_credit": ["true", "false"],
}
#: A level grants none where none is set; of a term or a prepayment, which would be looser not set, it may.
NEVER_GRANTED = ("grade", "credit_limit")
MOST_STEPS = 10
LEVELS = ("L2", "L3", "L4")
OUTPUTS = st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in GRANTING.items()})
ROLES = st.sampled_from(["", "analyst", "credit_manager", "board"])
AUTHORITIES = st.sampled_from([None, Role.ANALYST, Role.CREDIT_MANAGER])
EFFECTS = st.dictionaries(st.sampled_from(sorted(GRANTING)), st.integers(0, 2), min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("review"), OUTPUTS, ROLES, AUTHORITIES),
        st.tuples(st.just("review"), OUTPUTS, ROLES, AUTHORITIES),
        st.tuples(st.just("refer")),
        st.tuples(st.just("begin"), st.sampled_from(LEVELS), EFFECTS),
        st.tuples(st.just("release"), st.sampled_from(LEVELS)),
        st.tuples(st.just("approve")),
        st.tuples(st.just("reject")),
    ),
    max_size=MOST_STEPS,
)
_REACHED = {None: [""], Role.ANALYST: ["", "analyst"], Role.CREDIT_MANAGER: ["", "analyst", "credit_manager"]}


def generosity(name: str, text: str) -> float:
    """Return a number that is the larger the more the text grants; equal where nothing differs in effect."""
    if (name, text) == ("prepay_percent", ""):
        return generosity(name, "0")
    return GRANTING[name].index(text)


@dataclass
class Naive:
    """What is in force, worked out as one would by hand: texts by name, those not set empty."""

    in_force: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(GRANTING, "") | {"stop_credit": "false", "approval_role": ""}
    )
    granted: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] | None = None
    effects: dict[tuple[str, str], str] = field(default_factory=dict)

    def review(self, outputs: Mapping[str, str], role: str, authority: Role | None) -> None:
        """Take what is less at once, and what is more if the role is reached."""
        after, before = {**outputs, "approval_role": role}, self.in_force
        more = [name for name in GRANTING if generosity(name, after[name]) > generosity(name, before[name])]
        less = [name for name in GRANTING if generosity(name, after[name]) < generosity(name, before[name])]
        if more and role not in _REACHED[authority]:
            self.in_force, self.waiting = {**before, **{name: after[name] for name in less}}, after
            for name in less:
                self.granted[name] = after[name]
        else:
            self.in_force, self.waiting, self.granted = after, None, dict(after)

    def now(self) -> dict[str, str]:
        """Return the strictest of what is in force and of all effects; what would grant needs a value of its own."""
        found = dict(self.in_force)
        for name, strictest_first in GRANTING.items():
            laid = [text for (_, output), text in self.effects.items() if output == name]
            own = [self.in_force[name]] if self.in_force[name] else []
            if "" in laid or (name in NEVER_GRANTED and not own):
                found[name] = ""
            elif laid:
                found[name] = min(laid + own, key=strictest_first.index)
        return {name: text for name, text in found.items() if text}


@dataclass(frozen=True)
class Decided:
    """Decisions that were really given, for reviews to come from; they are dear."""

    reviews: tuple[Given, ...]
    escalation: Given


@pytest.fixture
def decided(house: House) -> Decided:
    """Give a review for each step of a history."""
    with house.database.writing() as session:
        reviews = tuple(decide(house, session, Asked(REVIEW, "C1"), act()) for _ in range(MOST_STEPS))
        return Decided(reviews, decide(house, session, Asked(DecisionType.ESCALATION, "C1"), act()))


class Acting:
    """The same done to customer C1 by the services, in one open transaction."""

    def __init__(self, house: House, session: Session, decided: Decided) -> None:
        self.house = house
        self.session = session
        self.at = 0
        self.reviews = iter(decided.reviews)
        self.escalation = decided.escalation

    def act(self, person: str = "ada") -> Any:
        """Return a doing after all others."""
        self.at += 1
        by = act(person=person)
        return replace(by, at=by.at + self.at)

    def do(self, step: tuple[Any, ...], naive: Naive) -> None:
        """Do a step to the customer, and to the naive account of it."""
        match step:
            case "review", outputs, role, authority:
                said = saying(next(self.reviews), {**outputs, "approval_role": role})
                apply_review(self.house, self.session, said, authority, self.act())
                naive.review(outputs, role, authority)
            case ("refer",):
                said = saying(next(self.reviews), {"grade": "A"}, Outcome.REFER)
                apply_review(self.house, self.session, said, Role.FINANCE_HEAD, self.act())
            case "begin", level, chosen:
                self.begin(
                    level, {name: GRANTING[name][number % len(GRANTING[name])] for name, number in chosen.items()}
                )
                for name, number in chosen.items():
                    naive.effects.setdefault((level, name), GRANTING[name][number % len(GRANTING[name])])
            case "release", level:
                end_effects(self.house, self.session, "C1", [("collection", level)], self.act())
                naive.effects = {key: text for key, text in naive.effects.items() if key[0] != level}
            case (settling,):
                self.settle(settling, naive)

    def begin(self, level: str, outputs: Mapping[str, str]) -> None:
        """Put effects of a level into force."""
        given = self.escalation
        values = {name: value_of(name, text, given.codes) for name, text in outputs.items()}
        apply_effects(self.house, self.session, "C1", [StepEffects("collection", level, values)], given, self.act())

    def settle(self, settling: str, naive: Naive) -> None:
        """Approve or reject what waits, if the role it waits for can be held at all."""
        waiting = StandingStore(self.session).proposed("C1")
        assert (waiting is None) == (naive.waiting is None)
        if waiting is None or waiting.approval_role == "board":
            return
        settle = approve if settling == "approve" else reject
        settle(self.house, self.session, waiting.standing_id, "So be it", actor(), self.act("bob"))
        if settling == "approve" and naive.waiting:
            naive.in_force, naive.granted = naive.waiting, dict(naive.waiting)
        naive.waiting = None

    def now(self) -> dict[str, str]:
        """Return the standing that a decision would read."""
        given = self.escalation
        history = self.house.customers.at(self.session).history("C1")
        policy, codes = given.version.policy, given.codes
        return texts_of(standing_now(self.session, "C1", history, TODAY, policy, codes).values, codes)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_a_standing_equals_a_naive_account_of_it_and_grants_no_more_than_was_agreed_to(
    house: House, decided: Decided, steps: list[tuple[Any, ...]]
) -> None:
    naive = Naive()
    with house.database.writing() as session:
        acting = Acting(house, session, decided)
        for step in steps:
            acting.do(step, naive)
            assert acting.now() == naive.now()
            stored = StandingStore(session).in_force("C1")
            outputs = stored.outputs if stored else {}
            for name, agreed in naive.granted.items():
                if name in GRANTING:
                    assert generosity(name, outputs.get(name, "")) <= generosity(name, agreed)
        session.rollback()
