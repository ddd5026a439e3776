"""What is asked of customers that a process keeps, and what is pushed meanwhile."""

import datetime as dt

from sqlalchemy.orm import Session

from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.built_in_facts import built_in_facts
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.database import Database
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import Entry
from tests.facts.small_ledgers import invoice, payment

DAYS = (dt.date(2025, 1, 10), dt.date(2025, 2, 5))
GROUP_FACTS = [fact for fact in built_in_facts() if fact.name in ("exposure", "group.exposure", "group.open_orders")]
I1, I2 = invoice("I1", "2024-01-10", "2024-02-09", 10_000), invoice("I2", "2024-01-10", "2024-02-09", 500, of="C2")
P1 = payment("P1", "2024-02-01", 4_000, "I1")


class RolledBack(Exception):
    """What was written is not to be stored."""


def push(database: Database, *entries: Entry, at: int = 1) -> None:
    with database.writing() as session:
        LedgerStore(session).upsert(entries, "CNY", at, "erp")


def exposure(ledger: PreparedLedger, customer_id: str, on: dt.date = DAYS[0]) -> int:
    """Return what the customer owes at the start of the day."""
    facts = measure_facts(ledger, customer_id, GROUP_FACTS, Knowledge(on))
    return facts["exposure"].value


def assert_as_stored(known: KnownLedger, session: Session) -> None:
    """Hold everything known against the whole ledger, freshly loaded in the same session."""
    stored = LedgerStore(session).load_ledger(through=known.head)
    prepared = PreparedLedger(stored)
    assert stored.base_currency == known.currency
    for name, history in stored.histories.items():
        assert history == known.history(name)
        for knowledge in map(Knowledge, DAYS):
            assert list(prepared.group_of(name, knowledge)) == list(known.group_of(name, knowledge))
            facts = [measure_facts(one, name, GROUP_FACTS, knowledge) for one in (prepared, known)]
            assert facts[0] == facts[1]
