"""What falls with a faulty row: its invoice, all that hangs on the invoice, and the order with its invoices.

A lost payment would leave a false debt, so an invoice stands only together with every row that names it.
An order and the invoices that name it stand or fall together. The result does not depend on the order of rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from policy_service.domain.entries import Invoice, Order
from policy_service.ledger.cells import shown
from policy_service.ledger.reasons import Reason
from policy_service.ledger.report import Fault
from policy_service.ledger.tables import HangingRows, LedgerTables, State, TableRows


def spread_quarantine(tables: LedgerTables) -> None:
    """Quarantine all that hangs on what is left out already."""
    invoices = tables.invoices
    invoice_at = invoices.by_key()
    for rows in (invoices, *tables.hanging):
        for name, found in _invoices_named_by_rows_left_out(rows):
            if name in invoice_at:
                invoices.quarantine(invoice_at[name], Fault("invoice_id", Reason.ENTRY_QUARANTINED, found))
    if tables.orders.file:
        _spread_over_orders(tables.orders, invoices)
    accepted = {name for name, index in invoice_at.items() if invoices.states[index] == State.ACCEPTED}
    for hanging in tables.hanging:
        for index, name in enumerate(hanging.column("invoice_id")):
            if name and name not in accepted:
                hanging.quarantine(index, Fault("invoice_id", Reason.INVOICE_QUARANTINED, f"invoice {shown(name)}"))


def _invoices_named_by_rows_left_out(rows: TableRows[Invoice] | HangingRows) -> Iterator[tuple[str, str]]:
    for row in rows.faulty:
        for name in rows.names_in(row, "invoice_id"):
            yield name, f"{rows.file} line {row.line}: {row.faults[0].found}"
    if rows.causes:
        names = rows.column("invoice_id")
        for index, fault in rows.causes.items():
            yield names[index], f"{rows.file} line {rows.lines[index]}: {fault.found}"


def _spread_over_orders(orders: TableRows[Order], invoices: TableRows[Invoice]) -> None:
    order_at = orders.by_key()
    for row in invoices.faulty:
        found = f"{invoices.file} line {row.line}: {row.faults[0].found}"
        for name in invoices.names_in(row, "order_id"):
            if name in order_at:
                orders.quarantine(order_at[name], Fault("order_id", Reason.INVOICE_QUARANTINED, found))
    # Every invoice names at most one order, so one pass over the orders reaches all that falls.
    for order_id, named_by in _invoices_by_order(invoices).items():
        if order_id in order_at:
            _quarantine_order(orders, order_at[order_id], invoices, named_by)
        if order_id not in order_at or orders.states[order_at[order_id]] == State.QUARANTINED:
            for index in named_by:
                invoices.quarantine(index, Fault("order_id", Reason.ORDER_QUARANTINED, f"order {shown(order_id)}"))


def _invoices_by_order(invoices: TableRows[Invoice]) -> Mapping[str, Sequence[int]]:
    by_order = defaultdict[str, list[int]](list)
    for index, invoice in enumerate(invoices.entries):
        if invoice.order_id and invoices.states[index] != State.REPEATED:
            by_order[invoice.order_id].append(index)
    return by_order


def _quarantine_order(
    orders: TableRows[Order], order_index: int, invoices: TableRows[Invoice], named_by: Sequence[int]
) -> None:
    order = orders.entries[order_index]
    for index in named_by:
        invoice = invoices.entries[index]
        name = shown(invoice.invoice_id)
        if order.date > invoice.issue_date:
            found = f"order {order.date}, invoice {name} issued {invoice.issue_date}"
            orders.quarantine(order_index, Fault("date", Reason.ORDER_AFTER_INVOICE, found))
        if invoices.states[index] == State.QUARANTINED:
            orders.quarantine(order_index, Fault("order_id", Reason.INVOICE_QUARANTINED, f"invoice {name}"))
