"""Single entries pushed by other systems: added, or put in place of what was stored under their ids."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.entries import Adjustment, Customer, Dispute, Invoice, Payment, Promise, Rate
from policy_service.ledger.columns import Table
from policy_service.storage.errors import StorageError, not_stored
from policy_service.storage.ledger_differences import Differences, differences, is_replaceable, stored_entries
from policy_service.storage.ledger_known import known_customers
from policy_service.storage.ledger_tables import ENTRY_TABLES, Entry, Hanging, Placed, table_of
from policy_service.storage.ledger_writing import (
    add_posted,
    locked_state,
    next_posting,
    other_base_currency,
    update_roots,
)
from policy_service.storage.models.ledger import LedgerState
from policy_service.storage.models.ledger_entries import InvoiceRow


class Upserted(StrEnum):
    """What became of a pushed entry."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


def upsert(
    session: Session, entries: Sequence[Entry], base_currency: str, at: int, person: str
) -> tuple[Upserted, ...]:
    """Store the entries as one posting in the session's transaction, and say what became of each.

    An entry under a stored id takes its place; what stood there stays readable as it was known before.
    NotStored S209 for a customer or an invoice that nobody told of. StorageError S211 for another base currency,
    S215 for one id twice, S216 for another customer or currency of a stored invoice, S218 for an order while the
    ledger's orders are read off its invoices.
    """
    _refuse_twice(entries)
    state = locked_state(session, base_currency)
    if state.base_currency != base_currency:
        raise other_base_currency(base_currency, state.base_currency)
    placed = _placed(session, entries)
    beside = differences(session, placed)
    _refuse_moved_invoice(beside, placed[Table.INVOICES])
    changed = {table: _changed(table, entries_of, beside[table]) for table, entries_of in placed.items()}
    if any(changed.values()):
        posting = next_posting(session, state, at, person, None)
        if changed[Table.ORDERS]:
            state.orders_since = _orders_since(session, state, posting)
        add_posted(session, changed, beside, posting)
        if changed[Table.CUSTOMERS]:
            update_roots(session)
    return tuple(_became(entry, beside) for entry in entries)


def _placed(session: Session, entries: Sequence[Entry]) -> Mapping[Table, list[Placed]]:
    owners = _owners_of_invoices(session, entries)
    placed: dict[Table, list[Placed]] = {table: [] for table in ENTRY_TABLES}
    for entry in entries:
        placed[table_of(entry).table].append((_history_of(entry, owners), entry))
    named = {entry.customer_id for entry in entries if isinstance(entry, Payment) and entry.customer_id}
    named |= {history_of for entries_of in placed.values() for history_of, _ in entries_of if history_of}
    _require_customers(session, named - {one.customer_id for one in entries if isinstance(one, Customer)})
    return placed


def _owners_of_invoices(session: Session, entries: Sequence[Entry]) -> Mapping[str, str]:
    pushed = {entry.invoice_id: entry.customer_id for entry in entries if isinstance(entry, Invoice)}
    named = [entry.invoice_id for entry in entries if isinstance(entry, Hanging) and entry.invoice_id]
    stored = stored_entries(session, ENTRY_TABLES[Table.INVOICES], [one for one in named if one not in pushed])
    return pushed | {entry.invoice_id: entry.customer_id for entry in stored if isinstance(entry, Invoice)}


def _history_of(entry: Entry, owners: Mapping[str, str]) -> str:
    match entry:
        case Rate():
            return ""
        case Payment(invoice_id="", customer_id=""):
            raise not_stored(f"invoice or customer that payment {entry.payment_id} names")
        case Payment(invoice_id=""):
            return entry.customer_id
        case Payment() | Adjustment() | Dispute() | Promise():
            if entry.invoice_id not in owners:
                raise not_stored(f"invoice {entry.invoice_id}")
            return owners[entry.invoice_id]
        case _:
            return entry.customer_id


def _require_customers(session: Session, names: set[str]) -> None:
    known = known_customers(session, names)
    if names - known:
        raise not_stored(f"customer {min(names - known)}")


def _refuse_twice(entries: Sequence[Entry]) -> None:
    keys = Counter(
        (kept.table, kept.key_of(entry)) for entry, kept in zip(entries, map(table_of, entries), strict=True)
    )
    twice = next((key for key, times in keys.items() if times > 1), None)
    if twice:
        table, key = twice
        raise StorageError("S215", f"{table}: {key} is pushed twice at once.", remedy="Push each entry once.")


def _refuse_moved_invoice(beside: Mapping[Table, Differences], invoices: Sequence[Placed]) -> None:
    stored = beside[Table.INVOICES].contradicted
    for _, entry in invoices:
        key = ENTRY_TABLES[Table.INVOICES].key_of(entry)
        before = stored.get(key)
        if before and not is_replaceable(before.entry, entry):
            raise StorageError(
                "S216",
                f"The invoice {key} is stored with another customer or currency.",
                remedy="Cancel it by a credit note, and push a new invoice.",
            )


def _changed(table: Table, entries: Sequence[Placed], beside: Differences) -> list[Placed]:
    return [placed for placed in entries if ENTRY_TABLES[table].key_of(placed[1]) not in beside.unchanged]


def _orders_since(session: Session, state: LedgerState, posting: int) -> int:
    if state.orders_since is not None:
        return state.orders_since
    if session.scalar(select(InvoiceRow.row_number).limit(1)) is not None:
        raise StorageError(
            "S218",
            "The ledger reads its orders off its invoices; one order of its own would hide all of those.",
            remedy="Import the orders with a file orders, all of them; then push.",
        )
    return posting


def _became(entry: Entry, beside: Mapping[Table, Differences]) -> Upserted:
    kept = table_of(entry)
    found, key = beside[kept.table], kept.key_of(entry)
    if key in found.unchanged:
        return Upserted.UNCHANGED
    return Upserted.REPLACED if found.is_stored(key) else Upserted.ADDED
