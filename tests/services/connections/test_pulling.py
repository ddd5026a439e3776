"""A pull brings what has changed over there into the ledger, whole or in pieces, whatever breaks it off."""

import pytest

from policy_service.services.house import House
from tests.services.connections.small_system import MAPPING, Pulling, SmallSystem
from tests.services.decisions.live import enforce
from tests.services.house import house_policy


@pytest.fixture
def system() -> SmallSystem:
    """Give a system with two customers, of whom one has paid an invoice in part."""
    small = SmallSystem()
    small.put("Accounts", "A1", name="Ada")
    small.put("Accounts", "A2", name="Bob", parent="A1")
    small.put("Orders", "O1", account="A1", day="2025-01-02", amount="100.00")
    small.put("Invoices", "1", number="I1", account="A1", order="O1", due="2025-02-01", amount="100.00")
    small.put("Receipts", "R1", account="A1", day="2025-01-20")
    small.put("Payments", "P1", receipt="R1", invoice="I1", amount="40.00")
    return small


@pytest.fixture
def pulling(bare: House, system: SmallSystem) -> Pulling:
    """Give a house that pulls it."""
    enforce(bare, house_policy())
    return Pulling(bare, system)


def test_a_pull_brings_what_is_there(pulling: Pulling) -> None:
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert ["A1", "A2"] == sorted(ledger.histories)
    assert [("I1", 10_000, "2025-01-02")] == [
        (one.invoice_id, one.amount, str(one.issue_date)) for one in ledger.histories["A1"].invoices
    ]
    assert [("P1", 4_000)] == [(one.payment_id, one.amount) for one in ledger.histories["A1"].payments]
    assert ("done", 6, 6, 0, 5) == (run.state, run.rows, run.changed, run.left_out, run.added)


def test_a_pull_of_nothing_new_changes_nothing(pulling: Pulling) -> None:
    pulling.pull()
    run = pulling.pull()
    assert ("done", 0, 0, None) == (run.state, run.changed, run.translated, run.import_id)


def test_a_change_of_a_row_that_was_looked_up_is_followed(pulling: Pulling, system: SmallSystem) -> None:
    pulling.pull()
    system.put("Receipts", "R1", account="A1", day="2025-01-25")
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert ["2025-01-25"] == [str(one.date) for one in ledger.histories["A1"].payments]
    assert (1, 1, 1) == (run.changed, run.customers, run.replaced)


def test_a_row_deleted_there_is_withdrawn_here(pulling: Pulling, system: SmallSystem) -> None:
    pulling.pull()
    system.delete("Payments", "P1")
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert () == ledger.histories["A1"].payments
    assert (1, 1) == (run.deleted, run.withdrawn)


def test_another_mapping_reads_the_mirror_again_and_asks_for_nothing(pulling: Pulling, system: SmallSystem) -> None:
    pulling.pull()
    pulling.keep(MAPPING.replace("    not: {state: void}\n", "    only: {state: open}\n"))
    before = len(system.asked)
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert () == ledger.histories["A1"].invoices
    # One page for each object, which brings what was told last once more.
    assert 6 == len(system.asked) - before
    assert (0, 1, 2) == (run.changed, run.left_out, run.withdrawn)
