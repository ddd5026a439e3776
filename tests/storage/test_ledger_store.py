"""What is stored of a ledger comes out as it went in, and storing it again changes nothing."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select

from policy_service.domain.currencies import currency
from policy_service.domain.entries import Customer, Ledger
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.built_in_facts import built_in_facts
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.storage.database import Database
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models import METADATA
from policy_service.storage.models.ledger import Import, ImportNote
from tests.facts.small_ledgers import day, event, invoice, payment, rate
from tests.storage.books import Origin, empty, ledger_of, load, store
from tests.storage.random_books import ledgers

EXAMPLES = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
            if table.name not in {"imports", "import_notes"}
        }


@EXAMPLES
@given(ledger=ledgers())
def test_a_stored_ledger_is_the_imported_one(database: Database, ledger: Ledger) -> None:
    empty(database)
    store(database, ledger)
    assert ledger == load(database)
    with database.reading() as session:
        for name, history in ledger.histories.items():
            assert history == LedgerStore(session).load_history(name)


@EXAMPLES
@given(ledger=ledgers())
def test_storing_a_ledger_again_changes_nothing_and_says_so(database: Database, ledger: Ledger) -> None:
    empty(database)
    store(database, ledger)
    before = rows(database)
    again = store(database, ledger)
    assert again.changes_nothing
    assert () == again.quarantined
    assert 0 == sum(counts.added + counts.replaced + counts.left_out for counts in again.tables)
    assert before == rows(database)


@EXAMPLES
@given(ledger=ledgers())
def test_facts_of_a_stored_customer_are_those_of_the_files(database: Database, ledger: Ledger) -> None:
    empty(database)
    store(database, ledger)
    of_files, of_store = PreparedLedger(ledger), PreparedLedger(load(database))
    for name in ledger.histories:
        for after in (0, 5, 40):
            knowledge = Knowledge(dt.date(2025, 1, 1) + dt.timedelta(days=after))
            facts = measure_facts(of_files, name, built_in_facts(), knowledge)
            assert facts == measure_facts(of_store, name, built_in_facts(), knowledge)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> ImportResult:
    folder = tmp_path_factory.mktemp("ledger") / "files"
    generate(SampleCompany(customers=40, invoices=1500, seed=7), folder)
    return read_ledger(folder, currency("CNY"))


def test_a_realistic_ledger_is_stored_as_it_was_read(database: Database, generated: ImportResult) -> None:
    told: list[tuple[int, int]] = []
    with database.writing() as session:
        stored = LedgerStore(session).store(generated, Origin("first"), progress=lambda *at: told.append(at))
    assert generated.ledger == load(database)
    assert told[-1] == (sum(counts.added for counts in stored.tables),) * 2
    assert store(database, generated).changes_nothing


def test_an_import_that_fails_leaves_nothing(database: Database) -> None:
    before = rows(database)
    with pytest.raises(StorageError) as refused:
        store(database, ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100), event("E" * 201, "2024-01-01", "x")))
    assert "S212" == refused.value.code
    assert "events cell event_id" == str(refused.value.place)
    assert before == rows(database)


def test_what_an_import_left_out_and_remarked_on_is_kept(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,parent_id\nC1,nobody\n")
    (folder / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2024-01-01,2024-02-01,1\nI2,C9,x,2024-02-01,1\n"
    )
    result = read_ledger(folder, currency("CNY"))
    stored = store(database, result)
    with database.reading() as session:
        notes = session.scalars(select(ImportNote).order_by(ImportNote.position)).all()
        run = session.get_one(Import, stored.import_id)
        assert [one.reason for one in (*result.quarantined, *result.warnings)] == [note.code for note in notes]
        assert ["quarantined", "warning"] == [note.kind for note in notes]
        assert "Q111" in notes[0].code + notes[0].further
        assert (2, 0, 0, 1, 1) == (run.added, run.replaced, run.unchanged, run.quarantined, run.warnings)


def test_a_ledger_in_another_base_currency_is_refused(database: Database) -> None:
    store(database, ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100)))
    other = Ledger(currency("EUR"), {})
    with pytest.raises(StorageError) as refused:
        store(database, other)
    assert "S211" == refused.value.code


def test_before_anything_is_stored_there_is_no_ledger_and_no_customer(database: Database) -> None:
    with database.reading() as session:
        ledger = LedgerStore(session)
        assert (0, 0, ()) == (ledger.head(), ledger.posting_before(10**18), ledger.group_of("C1"))
        for ask in (ledger.load_ledger, lambda: ledger.load_history("C1")):
            with pytest.raises(StorageError) as refused:
                ask()
            assert "S209" == refused.value.code


def test_a_group_is_found_by_any_of_its_customers(database: Database) -> None:
    group = (Customer("C1"), Customer("C2", parent_id="C1"), Customer("C3", parent_id="C2"), Customer("C4"))
    store(database, ledger_of(*group))
    with database.reading() as session:
        for name in ("C1", "C2", "C3"):
            assert ("C1", "C2", "C3") == LedgerStore(session).group_of(name)
        assert ("C4",) == LedgerStore(session).group_of("C4")


def test_a_history_is_of_one_posting_though_another_comes_while_it_is_read(database: Database) -> None:
    before = ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100), payment("P1", "2024-02-01", 5, "I1"))
    store(database, before)
    with database.reading() as session:
        head = LedgerStore(session).head()
    corrected = ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 200), payment("P1", "2024-02-01", 6, "I1"))
    store(database, corrected, replaces=True)
    assert before == load(database, through=head)
    assert corrected == load(database)


def test_orders_count_as_from_a_file_once_an_import_brings_one(database: Database) -> None:
    one = invoice("I1", "2024-01-01", "2024-02-01", 100)
    store(database, ledger_of(one), at=10)
    assert not load(database).has_orders_file
    assert not store(database, ledger_of(one, orders_file=True), at=20).changes_nothing
    assert load(database).has_orders_file
    assert not load(database, known_before=20).has_orders_file
    store(database, ledger_of(one), at=30)
    assert load(database).has_orders_file


def test_a_rate_is_kept_to_the_last_digit(database: Database) -> None:
    rates = (rate("2024-01-01", "USD", "7.123456789012345678"), rate("2024-01-02", "USD", "0.000000000000000001"))
    store(database, ledger_of(invoice("I1", "2024-01-01", "2024-02-01", 100), rates=rates))
    assert rates == load(database).rates


def test_days_at_the_ends_of_the_calendar_are_kept(database: Database) -> None:
    ledger = ledger_of(invoice("I1", "0001-01-01", "9999-12-31", 2**62))
    store(database, ledger)
    assert ledger == load(database)
    assert day("0001-01-01") == load(database).histories["C1"].invoices[0].issue_date
