"""Single entries that other systems push: read by the rules of an import, stored as one posting or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.entries import Customer, Invoice, Order, Rate, RecordedStanding
from policy_service.domain.errors import RequestError
from policy_service.domain.lengths import LONGEST_IDENTIFIER
from policy_service.domain.values import Currency
from policy_service.ledger.cells import Known, RowReading
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.reasons import EXPLANATIONS, Reason
from policy_service.ledger.report import Fault
from policy_service.ledger.rows import (
    customer_reader,
    read_adjustment,
    read_dispute,
    read_event,
    read_invoice,
    read_order,
    read_payment,
    read_promise,
    read_rate,
    read_standing,
)
from policy_service.ledger.tables import text_bounds
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.ledger_in.frame import base_currency_for, declared_facts
from policy_service.services.ledger_in.telling import tell_of_posting
from policy_service.storage.decided_customers import decided_upon
from policy_service.storage.ledger_differences import stored_entries
from policy_service.storage.ledger_known import known_of
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import ENTRY_TABLES, Entry
from policy_service.storage.ledger_upsert import Upserted

#: As many entries may be pushed at once.
MOST_AT_ONCE: Final = 1_000

_READERS: Final[Mapping[Table, Callable[[Sequence[str], RowReading], Entry]]] = {
    Table.RATES: read_rate,
    Table.ORDERS: read_order,
    Table.INVOICES: read_invoice,
    Table.PAYMENTS: read_payment,
    Table.ADJUSTMENTS: read_adjustment,
    Table.DISPUTES: read_dispute,
    Table.PROMISES: read_promise,
    Table.EVENTS: read_event,
    Table.STANDINGS: read_standing,
}


@dataclass(frozen=True, slots=True)
class Pushed:
    """One entry as it came: its table, and its cells by the names of the ledger's columns."""

    table: Table
    cells: Mapping[str, str]


class EntriesRefused(RequestError):
    """Pushed entries that cannot be stored; `errors` are the faults of each by its place in the list, from 0."""

    def __init__(self, errors: Mapping[str, list[dict[str, str]]]) -> None:
        super().__init__(
            "R481",
            f"{len(errors)} of the entries cannot be stored; nothing was.",
            remedy="Correct what `errors` names, then push all of them again.",
        )
        self.errors = errors


def push(house: House, session: Session, pushed: Sequence[Pushed], act: Act) -> tuple[Upserted, ...]:
    """Store the entries as one posting in the session's transaction; return what became of each.

    An entry under a stored id takes its place. EntriesRefused R481 with every fault of every entry, R482 for too
    many at once; what the storage refuses beyond that is said by LedgerStore.upsert.
    """
    if len(pushed) > MOST_AT_ONCE:
        raise RequestError(
            "R482", f"{len(pushed)} entries were pushed at once.", remedy=f"Push at most {MOST_AT_ONCE} at once."
        )
    base = base_currency_for(house, session, act.at)
    entries = _read_all(house, session, pushed, base, act)
    _refuse_standings_decided_upon(session, entries)
    store = LedgerStore(session)
    became = store.upsert(entries, base.code, act.at, act.person)
    if any(one is not Upserted.UNCHANGED for one in became):
        posting = store.head()
        note(house, session, act, "pushed", "ledger", str(posting), {"entries": len(entries)})
        tell_of_posting(house, session, posting, act, is_correction=Upserted.REPLACED in became)
    return became


def _read_all(house: House, session: Session, pushed: Sequence[Pushed], base: Currency, act: Act) -> tuple[Entry, ...]:
    known = known_of(
        session,
        base,
        declared_facts(house, session, act.at),
        _named(pushed, "customer_id"),
        _named(pushed, "invoice_id"),
        _named(pushed, "order_id"),
    )
    reading = RowReading(known)
    entries: dict[int, Entry] = {}
    errors: dict[str, list[dict[str, str]]] = {}
    in_order = sorted(range(len(pushed)), key=lambda place: list(Table).index(pushed[place].table))
    for place in in_order:
        faults = _unknown_columns(pushed[place])
        entry = None if faults else _read(pushed[place], reading)
        faults += [_fault(one) for one in reading.faults]
        reading.faults.clear()
        if faults or entry is None:
            errors[str(place)] = faults
        else:
            entries[place] = entry
            _make_known(entry, known)
    if errors:
        raise EntriesRefused(dict(sorted(errors.items(), key=lambda item: int(item[0]))))
    return tuple(entries[place] for place in range(len(pushed)))


def _refuse_standings_decided_upon(session: Session, entries: Sequence[Entry]) -> None:
    customers = [entry.customer_id for entry in entries if isinstance(entry, RecordedStanding)]
    decided = decided_upon(session, customers)
    if not decided:
        return
    stored = stored_entries(session, ENTRY_TABLES[Table.STANDINGS], sorted(decided))
    errors = {
        str(place): [_fault(Fault("customer_id", Reason.DECIDED_HERE, entry.customer_id))]
        for place, entry in enumerate(entries)
        if isinstance(entry, RecordedStanding) and entry.customer_id in decided and entry not in stored
    }
    if errors:
        raise EntriesRefused(errors)


def _named(pushed: Sequence[Pushed], column: str) -> frozenset[str]:
    # One that is too long names nothing, and no database is asked for it: its own fault says so.
    return frozenset(text for one in pushed if (text := one.cells.get(column)) and len(text) <= LONGEST_IDENTIFIER)


def _read(pushed: Pushed, reading: RowReading) -> Entry:
    cells = [pushed.cells.get(name, "") for name in COLUMNS[pushed.table].all]
    reading.lengths(cells, text_bounds(pushed.table))
    if pushed.table is Table.CUSTOMERS:
        further = [name for name in pushed.cells if name not in COLUMNS[Table.CUSTOMERS].all]
        return customer_reader(further)([*cells, *(pushed.cells[name] for name in further)], reading)
    return _READERS[pushed.table](cells, reading)


def _make_known(entry: Entry, known: Known) -> None:
    match entry:
        case Customer():
            known.customers = frozenset(known.customers) | {entry.customer_id}
        case Invoice():
            known.invoices = {**known.invoices, entry.invoice_id: entry}
        case Order():
            known.orders = {**known.orders, entry.order_id: entry}
        case Rate():
            first = known.first_rates.get(entry.currency, entry.date)
            known.first_rates = {**known.first_rates, entry.currency: min(first, entry.date)}
        case _:
            pass


def _unknown_columns(pushed: Pushed) -> list[dict[str, str]]:
    columns = COLUMNS[pushed.table]
    if columns.keeps_further_columns:
        return []
    remedy = f"{pushed.table.value} has: {', '.join(columns.all)}."
    return [
        {"column": name, "code": "R483", "found": f'there is no column "{name[:60]}"', "remedy": remedy}
        for name in pushed.cells
        if name not in columns.all
    ]


def _fault(fault: Fault) -> dict[str, str]:
    explanation = EXPLANATIONS[fault.reason]
    said = {"column": fault.column, "code": fault.reason.value, "found": fault.found}
    return said | {"reason": explanation.meaning, "remedy": explanation.remedy}
