"""One standing of a customer is in force, at most one waits, and what was is found again."""

import datetime as dt

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.storage.database import Database
from policy_service.storage.standing_store import StandingKey, StandingStore
from tests.storage.standings import DAY, add, known, proposed, standing


def test_a_standing_is_read_as_it_was_stored(database: Database) -> None:
    known(database, "C1")
    stored = standing(limit_until=DAY, review_on=DAY, outputs={"grade": "甲", "credit_limit": "unlimited"}, note="“so”")
    add(database, stored)

    with database.reading() as session:
        assert StandingStore(session).load("S1") == stored
        assert StandingStore(session).in_force("C1") == stored
        assert StandingStore(session).in_force_of(["C1", "C2"]) == {"C1": stored}


@pytest.mark.parametrize("make", [standing, proposed])
def test_a_customer_has_one_standing_in_force_and_one_that_waits(database: Database, make: type) -> None:
    known(database, "C1", "C2")
    add(database, make("S1"), make("S2", customer_id="C2"))

    with pytest.raises(PolicyServiceError) as refused:
        add(database, make("S3"))
    assert refused.value.code == "S210"


def test_a_change_that_somebody_else_came_before_is_refused(database: Database) -> None:
    known(database, "C1")
    add(database, standing())
    with database.writing() as session:
        read = StandingStore(session).load("S1")
        changed = StandingStore(session).change(read, state="ended", ended_at=20)
        assert StandingStore(session).load("S1") == changed

    with pytest.raises(PolicyServiceError) as refused, database.writing() as session:
        StandingStore(session).change(read, state="ended", ended_at=21)
    assert refused.value.code == "S208"


def test_what_was_in_force_at_an_instant_is_found_again(database: Database) -> None:
    known(database, "C1")
    add(
        database,
        standing("S1", state="ended", decided_at=10, ended_at=20),
        standing("S2", state="in_force", decided_at=20),
        proposed("S3", state="ended", ended_at=15),
        proposed("S4", state="rejected", decided_at=12),
    )

    with database.reading() as session:
        store = StandingStore(session)
        found = [store.in_force("C1", at) for at in (9, 10, 19, 20, 99)]
        assert [one.standing_id if one else None for one in found] == [None, "S1", "S1", "S2", "S2"]
        assert store.in_force_of(["C1"], 19)["C1"].standing_id == "S1"


def test_an_id_that_is_none_is_said_to_be_none(database: Database) -> None:
    with pytest.raises(PolicyServiceError) as refused, database.reading() as session:
        StandingStore(session).load("S9")
    assert refused.value.code == "S209"


@pytest.mark.parametrize("is_oldest_first", [False, True])
def test_pages_hold_every_standing_once(database: Database, is_oldest_first: bool) -> None:
    known(database, "C1")
    ids = [f"S{number}" for number in range(7)]
    add(database, *(standing(one, state="ended", proposed_at=10 + number // 3) for number, one in enumerate(ids)))
    add(database, proposed("P1", proposed_at=99), standing("X", proposed_at=0))

    listed: list[str] = []
    after: StandingKey | None = None
    with database.reading() as session:
        store = StandingStore(session)
        while page := store.page(state="ended", after=after, limit=3, is_oldest_first=is_oldest_first):
            listed += [one.standing_id for one in page]
            after = page[-1].proposed_at, page[-1].standing_id
        waiting = store.page(customer_id="C1", state="proposed", approval_role="credit_manager")

    assert listed == (ids if is_oldest_first else ids[::-1])
    assert [one.standing_id for one in waiting] == ["P1"]


def test_days_are_kept_as_days(database: Database) -> None:
    known(database, "C1")
    add(database, standing(valid_from=dt.date(9999, 12, 31)))
    with database.reading() as session:
        assert StandingStore(session).load("S1").valid_from == dt.date(9999, 12, 31)
