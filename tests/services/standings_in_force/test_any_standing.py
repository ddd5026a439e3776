"""Whatever reviews, persons and days do in any order: no rise without authority, and no word of a person past its day.

The machine keeps its own account of what must be in force, from what succeeded.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role, has_authority
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.models.standings import OverrideRow, StandingRow
from policy_service.storage.override_store import OverrideStore, StoredOverride
from tests.services.decisions.live import TODAY, furnish, open_house
from tests.services.given_overrides.giving import confirmed, ended, given, wanted
from tests.services.given_overrides.giving import rejected as override_rejected
from tests.services.standings_in_force.reviews import actor, approved, now, proposal, rejected, review

LIMITS = st.sampled_from([500, 800, 50_000, 120_000, 500_000])
TERMS = st.sampled_from([15, 30, 60])
NEEDED = st.sampled_from(["", "credit_manager", "finance_head"])
AUTHORITIES = st.sampled_from([None, Role.ANALYST, Role.CREDIT_MANAGER, Role.FINANCE_HEAD])
PEOPLE = st.builds(
    actor,
    st.sampled_from(["ada", "bob", "cy"]),
    st.sampled_from([Role.ANALYST, Role.CREDIT_MANAGER, Role.FINANCE_HEAD]),
)
#: One person's word sets no limit above this.
THRESHOLD = 100_000
REFUSALS = {"A403", "A435", "R441", "R442", "R443", "R445", "R447", "S208"}
NOTHING: tuple[int, int] = (0, 0)

Terms = tuple[int, int]


@dataclass(slots=True)
class Word:
    """What the machine knows of one override."""

    limit: int
    expires_on: dt.date
    by: str
    counts: bool


class AnyStanding(RuleBasedStateMachine):
    """One customer's limit and term, and everybody who may or may not change them."""

    house: ClassVar[House]

    @initialize()
    def begin(self) -> None:
        with self.house.database.writing() as session:
            session.execute(delete(StandingRow))
            session.execute(delete(OverrideRow))
        self.day = TODAY
        self.in_force: Terms = NOTHING
        self.waits: tuple[str, Terms, str, str] | None = None
        self.overrides: dict[str, Word] = {}

    @rule(limit=LIMITS, term=TERMS, needed=NEEDED, by=st.sampled_from(["ada", "bob"]), authority=AUTHORITIES)
    def review(self, limit: int, term: int, needed: str, by: str, authority: Role | None) -> None:
        said = {"credit_limit": str(limit), "payment_term_days": str(term), "next_review_days": "90"}
        said |= {"approval_role": needed} if needed else {}
        review(self.house, said, on=self.day, by=by, authority=authority)
        before, after = self.in_force, (limit, term)
        rises = any(new > old for new, old in zip(after, before, strict=True))
        if rises and needed and not has_authority([authority] if authority else [], needed):
            self.in_force = (min(before[0], limit), min(before[1], term))
            found = proposal(self.house)
            assert found
            self.waits = (found.standing_id, after, needed, by)
        else:
            self.in_force, self.waits = after, None

    @rule(person=PEOPLE, again=st.booleans())
    def approve(self, person: Actor, again: bool) -> None:
        if self.waits is None:
            return
        standing_id, after, needed, by = self.waits
        if self.tried(lambda: approved(self.house, standing_id, person, self.day)):
            assert person.person != by
            assert has_authority(person.roles, needed)
            self.in_force, self.waits = after, None
            if again:
                assert not self.tried(lambda: approved(self.house, standing_id, person, self.day))

    @rule(person=PEOPLE)
    def reject(self, person: Actor) -> None:
        if self.waits is not None:
            standing_id = self.waits[0]
            if self.tried(lambda: rejected(self.house, standing_id, person)):
                self.waits = None

    @rule(person=PEOPLE, limit=LIMITS, days=st.integers(0, 3))
    def give(self, person: Actor, limit: int, days: int) -> None:
        expires_on = self.day + dt.timedelta(days)
        word = wanted({"credit_limit": str(limit)}, expires_on=expires_on)
        made = list[StoredOverride]()
        if self.tried(lambda: made.append(given(self.house, word, person, self.day))):
            needs_second = limit > THRESHOLD
            assert ("proposed" if needs_second else "in_force") == made[0].state
            self.overrides[made[0].override_id] = Word(limit, expires_on, person.person, not needs_second)

    @rule(person=PEOPLE, which=st.integers(0, 3))
    def confirm(self, person: Actor, which: int) -> None:
        for override_id in self.some(which):
            if self.tried(partial(confirmed, self.house, override_id, person, self.day)):
                word = self.overrides[override_id]
                assert person.person != word.by
                assert self.day <= word.expires_on
                word.counts = True

    @rule(person=PEOPLE, which=st.integers(0, 3), how=st.sampled_from(["end", "reject"]))
    def take_back(self, person: Actor, which: int, how: str) -> None:
        for override_id in self.some(which):
            doings: dict[str, Callable[[], object]] = {
                "end": partial(ended, self.house, override_id, person, self.day),
                "reject": partial(override_rejected, self.house, override_id, person),
            }
            if self.tried(doings[how]):
                del self.overrides[override_id]

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.day += dt.timedelta(days)

    def some(self, which: int) -> list[str]:
        return list(self.overrides)[which : which + 1]

    def tried(self, attempt: Callable[[], object]) -> bool:
        try:
            attempt()
        except PolicyServiceError as refused:
            if refused.code not in REFUSALS:
                raise
            return False
        return True

    @invariant()
    def in_force_is_what_somebody_might_grant(self) -> None:
        found = now(self.house, on=self.day)
        terms = int(float(found.get("credit_limit", 0))), int(float(found.get("payment_term_days", 0)))
        assert self.in_force == terms
        waits = proposal(self.house)
        assert (self.waits[0] if self.waits else None) == (waits.standing_id if waits else None)

    @invariant()
    def what_counts_of_persons_is_confirmed_and_not_over(self) -> None:
        counts = [word.limit for word in self.overrides.values() if word.counts and self.day <= word.expires_on]
        with self.house.database.reading() as session:
            words = OverrideStore(session).in_force("C1", DecisionType.REVIEW, self.day)
        assert sorted(map(str, counts)) == sorted(word.outputs["credit_limit"] for word in words)


