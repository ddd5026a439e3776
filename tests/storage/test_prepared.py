"""Statements that go to the driver ready made: they mean what they mean anywhere, whatever went wrong before."""

import pytest
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict, StorageError
from policy_service.storage.models.tables import Model
from policy_service.storage.prepared import Prepared, PreparedByIds

KEYS = Model.metadata.tables["idempotency_keys"]
NAMES = ("asked_by", "key", "endpoint", "body_hash", "state", "lease_until", "lines", "status", "headers", "answer")
ADD = Prepared(insert(KEYS), (*NAMES, "created_at", "expires_at", "revision"))
ONE = Prepared(select(KEYS.c.answer, KEYS.c.lease_until, KEYS.c.lines).where(KEYS.c.key == bindparam("key_asked_for")))
OF_KEYS = PreparedByIds(lambda of_ids: select(KEYS.c.key).where(of_ids(KEYS.c.key)).order_by(KEYS.c.key))


def row(key: str, **other: object) -> dict[str, object]:
    """Return the row of a key."""
    said = dict.fromkeys(("asked_by", "endpoint", "body_hash"), "x") | {"state": "answered", "headers": "{}"}
    numbers = {"lines": 2**40, "created_at": -1, "expires_at": 1, "revision": 1}
    return said | numbers | {"lease_until": None, "status": None, "answer": b"\0\xff'\\", "key": key} | other


def count(session: Session) -> int:
    """Return how many keys are stored."""
    return session.scalar(select(func.count()).select_from(KEYS)) or 0


def test_values_are_read_as_they_were_written(database: Database) -> None:
    with database.writing() as session:
        assert 1 == ADD.change(session, row("k"))
        assert [b"\0\xff'\\", None, 2**40] == list(ONE.row(session, {"key_asked_for": "k"}) or ())
        assert ONE.row(session, {"key_asked_for": "other"}) is None


@pytest.mark.parametrize(("ids", "found"), [(["a"], ["a"]), (["c", "a", "x"], ["a", "c"]), ([], [])])
def test_rows_of_some_ids_are_found(database: Database, ids: list[str], found: list[str]) -> None:
    with database.writing() as session:
        ADD.change_each(session, [row(key) for key in ("a", "b", "c, {\"'")] + [row("c")])
        assert found == [key for (key,) in OF_KEYS.rows(session, ids)]


def test_a_text_that_no_column_takes_is_refused_before_the_database_sees_it(database: Database) -> None:
    for bad in ({"key": "k" * 1_000}, {"headers": "\0"}, {"headers": "\ud800"}):
        with pytest.raises(StorageError) as refused, database.writing() as session:
            ADD.change(session, row("k") | bad)
        assert "S212" == refused.value.code


def test_what_was_taken_back_is_no_obstacle_to_what_follows(database: Database) -> None:
    """The driver lets the server forget what is ready on a connection whenever something is taken back."""
    for number in range(8):
        with pytest.raises(ZeroDivisionError):
            _fail(database)
        with database.writing() as session:
            _repeat(session)
            with pytest.raises(Conflict), session.begin_nested():
                ADD.change_each(session, [row(f"twice {number}"), row(f"twice {number}"), row("after")])
            ADD.change(session, row(f"kept {number}"))
            assert ONE.row(session, {"key_asked_for": f"kept {number}"})
    with database.reading() as session:
        assert 8 == count(session)


def test_of_many_changes_the_first_that_goes_wrong_is_told(database: Database) -> None:
    with pytest.raises(Conflict) as refused, database.writing() as session:
        ADD.change_each(session, [row(str(number % 300), answer=b"x" * 5_000) for number in range(400)])
    assert "S210" == refused.value.code
    with database.writing() as session:
        ADD.change_each(session, [row(str(number), answer=b"x" * 5_000) for number in range(400)])
        assert 400 == count(session)


def _fail(database: Database) -> None:
    with database.writing() as session:
        ADD.change(session, row("gone"))
        _repeat(session)
        raise ZeroDivisionError


def _repeat(session: Session) -> None:
    # psycopg makes ready by itself what it is asked often.
    for _ in range(7):
        count(session)
