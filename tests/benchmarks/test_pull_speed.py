"""A pull is measured beside a bare loop, and no figure is told of a ledger that is not the stand-in's."""

import pytest

from benchmarks import pull_speed
from benchmarks.counts import QUICK
from benchmarks.pulls import side_by_side as beside
from policy_service.connectors.port import System
from policy_service.domain.entries import Ledger
from tests.connectors.whole.truth import Books


@pytest.mark.long
def test_every_system_is_pulled_beside_the_bare_loop() -> None:
    section = pull_speed.run(QUICK)
    speeds, memory = section.grids
    names = [
        "Zoho CRM, 300 invoices",
        "Zoho CRM, 600 invoices",
        "Fxiaoke, 300 invoices",
        "Zoho Books, 60 invoices",
    ]
    assert names == [row[0] for row in speeds.rows] == [row[0] for row in memory.rows]
    assert all(float(row[2]) > 0 and int(row[1]) >= 60 for row in speeds.rows)


def test_a_ledger_that_is_otherwise_by_a_cent_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(ledger: Ledger | None) -> Books:
        found = books_of(ledger)
        name, (customer, issued, due, amount) = next(iter(found.invoices.items()))
        return Books(found.customers, found.orders, {**found.invoices, name: (customer, issued, due, amount + 1)})

    books_of = beside.books_of
    monkeypatch.setattr(beside, "books_of", other)
    with pytest.raises(RuntimeError, match="1 of 60 invoices differ"):
        beside.side_by_side(System.ZOHO_CRM, 60)
