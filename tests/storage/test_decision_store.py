"""Decisions come back as stored, lists page through them, and no change of a chain goes unseen."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, text, update

from policy_service.storage.audit_store import AuditStore
from policy_service.storage.broken_chains import Break, BrokenLink
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import StorageError
from policy_service.storage.migrate import upgrade
from policy_service.storage.models.audit import AuditEventRow
from policy_service.storage.models.decisions import ChainHead, DecisionRow
from tests.storage.books import empty
from tests.storage.decisions import Act, Decision, append, decided
from tests.storage.test_ledger_store import EXAMPLES

OTHER = {
    "request_id": "request-2",
    "decision_type": "review",
    "purpose": "shadow",
    "customer_id": "C2",
    "order_id": "",
    "policy_id": "other",
    "policy_version": 2,
    "policy_hash": "1" * 64,
    "engine_version": "2",
    "as_of": dt.date(2026, 3, 2),
    "decided_at": 5,
    "known_until": 5,
    "ledger_head": 8,
    "asked_by": "erp",
    "took": 1,
    "outcome": "hold",
    "result": b"{}",
}


def broken(database: Database, writer: str | None = None) -> list[BrokenLink]:
    with database.reading() as session:
        return list(DecisionStore(session).verify(writer))


def faults(database: Database) -> list[tuple[Break, int, int]]:
    return [(one.kind, one.first, one.last) for one in broken(database)]


def ten(database: Database) -> None:
    with database.writing() as session:
        DecisionStore(session).append("worker-1", [decided(f"D{number}") for number in range(1, 11)])


def listed(database: Database, **asked: object) -> list[str]:
    with database.reading() as session:
        return [one.decision_id for one in DecisionStore(session).page(**asked).decisions]  # type: ignore[arg-type]


def test_a_decision_comes_back_byte_for_byte(database: Database) -> None:
    said = decided("D1", result='{"客户":"🏭","x":"\\u0000"}'.encode() + bytes(range(256)), **_without_result())
    append(database, said)
    with database.reading() as session:
        stored = DecisionStore(session).load("D1")
    assert said == Decision(*(getattr(stored, name) for name in Decision.__slots__))
    assert 1 == stored.link.sequence


def test_an_unknown_decision_is_not_stored_and_a_known_id_not_stored_twice(database: Database) -> None:
    append(database, decided("D1"))
    with pytest.raises(StorageError) as refused, database.reading() as session:
        DecisionStore(session).load("D2")
    assert "S209" == refused.value.code
    with pytest.raises(StorageError) as refused:
        append(database, decided("D1"))
    assert "S210" == refused.value.code
    assert [] == broken(database)


def test_what_is_rolled_back_leaves_the_chain_as_it_was(database: Database) -> None:
    append(database, decided("D1"))
    with pytest.raises(StorageError), database.writing() as session:
        DecisionStore(session).append("worker-1", [decided("D2"), decided("D1")])
    append(database, decided("D3"))
    assert [] == broken(database)
    assert ["D3", "D1"] == listed(database)


def test_every_writer_has_a_chain_of_its_own(database: Database) -> None:
    for number in range(3):
        append(database, decided(f"A{number}"), writer="worker-1")
        append(database, decided(f"B{number}"), writer="worker-2")
    assert [] == broken(database)
    with database.reading() as session:
        chain = session.scalars(select(DecisionRow.sequence).where(DecisionRow.writer == "worker-2"))
        assert [1, 2, 3] == sorted(chain)


def test_an_unbroken_chain_is_verified_in_stretches(database: Database) -> None:
    with database.writing() as session:
        DecisionStore(session).append("worker-1", [decided(f"D{number}") for number in range(2_050)])
    assert [] == broken(database)


@pytest.mark.parametrize("column", sorted(OTHER))
def test_a_change_of_any_column_is_found_and_named(database: Database, column: str) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(update(DecisionRow).where(DecisionRow.sequence == 4).values(**{column: OTHER[column]}))
    assert [(Break.ALTERED, 4, 4)] == faults(database)
    assert "D4" == broken(database)[0].record_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET as_of = '2026-11-21x' WHERE sequence = 4",
        "UPDATE decisions SET result = 7 WHERE sequence = 4",
        "UPDATE decisions SET ledger_head = 'none' WHERE sequence = 4",
        "UPDATE decisions SET outcome = x'ff' WHERE sequence = 4",
        "UPDATE decisions SET outcome = CAST(x'ff' AS TEXT) WHERE sequence = 4",
    ],
)
def test_a_value_that_cannot_be_read_hides_nothing_else(sqlite_url: str, change: str) -> None:
    database = Database(sqlite_url)
    upgrade(database)
    ten(database)
    with database.writing() as session:
        session.execute(text(change))
        session.execute(update(DecisionRow).where(DecisionRow.sequence == 7).values(outcome="decline"))
    found = faults(database)
    database.close()
    assert [(4, 4), (7, 7)] == [(first, last) for _, first, last in found]
    assert found[0][0] in (Break.UNREADABLE, Break.ALTERED)


def test_a_head_that_cannot_be_read_hides_no_other_chain(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    upgrade(database)
    ten(database)
    append(database, decided("other"), writer="worker-0")
    with database.writing() as session:
        session.execute(text("UPDATE chain_heads SET sequence = 'ten' WHERE writer = 'worker-0'"))
        session.execute(delete(DecisionRow).where(_at(4), DecisionRow.writer == "worker-1"))
    found = {(one.kind, one.writer) for one in broken(database)}
    database.close()
    assert {(Break.UNREADABLE, "worker-0"), (Break.MISSING, "worker-1")} == found


def test_a_change_of_the_id_or_the_writer_is_found(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(update(DecisionRow).where(DecisionRow.sequence == 4).values(decision_id="D99"))
    assert [(Break.ALTERED, 4, 4)] == faults(database)
    with database.writing() as session:
        session.execute(update(DecisionRow).values(writer="worker-9"))
    assert {(Break.ALTERED, "worker-9"), (Break.OTHER_HEAD, "worker-9"), (Break.TRUNCATED, "worker-1")} == {
        (one.kind, one.writer) for one in broken(database)
    }


def test_records_taken_out_are_found(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(delete(DecisionRow).where(DecisionRow.sequence.in_([1, 4, 5])))
    assert [(Break.MISSING, 1, 1), (Break.MISSING, 4, 5)] == faults(database)


def test_a_record_taken_out_is_found_though_the_rest_is_renumbered(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(delete(DecisionRow).where(DecisionRow.sequence == 4))
        for number in range(5, 11):
            session.execute(
                update(DecisionRow).where(DecisionRow.sequence == number).values(sequence=DecisionRow.sequence - 1)
            )
        session.execute(update(ChainHead).values(sequence=9))
    assert [(Break.MISPLACED, 4, 4)] == faults(database)
    assert "D5" == broken(database)[0].record_id


def test_records_that_change_places_are_found(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        for was, becomes in ((4, 40), (5, 4), (40, 5)):
            session.execute(update(DecisionRow).where(DecisionRow.sequence == was).values(sequence=becomes))
    assert [(Break.MISPLACED, 4, 4), (Break.MISPLACED, 5, 5), (Break.MISPLACED, 6, 6)] == faults(database)


def test_records_taken_off_the_end_are_found(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(delete(DecisionRow).where(DecisionRow.sequence > 7))
    assert [(Break.TRUNCATED, 8, 10)] == faults(database)


def test_a_head_that_is_changed_or_gone_is_found(database: Database) -> None:
    ten(database)
    with database.writing() as session:
        session.execute(update(ChainHead).values(hash="f" * 64))
    assert [(Break.OTHER_HEAD, 10, 10)] == faults(database)
    with database.writing() as session:
        session.execute(delete(ChainHead))
    assert [(Break.OTHER_HEAD, 10, 10)] == faults(database)


@EXAMPLES
@given(data=st.data())
def test_no_tampering_with_a_chain_goes_unseen(database: Database, data: st.DataObject) -> None:
    empty(database)
    ten(database)
    number = data.draw(st.integers(1, 10))
    with database.writing() as session:
        match data.draw(st.sampled_from(("change", "take out", "swap", "link"))):
            case "change":
                column = data.draw(st.sampled_from(sorted(OTHER)))
                session.execute(update(DecisionRow).where(_at(number)).values(**{column: OTHER[column]}))
            case "take out":
                session.execute(delete(DecisionRow).where(_at(number)))
            case "swap":
                other = data.draw(st.integers(1, 10).filter(lambda one: one != number))
                for was, becomes in ((number, 99), (other, number), (99, other)):
                    session.execute(update(DecisionRow).where(_at(was)).values(sequence=becomes))
            case _:
                name = data.draw(st.sampled_from(("hash", "previous_hash")))
                session.execute(update(DecisionRow).where(_at(number)).values(**{name: "e" * 64}))
    assert [] != broken(database)


def test_lists_fit_every_filter_and_give_the_newest_first(database: Database) -> None:
    other = {name: value for name, value in OTHER.items() if name in _FILTERS}
    append(database, *(decided(f"A{number}", decided_at=100 + number) for number in range(3)))
    for name, value in other.items():
        append(database, decided(f"B-{name}", decided_at=200, **{name: value}))
        assert [f"B-{name}"] == listed(database, **{name: value})
    assert ["A2", "A1", "A0"] == listed(database, before=200)
    assert ["A2", "A1"] == listed(database, since=101, before=200)


def test_pages_hold_every_decision_once_though_others_come_meanwhile(database: Database) -> None:
    append(database, *(decided(f"D{number:02}", decided_at=number // 3) for number in range(20)))
    seen: list[str] = []
    cursor = ""
    while True:
        with database.reading() as session:
            page = DecisionStore(session).page(cursor=cursor, limit=7)
        seen += [one.decision_id for one in page.decisions]
        append(database, decided(f"later-{len(seen)}", decided_at=10**6 + len(seen)))
        cursor = page.next_cursor
        if not cursor:
            break
    assert sorted((f"D{number:02}" for number in range(20)), reverse=True) == seen


@pytest.mark.parametrize(
    "cursor", ["x", "====", "a b", "MTI", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OSBh", "MSAA", "é", "\ud800"]
)
def test_a_cursor_that_no_list_gave_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(StorageError) as refused:
        listed(database, cursor=cursor)
    assert "S213" == refused.value.code


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"customer_id": "C1"}, "customer_id"),
        ({"customer_id": "C1", "decision_type": "review", "asked_by": "ada", "outcome": "hold"}, "customer_id"),
        ({"asked_by": "ada"}, "asked_by"),
        ({"decision_type": "review"}, "decision_type"),
        ({"outcome": "hold"}, "outcome"),
        ({}, ""),
    ],
)
def test_a_list_is_read_by_an_index_in_its_order(sqlite_url: str, wanted: dict[str, str], index: str) -> None:
    asked = list[tuple[str, Any]]()
    database = Database(sqlite_url)
    with database.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        DecisionStore(session).page(**wanted)
        (statement, parameters) = asked[0]
        plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    database.close()
    assert f"ix_decisions_{index}{'_' if index else ''}decided_at_decision_id" in plan
    assert "TEMP B-TREE" not in plan


def test_acts_are_chained_like_decisions(database: Database) -> None:
    acts = [Act(f"E{number}", number) for number in range(5)]
    with database.writing() as session:
        AuditStore(session).append("worker-1", acts[:2])
        AuditStore(session).append("worker-1", acts[2:])
    with database.reading() as session:
        assert [one.event_id for one in acts] == [one.event_id for one in AuditStore(session).about("policy", "house")]
        assert [] == list(AuditStore(session).verify())
    with database.writing() as session:
        session.execute(update(AuditEventRow).where(AuditEventRow.event_id == "E3").values(person="bob"))
    with database.reading() as session:
        assert ["audit of worker-1: record 4 (E3): the record is not what was hashed"] == [
            str(one) for one in AuditStore(session).verify()
        ]


_FILTERS = frozenset(
    {"request_id", "decision_type", "purpose", "customer_id", "policy_id", "policy_version", "asked_by", "outcome"}
)


def _at(number: int) -> object:
    return DecisionRow.sequence == number


def _without_result() -> dict[str, object]:
    return {name: value for name, value in OTHER.items() if name != "result"}
