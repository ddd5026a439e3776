"""What tests run in a process of its own, to be killed or to write beside others: `python -m tests.storage.child`."""

import signal
import sys
from collections.abc import Callable, Mapping
from itertools import count

from sqlalchemy import select

from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import Unavailable
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.migrate import upgrade
from policy_service.storage.models.jobs import Job
from tests.facts.small_ledgers import invoice
from tests.storage.books import Origin, imported, ledger_of
from tests.storage.decisions import decided


def import_halfway(database: Database, name: str) -> None:
    """Import twelve thousand invoices, tell of the first two steps, and wait in the middle for being killed."""
    books = ledger_of(*(invoice(f"{name}-{number}", "2024-01-01", "2024-02-01", 1) for number in range(12_000)))

    steps = count(1)

    def told(done: int, total: int) -> None:
        assert done < total
        print(done, total, flush=True)
        if next(steps) == 2:
            signal.pause()

    with database.writing() as session:
        LedgerStore(session).store(imported(books), Origin(name), progress=told)


def decide(database: Database, name: str) -> None:
    """Decide until killed, and acknowledge each decision once it is stored."""
    for number in range(1_000_000):
        decision_id = f"{name}-{number}"
        with database.writing() as session:
            DecisionStore(session).append("worker-1", [decided(decision_id)])
        print(decision_id, flush=True)


def bring_up_to_date(database: Database, _name: str) -> None:
    """Make the tables."""
    upgrade(database)


def count_up(database: Database, _name: str) -> None:
    """Add one to a job's progress fifteen times, by reading it and writing it back."""
    for _ in range(15):
        while not _counted(database):
            pass


def _counted(database: Database) -> bool:
    try:
        with database.writing() as session:
            job = session.scalars(select(Job)).one()
            job.progress_done += 1
    except Unavailable:
        return False
    except Exception as error:
        if getattr(error, "code", "") != "S208":
            raise
        return False
    return True


_DOINGS: Mapping[str, Callable[[Database, str], None]] = {
    "import_halfway": import_halfway,
    "decide": decide,
    "count_up": count_up,
    "bring_up_to_date": bring_up_to_date,
}

if __name__ == "__main__":
    _DOINGS[sys.argv[1]](Database(sys.argv[2]), sys.argv[3])
