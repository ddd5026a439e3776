"""Whoever does what in whatever order: what counts beyond one person's word, two different persons have said."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.given_overrides import confirm, end, give, reject
from policy_service.services.house import House
from policy_service.storage.override_store import OverrideStore, StoredOverride
from tests.examples import examples
from tests.services.decisions.live import TODAY, act
from tests.services.given_overrides.giving import REVIEW, person, wanted

PEOPLE = (
    person("ada", Role.CREDIT_MANAGER),
    person("bob", Role.FINANCE_HEAD),
    person("eve", Role.ANALYST),
    person("sal", Role.SALES),
)
LIMITS = ("5000", "100000", "100000.01", "unlimited")
BY, WHICH, DAYS = st.integers(0, 3), st.integers(0, 5), st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), BY, st.sampled_from(LIMITS), DAYS),
        st.tuples(st.just("give"), BY, st.sampled_from(LIMITS), DAYS),
        st.tuples(st.just("confirm"), BY, WHICH),
        st.tuples(st.just("confirm"), BY, WHICH),
        st.tuples(st.just("reject"), BY, WHICH),
        st.tuples(st.just("end"), BY, WHICH),
        st.tuples(st.just("sleep")),
    ),
    max_size=12,
)


def do(house: House, session: Session, step: tuple[Any, ...], ids: list[str], day: dt.date) -> str:
    """Do a step, and return the code of the refusal, empty for what was done."""
    kind, by, *more = step
    actor = PEOPLE[by]
    try:
        with session.begin_nested():
            if kind == "give":
                limit, days = more
                one = wanted({"credit_limit": limit}, expires_on=day + dt.timedelta(days=days))
                ids.append(give(house, session, one, actor, act(day, actor.person)).override_id)
            elif more[0] < len(ids):
                settle = {"confirm": confirm, "reject": reject, "end": end}[kind]
                why = () if kind == "confirm" else ("So be it",)
                settle(house, session, ids[more[0]], *why, actor, act(day, actor.person))  # type: ignore[operator]
    except PolicyServiceError as error:
        return error.code
    return ""


def goes_beyond_one(override: StoredOverride) -> bool:
    """Return whether one person's word is not enough for the limit."""
    limit = override.outputs["credit_limit"]
    return limit == "unlimited" or Decimal(limit) > 100_000


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_what_counts_beyond_one_persons_word_two_have_said(house: House, steps: list[tuple[Any, ...]]) -> None:
    ids: list[str] = []
    day = TODAY
    with house.database.writing() as session:
        for step in steps:
            if step == ("sleep",):
                day += dt.timedelta(days=1)
            else:
                assert do(house, session, step, ids, day) in {"", "A403", "A434", "A435", "R441", "R443", "R447"}
            store = OverrideStore(session)
            counting = [store.load(one.override_id) for one in store.in_force("C1", REVIEW, day)]
            assert len(counting) <= 1
            for override in counting:
                assert override.expires_on >= day
                assert override.person in {"ada", "bob", "eve"}
                assert override.second_person in ({"ada", "bob"} if goes_beyond_one(override) else {"", "ada", "bob"})
                assert override.second_person != override.person
        session.rollback()
