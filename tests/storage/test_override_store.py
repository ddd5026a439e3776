"""An override counts for its customer, its type, its order and its amount, until its day."""

import datetime as dt

import pytest

from policy_service.domain.decisions import Override
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import DecisionType
from policy_service.storage.database import Database
from policy_service.storage.override_store import OverrideKey, OverrideStore, StoredOverride
from tests.storage.standings import DAY, known, override

REVIEW, ORDER = DecisionType.REVIEW, DecisionType.ORDER
NEXT_DAY = DAY + dt.timedelta(days=1)


def add(database: Database, *overrides: StoredOverride) -> None:
    known(database, "C1", "C2")
    with database.writing() as session:
        for one in overrides:
            OverrideStore(session).add(one)


def counting(
    database: Database, kind: DecisionType, day: dt.date = DAY, order_id: str = "", **more: int | None
) -> list[str]:
    with database.reading() as session:
        return [one.override_id for one in OverrideStore(session).in_force("C1", kind, day, order_id, **more)]


def test_an_override_is_read_as_it_was_stored(database: Database) -> None:
    stored = override(outputs={"grade": "甲", "stop_credit": "false"}, largest_amount=5, second_person="bob")
    add(database, stored)
    with database.reading() as session:
        assert OverrideStore(session).load("V1") == stored
    assert stored.as_override() == Override("C1", "ada", "Bank guarantee", DAY, stored.outputs, REVIEW, "V1")


def test_its_last_day_is_included(database: Database) -> None:
    add(database, override())
    assert counting(database, REVIEW, DAY) == ["V1"]
    assert counting(database, REVIEW, NEXT_DAY) == []


def test_only_those_in_force_of_that_type_and_customer_count(database: Database) -> None:
    others = [override(state, state=state) for state in ("proposed", "ended", "rejected")]
    add(database, override("V0", customer_id="C2"), override("V1"), override("V2", decision_type="order"), *others)
    assert counting(database, REVIEW) == ["V1"]


def test_what_is_said_of_one_order_counts_for_that_order_and_comes_last(database: Database) -> None:
    late, later = NEXT_DAY, NEXT_DAY + dt.timedelta(days=9)
    add(
        database,
        override("of_O1", decision_type="order", order_id="O1"),
        override("of_O2", decision_type="order", order_id="O2"),
        override("later", decision_type="order", expires_on=later),
        override("late", decision_type="order", expires_on=late),
    )
    assert counting(database, ORDER) == ["late", "later"]
    assert counting(database, ORDER, order_id="O1") == ["late", "later", "of_O1"]


@pytest.mark.parametrize(("amount", "expected"), [(100, ["V1"]), (101, []), (None, [])])
def test_an_order_that_grew_is_not_the_one_somebody_vouched_for(
    database: Database, amount: int | None, expected: list[str]
) -> None:
    add(database, override(decision_type="order", order_id="O1", largest_amount=100))
    assert counting(database, ORDER, order_id="O1", amount=amount) == expected


def test_what_counted_at_an_instant_is_found_again(database: Database) -> None:
    add(
        database,
        override("V1", state="ended", in_force_at=10, ended_at=20),
        override("V2", state="rejected", in_force_at=None, ended_at=15),
        override("V3", in_force_at=30),
    )
    assert [counting(database, REVIEW, at=at) for at in (9, 10, 19, 20, 30)] == [[], ["V1"], ["V1"], [], ["V3"]]


def test_open_ones_are_those_that_may_still_count(database: Database) -> None:
    add(
        database,
        override("V1", state="proposed", in_force_at=None),
        override("V2", given_at=5),
        override("V3", state="ended"),
        override("V4", expires_on=DAY - dt.timedelta(days=1)),
        override("V5", order_id="O1"),
    )
    with database.reading() as session:
        found = OverrideStore(session).open_of("C1", "review", "", DAY)
    assert [one.override_id for one in found] == ["V2", "V1"]


def test_a_change_that_somebody_else_came_before_is_refused(database: Database) -> None:
    add(database, override())
    with database.writing() as session:
        read = OverrideStore(session).load("V1")
        changed = OverrideStore(session).change(read, state="ended", ended_at=20)
        assert OverrideStore(session).load("V1") == changed
    with pytest.raises(PolicyServiceError) as refused, database.writing() as session:
        OverrideStore(session).change(read, state="ended", ended_at=21)
    assert refused.value.code == "S208"


def test_pages_hold_every_override_once_the_latest_first(database: Database) -> None:
    add(database, *(override(f"V{number}", given_at=10 + number // 3) for number in range(7)))
    listed: list[str] = []
    after: OverrideKey | None = None
    with database.writing() as session:
        store = OverrideStore(session)
        store.add(override("gone", expires_on=DAY - dt.timedelta(days=1)))
        store.add(override("hers", person="eve", given_at=1))
        while page := store.page(person="ada", counting_on=DAY, after=after, limit=3):
            listed += [one.override_id for one in page]
            after = page[-1].given_at, page[-1].override_id
    assert listed == ["V6", "V5", "V4", "V3", "V2", "V1", "V0"]
