"""What the ledger should be, worked out from the rows of a stand-in by hand: it knows nothing of mappings.

Money is in minor units, days as the stand-in's users in China see them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Final

from policy_service.domain.entries import Ledger
from tests.connectors.stand_ins import Document, Json, StandIn

_CHINA: Final = dt.timezone(dt.timedelta(hours=8))
_LIVE: Final = {"normal", "in_change"}


@dataclass(frozen=True)
class Books:
    """What is owed by whom and since when, and what was paid: as a system holds it, or as the ledger does.

    Invoices and orders are by id, what was paid and written off by the id of the invoice, money that no invoice has
    taken up by customer.
    """

    customers: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, dt.date, int]] = field(default_factory=dict)
    invoices: dict[str, tuple[str, dt.date, dt.date, int]] = field(default_factory=dict)
    paid: dict[str, list[tuple[dt.date, int]]] = field(default_factory=dict)
    written_off: dict[str, int] = field(default_factory=dict)
    unapplied: dict[str, int] = field(default_factory=dict)


def books_of(ledger: Ledger | None) -> Books:
    """Return what the ledger holds."""
    told = Books()
    paid: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for name, history in (ledger.histories if ledger else {}).items():
        told.customers[name] = history.versions[-1].name
        for order in history.orders:
            told.orders[order.order_id] = (name, order.date, order.amount)
        for invoice in history.invoices:
            told.invoices[invoice.invoice_id] = (name, invoice.issue_date, invoice.due_date, invoice.amount)
        for payment in history.payments:
            if payment.invoice_id:
                paid[payment.invoice_id].append((payment.date, payment.amount))
            else:
                told.unapplied[name] = told.unapplied.get(name, 0) + payment.amount
        for change in history.adjustments:
            told.written_off[change.invoice_id] = told.written_off.get(change.invoice_id, 0) + change.amount
    told.paid.update(_sorted(paid))
    return told


def truth_of(stand_in: StandIn) -> Books:
    """Return what a stand-in holds now."""
    return _TRUTHS[stand_in.sign_in["system"]](stand_in)


def _fxiaoke(stand_in: StandIn) -> Books:
    told = Books()
    rows = {name: _live(stand_in, name) for name in ("AccountObj", "SalesOrderObj", "PaymentPlanObj", "PaymentObj")}
    told.customers.update((row_id, _text(row, "name")) for row_id, row in rows["AccountObj"].items())
    for row_id, row in rows["SalesOrderObj"].items():
        if _text(row, "account_id") in told.customers:
            told.orders[row_id] = (_text(row, "account_id"), _moment(row, "order_time"), _minor(row["order_amount"]))
    for row_id, row in rows["PaymentPlanObj"].items():
        order = rows["SalesOrderObj"].get(_text(row, "order_id"))
        if order and _text(row, "account_id") in told.customers:
            days = (_moment(order, "order_time"), _moment(row, "plan_payment_time"))
            told.invoices[row_id] = (_text(row, "account_id"), *days, _minor(row["plan_payment_amount"]))
    paid: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for row in _live(stand_in, "OrderPaymentObj").values():
        receipt = rows["PaymentObj"].get(_text(row, "payment_id"))
        if receipt and _text(row, "payment_plan_id") in told.invoices:
            paid[_text(row, "payment_plan_id")].append(
                (_moment(receipt, "payment_time"), _minor(row["payment_amount"]))
            )
    told.paid.update(_sorted(paid))
    return told


def _books(stand_in: StandIn) -> Books:
    told = Books()
    contacts = stand_in.rows("contacts")
    who = {row_id: _text(row, "zcrm_account_id").strip() or row_id for row_id, row in contacts.items()}
    told.customers.update((who[row_id], _text(row, "company_name")) for row_id, row in contacts.items())
    for row_id, row in stand_in.rows("invoices").items():
        if row["status"] in {"draft", "void"} or _text(row, "customer_id") not in who:
            continue
        days = (dt.date.fromisoformat(_text(row, "date")), dt.date.fromisoformat(_text(row, "due_date")))
        told.invoices[row_id] = (who[_text(row, "customer_id")], *days, _minor(row["total"]))
        if _minor(row["write_off_amount"]):
            told.written_off[row_id] = _minor(row["write_off_amount"])
    paid: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for row in stand_in.rows("customerpayments").values():
        left = _minor(row["amount"]) - _minor(row["amount_refunded"])
        for applied in _parts(row, "invoices"):
            amount = _minor(applied["amount_applied"])
            left -= amount
            if _text(applied, "invoice_id") in told.invoices:
                paid[_text(applied, "invoice_id")].append((dt.date.fromisoformat(_text(row, "date")), amount))
        if left and _text(row, "customer_id") in who:
            customer = who[_text(row, "customer_id")]
            told.unapplied[customer] = told.unapplied.get(customer, 0) + left
    told.paid.update(_sorted(paid))
    return told


def _crm(stand_in: StandIn) -> Books:
    accounts = stand_in.rows("Accounts")
    return Books({row_id: _text(row, "Account_Name") for row_id, row in accounts.items()})


def invoices_of_crm(stand_in: StandIn) -> Books:
    """Return what Zoho CRM holds where its invoices are read too."""
    told = _crm(stand_in)
    for row_id, row in stand_in.rows("Invoices").items():
        account = row["Account_Name"]
        assert isinstance(account, dict)
        if row["Status"] not in {"Created", "Draft", "Cancelled"} and _text(account, "id") in told.customers:
            days = (dt.date.fromisoformat(_text(row, "Invoice_Date")), dt.date.fromisoformat(_text(row, "Due_Date")))
            told.invoices[row_id] = (_text(account, "id"), *days, _minor(row["Grand_Total"]))
    return told


_TRUTHS: Final[Mapping[str, Callable[[StandIn], Books]]] = {
    "fxiaoke": _fxiaoke,
    "zoho-books": _books,
    "zoho-crm": _crm,
}


def _live(stand_in: StandIn, name: str) -> dict[str, Document]:
    return {row_id: row for row_id, row in stand_in.rows(name).items() if row["life_status"] in _LIVE}


def _sorted(paid: Mapping[str, list[tuple[dt.date, int]]]) -> dict[str, list[tuple[dt.date, int]]]:
    return {invoice: sorted(parts) for invoice, parts in paid.items()}


def _parts(row: Document, name: str) -> list[Document]:
    found = row[name]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


def _text(row: Document, name: str) -> str:
    return str(row.get(name) or "")


def _moment(row: Document, name: str) -> dt.date:
    found = row[name]
    assert isinstance(found, int)
    return dt.datetime.fromtimestamp(found / 1000, _CHINA).date()


def _minor(found: Json) -> int:
    return round(Decimal(str(found)) * 100)


def differences(expected: Books, found: Books) -> list[str]:
    """Return what is otherwise, a line each; none where both hold the same."""
    lines = []
    for name in (one.name for one in fields(Books)):
        there, here = getattr(expected, name), getattr(found, name)
        lines += [
            f"{name} {key}: there {there.get(key)}, here {here.get(key)}"
            for key in sorted(there.keys() | here.keys())
            if there.get(key) != here.get(key)
        ]
    return lines
