"""What one source brought and has no longer is withdrawn: it counts no longer, and stays known as of then."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from policy_service.domain.entries import Ledger, Rate
from policy_service.storage.database import Database
from policy_service.storage.ledger_changes import changes_since
from policy_service.storage.ledger_import import StoredImport
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_withdrawal import Brought
from policy_service.storage.models.ledger import Posting
from tests.facts.small_ledgers import invoice, payment, rate
from tests.storage.books import Origin, empty, imported, ledger_of, load, store
from tests.storage.random_books import ledgers
from tests.storage.test_ledger_store import EXAMPLES

I1 = invoice("I1", "2024-01-10", "2024-02-09", 10_000)
I2 = invoice("I2", "2024-01-10", "2024-02-09", 5_000)
P1 = payment("P1", "2024-02-01", 4_000, "I1")
SOURCE = "the source"
_numbers = count(1)


def follow(database: Database, ledger: Ledger, at: int = 1) -> StoredImport:
    """Store all that one source has now; what it brought before are the postings made in its name."""
    with database.writing() as session:
        brought = Brought(select(Posting.number).where(Posting.person == SOURCE))
        origin = Origin(f"followed-{next(_numbers)}", at, person=SOURCE)
        return LedgerStore(session).store(imported(ledger), origin, brought=brought)


def left_out(stored: StoredImport) -> list[tuple[str, str, str]]:
    return [(one.table.value, one.row, one.reason.value) for one in stored.quarantined]


def customers_of(database: Database, posting: int) -> frozenset[str]:
    with database.reading() as session:
        return changes_since(session, posting).customers


def test_what_a_source_has_no_longer_counts_no_longer(database: Database) -> None:
    follow(database, ledger_of(I1, I2, P1))
    stored = follow(database, ledger_of(I1))
    assert (2, 2) == (stored.withdrawn, stored.posting)
    assert ledger_of(I1) == load(database)
    assert customers_of(database, 1) == frozenset({I1.customer_id})


def test_what_was_known_before_is_still_known_as_of_then(database: Database) -> None:
    before = ledger_of(I1, I2, P1)
    follow(database, before, at=10)
    follow(database, ledger_of(I1), at=20)
    assert before == load(database, through=1) == load(database, known_before=20)
    assert ledger_of(I1) == load(database, known_before=21)


def test_a_source_that_has_the_same_again_changes_nothing(database: Database) -> None:
    follow(database, ledger_of(I1, P1))
    assert follow(database, ledger_of(I1, P1)).changes_nothing


def test_a_correction_by_its_source_takes_the_place_of_what_stood_there(database: Database) -> None:
    follow(database, ledger_of(I1, P1))
    stored = follow(database, ledger_of(replace(I1, amount=12_000), P1))
    assert (0, 1) == (stored.withdrawn, sum(one.replaced for one in stored.tables))
    assert ledger_of(replace(I1, amount=12_000), P1) == load(database)


def test_an_invoice_may_become_another_customers_with_all_that_hangs_on_it(database: Database) -> None:
    follow(database, ledger_of(I1, P1))
    moved = ledger_of(replace(I1, customer_id="C9"), P1)
    follow(database, moved)
    assert moved == load(database)
    assert {I1.customer_id, "C9"} == customers_of(database, 1)


def test_what_somebody_else_brought_stays_and_the_row_is_left_out_with_all_that_falls(database: Database) -> None:
    store(database, ledger_of(I1, P1))
    stored = follow(database, ledger_of(replace(I1, amount=7), I2, P1))
    assert [("invoices", "I1", "Q132")] == left_out(stored)
    assert ledger_of(I1, I2, P1) == load(database)
    assert 1 == follow(database, ledger_of(I1, P1)).withdrawn
    assert ledger_of(I1, P1) == load(database)


def test_an_invoice_that_others_need_is_not_taken_from_under_them(database: Database) -> None:
    follow(database, ledger_of(I1, I2))
    store(database, ledger_of(I1, P1))
    follow(database, Ledger(ledger_of(I1).base_currency, {}, (), False, {}))
    assert ledger_of(I1, P1) == load(database)


def test_a_withdrawn_rate_is_told_as_a_change_of_rates_and_one_that_is_needed_stays(database: Database) -> None:
    rates = [rate("2024-01-01", "JPY", "0.05"), rate("2024-01-01", "USD", "7")]
    store(database, ledger_of(I1))
    follow(database, ledger_of(I2, rates=rates))
    store(database, ledger_of(replace(I1, invoice_id="I3", currency="JPY"), rates=rates[:1]))
    follow(database, ledger_of(I2))
    assert _rates(rates[:1]) == _rates(load(database).rates)
    with database.reading() as session:
        assert changes_since(session, 3).has_rates
        assert not changes_since(session, 4).has_rates


def test_another_rate_than_somebody_elses_is_left_out_and_refuses_nothing(database: Database) -> None:
    store(database, ledger_of(I1, rates=[rate("2024-01-01", "JPY", "0.05")]))
    stored = follow(database, ledger_of(I2, rates=[rate("2024-01-01", "JPY", "0.06")]))
    assert [("rates", "2024-01-01", "Q132")] == left_out(stored)
    assert ledger_of(I1, I2, rates=[rate("2024-01-01", "JPY", "0.05")]) == load(database)


def test_a_customer_that_is_withdrawn_is_no_customer_and_comes_back(database: Database) -> None:
    follow(database, ledger_of(I1, replace(I2, customer_id="C9")))
    follow(database, ledger_of(I1))
    with database.reading() as session:
        assert (I1.customer_id,) == LedgerStore(session).customer_ids()
        assert changes_since(session, 1).has_customer_rows
        assert ("C9",) == LedgerStore(session).group_of("C9")
    follow(database, ledger_of(I1, replace(I2, customer_id="C9")))
    assert ledger_of(I1, replace(I2, customer_id="C9")) == load(database)


@EXAMPLES
@given(st.lists(ledgers(), min_size=2, max_size=4))
def test_a_source_is_followed_whatever_it_had_before(database: Database, states: Sequence[Ledger]) -> None:
    """However a source got there, the ledger is what it has now; and each state before is known as of then."""
    empty(database)
    heads = []
    for state in states:
        follow(database, state)
        with database.reading() as session:
            heads.append(LedgerStore(session).head())
    # Once orders have come from a file they do.
    for number, (state, head) in enumerate(zip(states, heads, strict=True)):
        expected = replace(state, has_orders_file=any(one.has_orders_file for one in states[: number + 1]))
        assert expected == load(database, through=head)


def _rates(rates: Sequence[Rate]) -> list[str]:
    return [str(one) for one in rates]
