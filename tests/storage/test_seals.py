"""Seals show what a chain alone cannot: records gone from the end, a chain written anew, a seal forged."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from policy_service.storage.audit_store import AuditStore
from policy_service.storage.broken_chains import Break
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import ChainHead, DecisionRow, SealRow
from policy_service.storage.seals import Seal, broken_seals, key_name, seal_heads
from tests.storage.decisions import Act, append, decided

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def seal(database: Database, at: int = 1, key: bytes = KEY) -> tuple[Seal, ...]:
    with database.writing() as session:
        return seal_heads(session, key, at)


def found(database: Database, *keys: bytes, exported: tuple[Seal, ...] = ()) -> list[tuple[Break, str, int, int]]:
    with database.reading() as session:
        broken = list(broken_seals(session, keys or (KEY,), exported))
    return [(one.kind, one.writer, one.first, one.last) for one in broken]


def chain_of(database: Database, length: int, writer: str = "w") -> None:
    append(database, *(decided(f"{writer}{number}") for number in range(length)), writer=writer)


def test_a_sealed_chain_that_grows_is_unbroken(database: Database) -> None:
    chain_of(database, 3)
    assert [("w", 3)] == [(one.writer, one.sequence) for one in seal(database, 1)]
    append(database, decided("later"), writer="w")
    assert [("w", 4)] == [(one.writer, one.sequence) for one in seal(database, 2)]
    assert [] == found(database)


def test_a_chain_that_has_not_grown_is_not_sealed_again(database: Database) -> None:
    chain_of(database, 1)
    seal(database, 1)
    assert () == seal(database, 2)


def test_acts_are_sealed_too(database: Database) -> None:
    with database.writing() as session:
        AuditStore(session).append("w", [Act("E1")])
    assert ["audit"] == [one.log.value for one in seal(database)]
    assert [] == found(database)


def test_records_and_head_taken_off_the_end_together_are_found(database: Database) -> None:
    chain_of(database, 5)
    seal(database)
    with database.writing() as session:
        kept = session.get_one(DecisionRow, "w2").hash
        session.execute(delete(DecisionRow).where(DecisionRow.sequence > 3))
        session.execute(update(ChainHead).values(sequence=3, hash=kept))
    with database.reading() as session:
        assert [] == list(DecisionStore(session).verify())
    assert [(Break.TRUNCATED, "w", 4, 5)] == found(database)


def test_a_whole_chain_taken_away_is_found(database: Database) -> None:
    chain_of(database, 2)
    seal(database)
    with database.writing() as session:
        session.execute(delete(DecisionRow))
        session.execute(delete(ChainHead))
    assert [(Break.TRUNCATED, "w", 1, 2)] == found(database)


def test_a_chain_written_anew_is_found(database: Database) -> None:
    chain_of(database, 3)
    seal(database)
    with database.writing() as session:
        session.execute(delete(DecisionRow))
        session.execute(delete(ChainHead))
    append(database, *(decided(f"w{number}", outcome="hold") for number in range(3)), writer="w")
    with database.reading() as session:
        assert [] == list(DecisionStore(session).verify())
    assert [(Break.SEAL_CONTRADICTED, "w", 3, 3)] == found(database)


@pytest.mark.parametrize("change", [{"sequence": 2}, {"head_hash": "0" * 64}, {"sealed_at": 9}, {"writer": "v"}])
def test_a_seal_that_is_changed_is_found(database: Database, change: dict[str, object]) -> None:
    chain_of(database, 3)
    seal(database)
    with database.writing() as session:
        session.execute(update(SealRow).values(**change))
    assert [Break.SEAL_FORGED] == [kind for kind, *_ in found(database)]


def test_a_seal_taken_out_from_between_is_found(database: Database) -> None:
    for number in range(3):
        append(database, decided(f"d{number}"), writer="w")
        seal(database, number)
    with database.writing() as session:
        session.execute(delete(SealRow).where(SealRow.sequence == 2))
    assert [(Break.SEAL_TAKEN_OUT, "w", 3, 3)] == found(database)


def test_a_chain_taken_out_with_all_its_seals_is_found(database: Database) -> None:
    chain_of(database, 2, "v")
    chain_of(database, 2, "w")
    seal(database)
    with database.writing() as session:
        for table in (DecisionRow, ChainHead, SealRow):
            session.execute(delete(table).where(table.writer == "v"))
    assert [(Break.SEAL_TAKEN_OUT, "w", 2, 2)] == found(database)


def test_seals_that_hold_no_log_do_not_end_the_verification(database: Database) -> None:
    chain_of(database, 1)
    seal(database)
    with database.writing() as session:
        session.execute(update(SealRow).values(log="elsewhere"))
    assert [(Break.UNREADABLE, "the seals", 0, 0)] == found(database)


def test_seals_known_from_the_log_show_that_the_last_ones_were_taken_away(database: Database) -> None:
    chain_of(database, 3)
    logged = seal(database)
    with database.writing() as session:
        session.execute(delete(SealRow))
        session.execute(delete(DecisionRow).where(DecisionRow.sequence == 3))
    assert [] == found(database)
    assert [(Break.TRUNCATED, "w", 3, 3)] == found(database, exported=logged)


def test_seals_of_older_keys_count_while_those_are_handed_over(database: Database) -> None:
    chain_of(database, 1)
    seal(database, 1, OTHER_KEY)
    append(database, decided("later"), writer="w")
    seal(database, 2, KEY)
    assert [] == found(database, KEY, OTHER_KEY)
    assert [(Break.SEAL_FORGED, "w", 1, 1)] == found(database, KEY)


def test_a_seal_made_with_another_key_under_the_name_of_ours_is_found(database: Database) -> None:
    chain_of(database, 1)
    (mine,) = seal(database, 1, OTHER_KEY)
    forged = replace(mine, key_name=key_name(KEY))
    assert [(Break.SEAL_FORGED, "w", 1, 1)] == found(database, OTHER_KEY, KEY, exported=(forged,))
