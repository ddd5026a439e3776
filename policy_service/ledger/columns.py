"""The files of a ledger: which columns each must and may have, and by what its rows are told apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from policy_service.domain.lengths import LONGEST_IDENTIFIER, LONGEST_LINE


class Table(StrEnum):
    """A file of the ledger, by its name without ending."""

    RATES = "rates"
    CUSTOMERS = "customers"
    ORDERS = "orders"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    ADJUSTMENTS = "adjustments"
    DISPUTES = "disputes"
    PROMISES = "promises"
    EVENTS = "events"
    STANDINGS = "standings"


POSTED_ON: Final = "posted_on"
REQUIRED_TABLES: Final = (Table.CUSTOMERS, Table.INVOICES)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table; `key` are those that tell its rows apart; `posted_on` may always stand.

    `bounded` are the texts, besides ids, that may not be of any length, each with the most characters it may have.
    Where a cell must be a word, a currency, a day or a number that says it all.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    keeps_further_columns: bool = False
    reads_posted_on: bool = True
    bounded: Mapping[str, int] = field(default_factory=dict)

    @property
    def longest(self) -> Mapping[str, int]:
        """The most characters of every bounded column: of the ids, and of what `bounded` says."""
        return {name: LONGEST_IDENTIFIER for name in self.all if name.endswith("_id")} | dict(self.bounded)

    @property
    def all(self) -> tuple[str, ...]:
        """Every column with a meaning, in the order in which cells are handed over."""
        return (*self.required, *self.optional, POSTED_ON)


COLUMNS: Final[Mapping[Table, Columns]] = MappingProxyType(
    {
        Table.RATES: Columns(("date", "currency", "rate"), key=("date", "currency"), reads_posted_on=False),
        Table.CUSTOMERS: Columns(
            ("customer_id",),
            ("name", "segment", "industry", "country", "since", "parent_id", "currency", "valid_from"),
            key=("customer_id", "valid_from"),
            keeps_further_columns=True,
        ),
        Table.ORDERS: Columns(("order_id", "customer_id", "date", "amount"), ("currency", "state"), key=("order_id",)),
        Table.INVOICES: Columns(
            ("invoice_id", "customer_id", "issue_date", "due_date", "amount"),
            ("order_id", "order_date", "currency"),
            key=("invoice_id",),
        ),
        Table.PAYMENTS: Columns(
            ("payment_id", "date", "amount"),
            ("invoice_id", "customer_id", "instrument", "matures_on"),
            key=("payment_id",),
        ),
        Table.ADJUSTMENTS: Columns(("adjustment_id", "invoice_id", "date", "kind", "amount"), key=("adjustment_id",)),
        Table.DISPUTES: Columns(("dispute_id", "invoice_id", "opened"), ("closed",), key=("dispute_id",)),
        Table.PROMISES: Columns(("promise_id", "invoice_id", "made", "promised"), ("amount",), key=("promise_id",)),
        Table.EVENTS: Columns(
            ("event_id", "customer_id", "date", "kind"),
            ("value",),
            key=("event_id",),
            bounded={"kind": LONGEST_LINE},
        ),
        Table.STANDINGS: Columns(
            ("customer_id", "from"),
            ("grade", "credit_limit", "payment_term_days"),
            key=("customer_id", "from"),
        ),
    }
)
