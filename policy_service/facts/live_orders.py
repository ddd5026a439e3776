"""Orders that this service was asked about."""

import datetime as dt

import msgspec


class LiveOrder(msgspec.Struct, frozen=True):
    """An order asked for on `date`: `amount` and what of it is `prepaid`, in minor units of `currency`.

    No currency means the base currency. One that is not let through is no open order, but was asked for. One that
    `is_invoiced` by somebody's word is an open order for as long as it takes until the ledger has its invoices;
    `invoice_ids` are invoices of it that do not name it.
    """

    order_id: str
    date: dt.date
    amount: int
    currency: str = ""
    prepaid: int = 0
    is_let_through: bool = True
    is_invoiced: bool = False
    invoice_ids: tuple[str, ...] = ()
