"""What a snapshot cannot vouch for is counted."""

from policy_service.domain.entries import Customer, CustomerHistory, Ledger
from simulations.ledger_snapshot.caveats import LateEntries, WithoutHistory, facts_without_history, leak_alarm
from simulations.ledger_snapshot.from_ledger import snapshot_of
from tests.facts.small_ledgers import CNY, credit_note, day, dispute, event, invoice, ledger, order, payment, promise


def test_entries_posted_after_their_date_are_counted_by_table() -> None:
    snapshot = snapshot_of(
        ledger(
            invoice("I1", "2025-01-01", "2025-01-31", 1000, posted="2025-01-02"),
            invoice("I2", "2025-01-01", "2025-01-31", 1000),
            payment("P1", "2025-02-01", 500, "I1", posted="2025-02-09"),
            credit_note("A1", "2025-02-01", 5, "I1", posted="2025-02-03"),
            payment("P2", "2025-02-01", 500, posted="2025-02-02"),
            dispute("D1", "I1", "2025-01-05", posted="2025-01-06"),
            promise("R1", "I1", "2025-01-05", "2025-01-09"),
            event("E1", "2025-01-05", "contact", posted="2025-01-07"),
            order("O1", "2025-01-05", 70, posted="2025-01-07"),
            orders_file=True,
        )
    )
    assert {
        "invoices": LateEntries(2, 1),
        "postings": LateEntries(2, 2),
        "unapplied": LateEntries(1, 1),
        "disputes": LateEntries(1, 1),
        "promises": LateEntries(1, 0),
        "events": LateEntries(1, 1),
        "orders": LateEntries(1, 1),
        "standings": LateEntries(0, 0),
    } == leak_alarm(snapshot)


def test_an_entry_posted_before_its_date_is_not_late() -> None:
    snapshot = snapshot_of(ledger(invoice("I1", "2025-01-09", "2025-01-31", 1000, posted="2025-01-02")))
    assert LateEntries(1, 0) == leak_alarm(snapshot)["invoices"]


def test_customer_facts_that_are_said_in_one_row_have_no_history() -> None:
    always = Customer("A", segment="key", attributes={"net_worth": "5"})
    before, after = Customer("B", segment="key"), Customer("B", segment="small", valid_from=day("2025-05-01"))
    owners = {"A": CustomerHistory("A", (always,)), "B": CustomerHistory("B", (before, after))}
    found = facts_without_history(snapshot_of(Ledger(CNY, owners)))
    assert {"net_worth": WithoutHistory(1, 1), "segment": WithoutHistory(2, 1)} == found


def test_with_every_customer_in_two_rows_nothing_is_without_history() -> None:
    rows = (Customer("B", segment="key"), Customer("B", segment="small", valid_from=day("2025-05-01")))
    assert {} == facts_without_history(snapshot_of(Ledger(CNY, {"B": CustomerHistory("B", rows)})))
