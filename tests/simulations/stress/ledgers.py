"""A small ledger for stresses: three builders and a baker, who pay in February."""

from functools import cache

from policy_service.domain.currencies import currency
from policy_service.domain.days import day_number, parse_day
from simulations.accounting.calendar import text_of
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from tests.simulations.plain.cases import ledger_of

TABLES = {
    "customers": """
        customer_id, segment, industry,     valid_from
        B1,          key,     construction, 2020-01-01
        B2,          normal,  construction, 2020-01-01
        B3,          normal,  construction, 2020-01-01
        F1,          key,     food,         2020-01-01
        F1,          key,     construction, 2026-06-01
    """,
    "invoices": """
        invoice_id, customer_id, issue_date, due_date,   amount
        I1,         B1,          2026-01-05, 2026-02-04, 100
        I2,         B2,          2026-01-05, 2026-02-04, 200
        I3,         B3,          2026-01-05, 2026-02-04, 400
        I4,         F1,          2026-01-05, 2026-02-04, 800
        I5,         B1,          2026-02-20, 2026-03-22, 50
    """,
    "payments": """
        payment_id, invoice_id, customer_id, date,       amount, instrument, matures_on
        P1,         I1,         ,            2026-02-04, 100,    bill,       2026-03-04
        P2,         I2,         ,            2026-02-10, 200,    ,
        P3,         I3,         ,            2026-01-20, 150,    ,
        P4,         I3,         ,            2026-02-10, 250,    ,
        P5,         I4,         ,            2026-02-04, 800,    ,
        P6,         I5,         ,            2026-02-10, 20,     ,
        P7,         ,           B2,          2026-02-12, 70,     ,
    """,
    "adjustments": """
        adjustment_id, invoice_id, date,       kind,        amount
        A1,            I5,         2026-03-01, credit_note, 5
    """,
}


def day(text: str) -> int:
    """Return the number of a day."""
    parsed = parse_day(text)
    assert parsed is not None
    return day_number(parsed)


@cache
def small_ledger() -> Snapshot:
    """Return the ledger as columns."""
    return snapshot_of(ledger_of(TABLES, currency("CNY")))


def payments(snapshot: Snapshot) -> dict[str, list[tuple[str, int]]]:
    """Return of each invoice the days and amounts of what was posted upon it."""
    found = {}
    for place, name in enumerate(snapshot.invoice_ids):
        rows = range(int(snapshot.postings.begins[place]), int(snapshot.postings.begins[place + 1]))
        found[name] = [
            (text_of(int(snapshot.postings.date[row])), int(snapshot.postings.written[row]) // 100) for row in rows
        ]
    return found