@contextmanager
def machine_of(url: str) -> Iterator[type[AnyStanding]]:
    house = open_house(Database(url))
    furnish(house)

    class OfThisHouse(AnyStanding):
        pass

    OfThisHouse.house = house
    try:
        yield OfThisHouse
    finally:
        house.close()


def live(url: str, examples: int) -> None:
    many = settings(max_examples=examples, stateful_step_count=25, deadline=None, database=None)
    with machine_of(url) as machine:
        run_state_machine_as_test(machine, settings=many)  # type: ignore[no-untyped-call]


def test_the_machine_itself_can_let_a_rise_and_a_word_count(sqlite_url: str) -> None:
    """Say that the property below is not kept by refusing everything."""
    manager, head = actor("cy", Role.CREDIT_MANAGER), actor("bob", Role.FINANCE_HEAD)
    with machine_of(sqlite_url) as machine:
        life = machine()
        life.begin()
        life.review(500_000, 60, "finance_head", "ada", Role.ANALYST)
        assert (0, 0) == life.in_force
        life.approve(manager, False)
        assert (0, 0) == life.in_force
        life.approve(head, True)
        assert (500_000, 60) == life.in_force
        life.give(manager, 120_000, 1)
        life.what_counts_of_persons_is_confirmed_and_not_over()
        assert [False] == [word.counts for word in life.overrides.values()]
        life.confirm(manager, 0)
        life.confirm(head, 0)
        assert [True] == [word.counts for word in life.overrides.values()]
        for _ in range(2):
            life.what_counts_of_persons_is_confirmed_and_not_over()
            life.in_force_is_what_somebody_might_grant()
            life.days_pass(2)


def test_no_sequence_grants_more_than_somebody_with_authority_did(sqlite_url: str) -> None:
    live(sqlite_url, 12)


@pytest.mark.long
def test_no_sequence_of_many_does(url: str) -> None:
    live(url, 150)
