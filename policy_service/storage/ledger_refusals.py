"""What is left out of an import because the ledger has it otherwise, and what falls with it.

The stored row stands: decisions have been taken on it. The row that contradicts it is left out, and of the
rows that are new, those fall that fall within one import: the invoice that a row left out names, with all
that hangs on it, and an order together with its invoices. What is stored already never falls. A row that
hangs on a stored invoice is judged by that one, whatever the import says of the invoice, so that no payment
of it is lost.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from typing import Final

from policy_service.domain.amounts import from_scaled
from policy_service.domain.currencies import currency
from policy_service.domain.entries import Adjustment, Dispute, Invoice, Order, Payment, Promise
from policy_service.domain.values import UNLIMITED, Kind, scale
from policy_service.ledger.cells import shown
from policy_service.ledger.columns import Table
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault
from policy_service.storage.ledger_differences import Differences, first_difference, is_replaceable
from policy_service.storage.ledger_tables import ENTRY_TABLES, HANGING, Entry, Hanging, Placed

#: The columns that hold an amount, in minor units.
_AMOUNTS: Final = frozenset({"amount", "credit_limit"})


class Refusals:
    """The entries of one import that are left out, by table and key, each with its fault."""

    def __init__(
        self,
        placed: Mapping[Table, Sequence[Placed]],
        beside: Mapping[Table, Differences],
        base_currency: str,
        *,
        replaces: bool,
        is_one_of_many: bool = False,
    ) -> None:
        """Judge the entries; with `is_one_of_many` whoever stored a row keeps it, whatever `replaces` says."""
        self.faults: Mapping[Table, dict[Hashable, Fault]] = {table: {} for table in ENTRY_TABLES}
        self._placed = placed
        self._beside = beside
        self._base_currency = base_currency
        self._reason = Reason.STORED_BY_ANOTHER if is_one_of_many else Reason.STORED_OTHERWISE
        self._invoices: Mapping[str, Invoice] = {}
        self._orders: Set[str] = frozenset()
        self._currencies: dict[str, str] = {}
        if self._contradictions(replaces and not is_one_of_many):
            self._spread()

    def _contradictions(self, replaces: bool) -> bool:
        for table, entries in self._placed.items():
            kept, contradicted = ENTRY_TABLES[table], self._beside[table].contradicted
            for _, entry in entries if contradicted else ():
                before = contradicted.get(kept.key_of(entry))
                if before and not (replaces and is_replaceable(before.entry, entry)):
                    self.faults[table][kept.key_of(entry)] = self._otherwise(before.entry, entry, kept.names)
        return any(self.faults.values())

    def _otherwise(self, before: Entry, entry: Entry, names: Sequence[str]) -> Fault:
        name, was, now = first_difference(before, entry, names)
        if name in _AMOUNTS:
            stood, came = self._amount_text(before, was), self._amount_text(entry, now)
        else:
            stood, came = _said(was), _said(now)
        return Fault(name, self._reason, f"stored with {name} {stood}, here {came}")

    def _amount_text(self, entry: Entry, amount: int | None) -> str:
        if amount is None or amount == UNLIMITED:
            return _said(amount)
        code = self._currency_of(entry) or self._base_currency
        return f"{from_scaled(amount, scale(Kind.MONEY, currency(code)))} {code}"

    def _currency_of(self, entry: Entry) -> str:
        match entry:
            case Invoice() | Order():
                return entry.currency
            case Payment() | Adjustment() | Promise():
                if not self._currencies:
                    invoices = (one for _, one in self._placed[Table.INVOICES] if isinstance(one, Invoice))
                    self._currencies = {one.invoice_id: one.currency for one in invoices}
                return self._currencies.get(entry.invoice_id, "")
            case _:
                return ""

    def _spread(self) -> None:
        entries = (entry for _, entry in self._placed[Table.INVOICES])
        self._invoices = {entry.invoice_id: entry for entry in entries if isinstance(entry, Invoice)}
        self._orders = {entry.order_id for _, entry in self._placed[Table.ORDERS] if isinstance(entry, Order)}
        for table in HANGING:
            for key, entry in self._left_out(table):
                if isinstance(entry, Hanging) and entry.invoice_id in self._invoices:
                    found = f"{table.value} {_said(key)}: {self.faults[table][key].found}"
                    self._refuse_new(Table.INVOICES, entry.invoice_id, "invoice_id", Reason.ENTRY_QUARANTINED, found)
        self._spread_over_orders()
        for table in HANGING:
            for _, entry in self._placed[table]:
                self._refuse_hanging(table, entry)

    def _spread_over_orders(self) -> None:
        naming = defaultdict[str, list[Invoice]](list)
        for invoice in self._invoices.values():
            if invoice.order_id in self._orders:
                naming[invoice.order_id].append(invoice)
        for order_id, invoices in naming.items():
            fallen = [one.invoice_id for one in invoices if one.invoice_id in self.faults[Table.INVOICES]]
            if fallen:
                found = f"invoice {shown(fallen[0])}"
                self._refuse_new(Table.ORDERS, order_id, "order_id", Reason.INVOICE_QUARANTINED, found)
            for invoice in invoices:
                if not self._order_stands(order_id, invoice):
                    found = f"order {shown(order_id)}"
                    self._refuse_new(Table.INVOICES, invoice.invoice_id, "order_id", Reason.ORDER_QUARANTINED, found)

    def _order_stands(self, order_id: str, invoice: Invoice) -> bool:
        if order_id not in self.faults[Table.ORDERS]:
            return True
        stored = self._beside[Table.ORDERS].contradicted.get(order_id)
        order = stored.entry if stored else None
        return (
            isinstance(order, Order) and order.customer_id == invoice.customer_id and order.date <= invoice.issue_date
        )

    def _refuse_hanging(self, table: Table, entry: Entry) -> None:
        if not isinstance(entry, Hanging) or not entry.invoice_id:
            return
        if entry.invoice_id not in self.faults[Table.INVOICES] or self._stored_invoice_takes(entry):
            return
        key, beside = ENTRY_TABLES[table].key_of(entry), self._beside[table]
        # A correction falls with the invoice that it names, as a new row does: the stored one stays.
        if key not in beside.unchanged and key not in beside.continued:
            fault = Fault("invoice_id", Reason.INVOICE_QUARANTINED, f"invoice {shown(entry.invoice_id)}")
            self.faults[table].setdefault(key, fault)

    def _stored_invoice_takes(self, entry: Hanging) -> bool:
        before = self._beside[Table.INVOICES].contradicted.get(entry.invoice_id)
        if before is None or not isinstance(before.entry, Invoice):
            return False
        if not is_replaceable(before.entry, self._invoices[entry.invoice_id]):
            return False
        match entry:
            case Dispute():
                return entry.opened >= before.entry.issue_date
            case Promise():
                return entry.made >= before.entry.issue_date
            case _:
                return True

    def _refuse_new(self, table: Table, key: Hashable, column: str, reason: Reason, found: str) -> None:
        if not self._beside[table].is_stored(key):
            self.faults[table].setdefault(key, Fault(column, reason, found))

    def _left_out(self, table: Table) -> Iterator[tuple[Hashable, Entry]]:
        faults, kept = self.faults[table], ENTRY_TABLES[table]
        if faults:
            for _, entry in self._placed[table]:
                key = kept.key_of(entry)
                if key in faults:
                    yield key, entry


def _said(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, str):
        return shown(value)
    return "unlimited" if value == UNLIMITED else str(value)
