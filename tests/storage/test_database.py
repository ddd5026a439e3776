"""Transactions mean the same on both databases: snapshots, all or nothing, no lost update, clear errors."""

import traceback
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict, Unavailable
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models.jobs import Job
from policy_service.storage.models.policies import PolicyRow
from tests.facts.small_ledgers import CUSTOMER, invoice, payment
from tests.nursery import born
from tests.storage.books import ledger_of, load, run, store
from tests.storage.decisions import append, decided
from tests.storage.names import add, code_of, names


def a_job(database: Database) -> None:
    with database.writing() as session:
        session.add(
            Job(
                job_id="J1",
                kind="count",
                arguments="{}",
                state="running",
                created_at=1,
                created_by="ada",
                leased_by="",
                attempts=0,
                progress_done=0,
                progress_total=0,
                is_cancel_asked=False,
                result="",
                error="",
            )
        )


def test_a_block_that_raises_stores_nothing(database: Database) -> None:
    with pytest.raises(ArithmeticError):
        _add_and_raise(database)
    assert [] == names(database)


def test_what_is_asked_past_the_session_shares_its_transaction(database: Database) -> None:
    """Statements that are handed to the driver, and objects of the session, are stored together or not at all."""
    with database.writing() as session:
        _insert(session, "past")
        session.add(PolicyRow(policy_id="within", created_at=1, created_by="ada"))
    assert ["past", "within"] == names(database)
    with pytest.raises(ArithmeticError):
        _insert_and_raise(database)
    with database.writing() as session:
        _insert(session, "taken back")
        session.add(PolicyRow(policy_id="taken back too", created_at=1, created_by="ada"))
        session.rollback()
    with database.writing() as session:
        with session.begin_nested() as part:
            _insert(session, "part")
            part.rollback()
        _insert(session, "rest")
    assert ["past", "rest", "within"] == names(database)


def _insert(session: Session, name: str) -> None:
    session.connection().execute(insert(PolicyRow).values(policy_id=name, created_at=1, created_by="ada"))


def _insert_and_raise(database: Database) -> None:
    with database.writing() as session:
        _insert(session, "lost")
        raise ArithmeticError


def test_a_read_sees_one_snapshot_throughout(database: Database) -> None:
    add(database, "first")
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(PolicyRow))
        add(database, "second")
        assert before == session.scalar(select(func.count()).select_from(PolicyRow))
    assert ["first", "second"] == names(database)


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        _write_while_reading(database)
    assert [] == names(database)
    add(database, "later")


def test_foreign_keys_are_checked(database: Database) -> None:
    with pytest.raises(Conflict) as refused, database.writing() as session:
        session.execute(text("INSERT INTO user_roles VALUES ('nobody', 'viewer', 'granted', NULL, 1, NULL, NULL, 1)"))
    assert "S210" == code_of(refused)


def test_the_same_id_twice_is_a_conflict(database: Database) -> None:
    add(database, "first")
    with pytest.raises(Conflict) as refused:
        add(database, "first")
    assert "S210" == code_of(refused)


def test_no_error_says_what_a_statement_was_given(database: Database) -> None:
    """Else a line of the log would hold whole rows: customers, amounts, hashes of keys."""
    add(database, "distributor")
    with pytest.raises(Conflict) as twice:
        add(database, "distributor")
    said = "".join(traceback.format_exception(twice.value))
    assert "IntegrityError" in said
    assert "[SQL parameters hidden" in said
    assert "'ada'" not in said


