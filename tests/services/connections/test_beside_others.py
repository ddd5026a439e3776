"""A row left out is told with its place, and what another source brought stays."""

import pytest

from policy_service.services.connections import runs
from policy_service.services.house import House
from tests.services.connections.scheduled import pulled_every_half_hour
from tests.services.connections.small_system import SYSTEM, Pulling
from tests.services.decisions.live import post


@pytest.fixture
def pulling(bare: House) -> Pulling:
    """Give a house with a connection that is pulled every half hour, and a system with one invoice."""
    return pulled_every_half_hour(bare)


def test_a_row_left_out_is_told_with_the_place_where_it_is(pulling: Pulling) -> None:
    pulling.system.put("Invoices", "1", number="I1", account="A1", order="O1", due="2025-02-01", amount="a lot")
    pulling.system.put(
        "Invoices", "2", number="I2", account="A1", order="O9", due="2025-02-01", amount="1", state="void"
    )
    run = pulling.pull()
    with pulling.house.database.reading() as session:
        rejected = runs.rejected_rows(session, run.pull_id, SYSTEM)
        unmapped = runs.unmapped_rows(session, "small", SYSTEM)
    assert ("I1", "Q105", "Invoices", "1") in [
        (one.found.entry, one.found.code, one.object_name, one.row_id) for one in rejected
    ]
    assert [("Invoices", "2")] == [(one.object_name, one.row_id) for one in unmapped]


def test_a_customer_that_another_source_brings_later_lets_in_what_was_left_out(pulling: Pulling) -> None:
    pulling.system.delete("Accounts", "A1")
    assert 0 < pulling.pull().left_out
    assert pulling.pull().import_id is None

    post(
        pulling.house,
        {"customers": "customer_id\nA1\n", "invoices": "invoice_id,customer_id,issue_date,due_date,amount\n"},
    )
    run = pulling.pull()
    assert (2, 0) == (run.added, run.left_out)
    ledger = pulling.ledger()
    assert ledger
    assert ["I1"] == [one.invoice_id for one in ledger.histories["A1"].invoices]


def test_what_somebody_else_brought_stays(pulling: Pulling) -> None:

    invoices = "invoice_id,customer_id,issue_date,due_date,amount\nI1,A1,2025-01-02,2025-02-01,7.00\n"
    post(pulling.house, {"customers": "customer_id,name\nA1,Zoe\n", "invoices": invoices})
    run = pulling.pull()
    ledger = pulling.ledger()
    assert ledger
    assert [("Zoe", [700])] == [
        (one.versions[0].name, [each.amount for each in one.invoices]) for one in ledger.histories.values()
    ]
    with pulling.house.database.reading() as session:
        rejected = runs.rejected_rows(session, run.pull_id, SYSTEM)
    assert {("A1", "Q132"), ("I1", "Q132")} <= {(one.found.entry, one.found.code) for one in rejected}
    pulling.system.delete("Invoices", "1")
    pulling.pull()
    assert ledger.histories["A1"].invoices == (pulling.ledger() or ledger).histories["A1"].invoices
