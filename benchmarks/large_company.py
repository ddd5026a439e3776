"""A company of 100,000 customers in a database: a small one that has lived some days, copied row by row.

Each copy has customers, entries and decisions of its own; their values are those of the small company, so that lists
and their filters meet what they meet in practice. Decisions are copied more often than customers: as a history.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection, text

from benchmarks.sample import SEED, sample_orders
from policy_service.cli.demo_days import Calendar, found_company, live
from policy_service.domain.instants import start_of_day
from policy_service.running import new_id
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.migrate import set_up
from policy_service.storage.models.tables import Model

#: The day on which the company is looked at: the one after the last entry of its ledger.
TODAY: Final = dt.date(2026, 1, 1)
_HOUR: Final = 3_600_000_000
#: Tables whose rows are copied with the customers they are about, in an order in which each finds what it names.
_OF_CUSTOMERS: Final = (
    "customers",
    "ledger_customers",
    "ledger_orders",
    "ledger_invoices",
    "ledger_payments",
    "posted_customers",
    "standings",
    "standing_effects",
    "review_tasks",
    "orders",
    "order_steps",
    "escalation_cases",
    "case_steps",
    "customer_mornings",
    "portfolio_customers",
)
_CUSTOMER: Final = frozenset({"customer_id", "root_id", "parent_id", "history_of"})
#: Ids that the service makes: 32 digits.
_OWN: Final = frozenset({"decision_id", "case_id", "standing_id", "event_id"})
#: Ids that come from elsewhere.
_FOREIGN: Final = frozenset({"order_id", "invoice_id", "payment_id", "subject_id", "writer"})
#: Numbers that the database gives.
_GIVEN: Final = frozenset({"row_number", "step_number", "effect_number", "task_number"})
_MOST_COPIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Company:
    """A house over a large company, the instant at which it is looked at, and the passwords of its people."""

    house: House
    at: int
    passwords: Mapping[str, str]


def build(settings: Settings, folder: Path, small: tuple[int, int], copies: int, decisions: int) -> Company:
    """Make the company in the database of the settings, which has none yet: `copies` times the small one.

    `small` are its customers and invoices; at least so many `decisions` are stored.
    """
    house = House(settings, Database(settings.database_url), new_id, "bench/1")
    at = start_of_day(TODAY, settings.zone) + 10 * _HOUR
    set_up(house.database)
    generate(SampleCompany(*small, SEED), folder / "ledger")
    calendar = Calendar(house, TODAY, lambda: at)
    passwords = found_company(house, folder / "ledger", calendar)
    live(house, calendar, dict(sample_orders(*small)), lambda _done, _total: None)
    # Without foreign keys on SQLite, which looks through a table for what a row that comes later may have lacked.
    with house.database.changing_tables() as session:
        first = session.scalar(text("SELECT count(*) FROM decisions")) or 1
        wanted = max(copies, -(-decisions // first))
        _copy(session, "decisions", wanted, of=copies)
        for name in _OF_CUSTOMERS:
            _copy(session, name, copies)
        _copy(session, "audit_events", copies)
    if not house.database.is_sqlite:
        # As its autovacuum does by itself.
        with house.database.writing() as session:
            session.execute(text("ANALYZE"))
    return Company(house, at, passwords)


def _copy(session: Connection, name: str, copies: int, of: int = _MOST_COPIES) -> None:
    # Read once and from beside: the table grows while its rows are copied.
    session.execute(text(f"CREATE TEMPORARY TABLE own AS SELECT * FROM {name}"))  # noqa: S608 - names of our tables
    columns = [column for column in Model.metadata.tables[name].columns if column.name not in _GIVEN]
    written = ", ".join(f'"{column.name}"' for column in columns)
    copied = ", ".join(_copied(name, column, of) for column in columns)
    session.execute(
        text(
            f"INSERT INTO {name} ({written}) WITH RECURSIVE copies (k) AS (SELECT 1 UNION ALL "  # noqa: S608
            f"SELECT k + 1 FROM copies WHERE k < {copies - 1}) SELECT {copied} FROM copies CROSS JOIN own"
        )
    )
    session.execute(text("DROP TABLE own"))


def _copied(table: str, column: Column[Any], of: int) -> str:
    name, number = f'own."{column.name}"', "substr(CAST(1000000 + k AS TEXT), 2)"
    if column.name in _CUSTOMER:
        customer = f"substr(CAST(1000000 + (k % {of}) AS TEXT), 5)"
        return f"CASE WHEN {name} = '' THEN '' ELSE substr({name}, 1, 1) || {customer} || substr({name}, 5) END"
    if column.name in _OWN and not table.startswith("ledger_"):
        # Begun as no id of today is, so that no copy has the id of another row.
        return f"'00' || substr({name}, 3, 24) || {number}"
    if column.name in _FOREIGN:
        return f"CASE WHEN {name} = '' THEN '' ELSE {name} || '~' || {number} END"
    if column.name in ("decided_at", "at") and table in ("decisions", "audit_events"):
        return f"{name} - k * {_HOUR}"
    return name
