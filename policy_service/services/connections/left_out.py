"""How much a connection has and the ledger has not: it stays counted, run after run, until it is mended."""

from sqlalchemy.orm import Session

from policy_service.storage.import_store import ImportStore
from policy_service.storage.pull_store import PullStore
from policy_service.storage.unreadable_rows import UnreadableRows


def count_left_out(session: Session, connection_id: int) -> int:
    """Return how many rows are left out now: those that the mapping cannot read, and those of the last import."""
    import_id = PullStore(session).last_import(connection_id)
    last = ImportStore(session).find(import_id) if import_id else None
    return UnreadableRows(session, connection_id).count() + (last.quarantined if last else 0)
