"""Orders as facts count them, of customers who are decided upon."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.facts.live_orders import LiveOrder
from policy_service.storage.models.orders import COUNTED as ORDERS_COUNTED
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.orders_said_invoiced import nameless_invoices

#: Asked for in one question.
_CHUNK: Final = 500
#: The cause of an order whose invoices the ledger has.
_BOOKED: Final = "booked"
_ORDERS: Final = AskedOrder.metadata.tables["orders"]


class CountedOrder(msgspec.Struct, frozen=True):
    """Of an order that facts count, what they need."""

    customer_id: str
    order_id: str
    ordered_on: dt.date
    amount: int
    currency: str
    prepaid: int
    state: str
    cause: str


#: Those that facts count, of any customer.
COUNTED: Final = select(*(_ORDERS.c[name] for name in CountedOrder.__struct_fields__)).where(ORDERS_COUNTED)


def live_among(
    session: Session, rows: Sequence[CountedOrder], customer_ids: Collection[str]
) -> Mapping[str, tuple[LiveOrder, ...]]:
    """Return the orders of each of these customers that facts count, by customer, in order of date, then id."""
    nameless = nameless_of(session, rows)
    found: dict[str, list[LiveOrder]] = {customer_id: [] for customer_id in customer_ids}
    for row in sorted(rows, key=attrgetter("ordered_on", "order_id")):
        found[row.customer_id].append(counted_order(row, nameless))
    return {customer_id: tuple(orders) for customer_id, orders in found.items()}


def nameless_of(
    session: Session, rows: Iterable[Any], at: int | None = None, through: int | None = None
) -> Mapping[str, str]:
    """Return the invoices that are of those of these orders that were said to be invoiced, and do not name them."""
    said = [row for row in rows if _is_said_invoiced(row)]
    if not said:
        return {}
    return nameless_invoices(session, {row.customer_id for row in said}, {row.amount for row in said}, at, through)


def counted_order(row: Any, nameless: Mapping[str, str]) -> LiveOrder:
    """Return an order as facts count it, from its row and the invoices that are of orders they do not name."""
    is_booked = row.state == "invoiced" and row.cause == _BOOKED
    invoice_id = nameless.get(row.order_id)
    return LiveOrder(
        row.order_id,
        row.ordered_on,
        row.amount,
        row.currency,
        # Nothing of it is to come: as if all were paid before.
        row.amount if is_booked else row.prepaid,
        row.state in {"open", "released", "invoiced"},
        is_invoiced=_is_said_invoiced(row),
        invoice_ids=(invoice_id,) if invoice_id else (),
    )


def chunks(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the ids, each once, as many at a time as one question should name."""
    rest = iter(dict.fromkeys(ids))
    while some := tuple(islice(rest, _CHUNK)):
        yield some


def _is_said_invoiced(row: Any) -> bool:
    return bool(row.state == "invoiced" and row.cause != _BOOKED)