def test_who_changes_what_somebody_else_changed_is_told(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    a_job(database)
    with pytest.raises(Conflict) as refused, database.writing() as session:
        _overtaken(database, session.scalars(select(Job)).one())
    assert "S208" == code_of(refused)
    database.close()


def test_threads_lose_no_update(database: Database) -> None:
    a_job(database)
    start = Barrier(4)

    def count_up() -> None:
        start.wait()
        for _ in range(25):
            while not _counted(database):
                pass

    run([Thread(target=count_up) for _ in range(4)])
    assert (100, 101) == _progress(database)


def test_processes_lose_no_update(database: Database, url: str) -> None:
    a_job(database)
    words = ("tests.storage.child", "count_up", url, "x")
    with born(*words) as one, born(*words) as other:
        assert (0, 0) == (one.wait(), other.wait())
    assert (30, 31) == _progress(database)


def test_threads_that_share_a_writer_make_one_chain(database: Database) -> None:
    decisions = [[decided(f"{number}-{one}") for one in range(15)] for number in range(4)]
    run([Thread(target=append, args=(database, *own)) for own in decisions])
    with database.reading() as session:
        from_one = session.scalar(text("SELECT count(*) FROM decisions"))
        assert (60, 60) == (from_one, session.scalar(text("SELECT sequence FROM chain_heads")))


def test_pushes_at_once_are_postings_one_after_another(database: Database) -> None:
    store(database, ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100)))

    def push(number: int) -> None:
        for one in range(5):
            with database.writing() as session:
                entry = payment(f"P{number}-{one}", "2024-01-05", 1, "I1")
                LedgerStore(session).upsert([entry], "CNY", 1, "erp")

    run([Thread(target=push, args=(number,)) for number in range(4)])
    with database.reading() as session:
        assert 21 == LedgerStore(session).head()
    assert 20 == len(load(database).histories[CUSTOMER].payments)


def test_first_imports_at_once_are_both_stored(database: Database) -> None:
    books = [ledger_of(invoice(name, "2024-01-01", "2024-02-01", 1)) for name in ("I1", "I2")]
    run([Thread(target=store, args=(database, one)) for one in books])
    assert ["I1", "I2"] == [one.invoice_id for one in load(database).histories[CUSTOMER].invoices]


def test_a_writer_waits_only_so_long(url: str) -> None:
    patient, hasty = Database(url), Database(url, patience=1)
    a_job(patient)
    with patient.writing() as session:
        session.execute(text("UPDATE jobs SET attempts = 1"))
        with pytest.raises(Unavailable) as refused:
            _set_attempts(hasty)
    assert "S207" == code_of(refused)
    _set_attempts(hasty)
    patient.close()
    hasty.close()


def test_connections_run_out_with_a_clear_error(url: str) -> None:
    database = Database(url, patience=1, connections=1)
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable) as refused:
            names(database)
    assert "S207" == code_of(refused)
    database.close()


def test_a_full_disk_fails_clean_and_is_survived(sqlite_url: str) -> None:
    database = Database(sqlite_url, connections=1)
    books = ledger_of(*(invoice(f"I{number}", "2024-01-01", "2024-02-01", 1) for number in range(5_000)))
    _limit_pages(database, 200)
    with pytest.raises(Unavailable) as refused:
        store(database, books)
    assert "S205" == code_of(refused)
    with database.reading() as session:
        assert (0, 0) == (LedgerStore(session).head(), session.scalar(text("SELECT count(*) FROM ledger_invoices")))
    _limit_pages(database, 1_000_000)
    store(database, books)
    assert books == load(database)
    database.close()


def test_a_full_disk_leaves_the_chain_of_decisions_whole(sqlite_url: str) -> None:
    database = Database(sqlite_url, connections=1)
    append(database, decided("first"))
    _limit_pages(database, 160)
    with pytest.raises(Unavailable) as refused:
        append(database, *(decided(f"D{number}", result=b"x" * 5_000) for number in range(100)))
    assert "S205" == code_of(refused)
    _limit_pages(database, 1_000_000)
    append(database, decided("later"))
    with database.reading() as session:
        stored = session.scalar(text("SELECT count(*) FROM decisions"))
        assert stored == session.scalar(text("SELECT max(sequence) FROM decisions"))
    database.close()


def _add_and_raise(database: Database) -> None:
    with database.writing() as session:
        session.add(PolicyRow(policy_id="x", created_at=1, created_by="ada"))
        session.flush()
        raise ArithmeticError


def _write_while_reading(database: Database) -> None:
    with database.reading() as session:
        session.add(PolicyRow(policy_id="x", created_at=1, created_by="ada"))


def _overtaken(database: Database, job: Job) -> None:
    _set_done(database, 5)
    job.progress_done += 1


def _set_done(database: Database, done: int) -> None:
    with database.writing() as session:
        session.scalars(select(Job)).one().progress_done = done


def _set_attempts(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE jobs SET attempts = 2"))


def _counted(database: Database) -> bool:
    try:
        with database.writing() as session:
            session.scalars(select(Job)).one().progress_done += 1
    except Conflict:
        return False
    return True


def _progress(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
        return job.progress_done, job.revision


def _limit_pages(database: Database, pages: int) -> None:
    # The limit is the connection's own, so the test keeps to one connection.
    with database.writing() as session:
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
