"""Histories and runs written down plainly, one object each, and turned into the columns of a snapshot and a trace."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from policy_service.domain.values import Currency
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import (
    Disputes,
    Events,
    Groups,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Standings,
    Unapplied,
    Versions,
)
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Mode, Options
from simulations.replay.trace import DecidedOrders, Firings, ReplayedInvoices, Reviewed, Trace

APPROVE, PREPAY, HOLD, REFER, DECLINE = range(5)
PAYMENT, CREDIT_NOTE, WRITE_OFF = range(3)


@dataclass(frozen=True)
class Posting:
    """What lowers an invoice, in its currency."""

    day: int
    written: int
    kind: int = PAYMENT
    id: str = "P1"


@dataclass(frozen=True)
class Sale:
    """An order with its one invoice, as recorded and as it went in the run; of the run nothing is said: as recorded.

    `rate` is base currency per unit of its own, none in base currency. `reason` and `hit` are places in the trace.
    """

    id: str
    issued: int
    due: int
    written: int
    postings: tuple[Posting, ...] = ()
    ordered: int | None = None
    rate: Fraction | None = None
    outcome: int = APPROVE
    reason: int = -1
    hit: int = -1
    goes_ahead: bool = True
    waited: int = 0
    run_due: int | None = None
    moved: int | None = None
    prepaid: int = 0

    @property
    def day(self) -> int:
        """The order's date."""
        return self.issued if self.ordered is None else self.ordered

    @property
    def amount(self) -> int:
        """The amount in base currency."""
        return to_base(self.written, self.rate)

    @property
    def due_in_run(self) -> int:
        """The due date in the run."""
        return self.due + self.waited if self.run_due is None else self.run_due

    @property
    def moved_in_run(self) -> int:
        """By how many days entries moved that do not lie before the issue date."""
        return self.due_in_run - self.due if self.moved is None else self.moved


class Firing(NamedTuple):
    """A level fired on a day; `sale` is the place among the customer's sales, -1 of a trigger."""

    day: int
    level: int
    sale: int = -1
    opens: int = 0


@dataclass(frozen=True)
class Buyer:
    """A customer with its sales, in order of issue and id, and what happened to it in the run."""

    id: str
    sales: tuple[Sale, ...] = ()
    segment: str = ""
    industry: str = ""
    firings: tuple[Firing, ...] = ()
    reviews: int = 0
    grade: int = -1


@dataclass(frozen=True)
class World:
    """All customers in order of id, the window, and the words of the run."""

    buyers: tuple[Buyer, ...]
    options: Options = field(default_factory=lambda: Options(0, 100))
    has_orders_file: bool = False
    reasons: tuple[str, ...] = ("PAST_DUE", "OVER_LIMIT")
    levels: tuple[str, ...] = ("collection.L1", "collection.L2")
    owners: tuple[str, ...] = ("sales", "credit_manager")
    grades: tuple[str, ...] = ("A", "B")
    rows: tuple[tuple[str, str], ...] = (("order_check", "O10"), ("order_check", "O20"))

    @property
    def sales(self) -> list[Sale]:
        """All sales by customer."""
        return [sale for buyer in self.buyers for sale in buyer.sales]


def to_base(amount: int, rate: Fraction | None) -> int:
    """Return the amount in base currency, half away from zero."""
    return amount if rate is None else int(amount * rate + Fraction(1, 2))


def is_decided(sale: Sale, options: Options) -> bool:
    """Whether its order lies in the window."""
    return options.begins <= sale.day < options.ends


def exists(sale: Sale, options: Options) -> bool:
    """Whether its invoice is in the run."""
    if sale.day >= options.ends:
        return False
    return sale.goes_ahead or options.mode is Mode.OPEN or sale.day < options.begins


def snapshot_of(world: World) -> Snapshot:
    """Return the recorded side as columns."""
    sales = world.sales
    postings = [sorted(sale.postings, key=lambda one: (one.day, one.kind, one.id)) for sale in sales]
    flat = [posting for of_sale in postings for posting in of_sale]
    rates = sorted({sale.rate for sale in sales if sale.rate is not None})
    rate_of = [-1 if sale.rate is None else rates.index(sale.rate) for sale in sales]
    words = sorted({"", *(word for buyer in world.buyers for word in (buyer.segment, buyer.industry))})
    ids = sorted(sale.id for sale in sales)
    customer = [place for place, buyer in enumerate(world.buyers) for _ in buyer.sales]
    begins = _begins([len(buyer.sales) for buyer in world.buyers])
    in_order = _orders(world)
    return Snapshot(
        currency=Currency("CNY", 2),
        hash="0" * 64,
        has_orders_file=world.has_orders_file,
        quarantined=0,
        customer_ids=[buyer.id for buyer in world.buyers],
        invoice_ids=[sale.id for sale in sales],
        order_ids=[sales[place].id for place in in_order] if world.has_orders_file else [],
        words=words,
        versions=_columns(
            Versions, range(len(world.buyers) + 1), [-NEVER] * len(world.buyers), [-NEVER] * len(world.buyers)
        ),
        attributes={
            "segment": _column([words.index(buyer.segment) for buyer in world.buyers]),
            "industry": _column([words.index(buyer.industry) for buyer in world.buyers]),
        },
        invoices=_columns(
            Invoices,
            begins,
            customer,
            [sale.issued for sale in sales],
            [sale.due for sale in sales],
            [sale.day for sale in sales],
            [sale.issued for sale in sales],
            [sale.written for sale in sales],
            [sale.amount for sale in sales],
            rate_of,
            [ids.index(sale.id) for sale in sales],
            [in_order.index(place) for place in range(len(sales))] if world.has_orders_file else [-1] * len(sales),
        ),
        postings=_columns(
            Postings,
            _begins([len(of_sale) for of_sale in postings]),
            [one.day for one in flat],
            [one.day for one in flat],
            [one.kind for one in flat],
            [one.written for one in flat],
            [-NEVER] * len(flat),
            _ranks(flat),
        ),
        unapplied=_columns(Unapplied, [0] * (len(world.buyers) + 1), [], [], []),
        disputes=_columns(Disputes, [0] * (len(sales) + 1), [], [], []),
        promises=_columns(Promises, [0] * (len(sales) + 1), [], [], [], []),
        events=_columns(Events, [0] * (len(world.buyers) + 1), [], [], [], [], []),
        orders=_order_columns(world, in_order, rate_of, begins),
        standings=_columns(Standings, [0] * (len(world.buyers) + 1), [], [], [], [], []),
        rates=_rates(rates),
        groups=_columns(Groups, [-NEVER], [0] * len(world.buyers), [0] * len(world.buyers)),
    )


def trace_of(world: World) -> Trace:
    """Return the run's side as columns."""
    sales, options = world.sales, world.options
    in_order = _orders(world)
    customer = [place for place, buyer in enumerate(world.buyers) for _ in buyer.sales]
    decided = [place for place in in_order if is_decided(sales[place], options)]
    chosen = [sales[place] for place in decided]
    firings = [
        (place, firing.day, firing.level, firing.sale, firing.opens)
        for place, buyer in enumerate(world.buyers)
        for firing in buyer.firings
    ]
    return Trace(
        orders=_columns(
            DecidedOrders,
            [in_order.index(place) if world.has_orders_file else place for place in decided],
            [customer[place] for place in decided],
            [sale.day for sale in chosen],
            [sale.outcome for sale in chosen],
            [sale.reason for sale in chosen],
            [sale.hit for sale in chosen],
            [sale.day + sale.waited if exists(sale, options) else -NEVER for sale in chosen],
        ),
        invoices=_columns(
            ReplayedInvoices,
            [int(exists(sale, options)) for sale in sales],
            [sale.waited for sale in sales],
            [sale.due_in_run for sale in sales],
            [sale.moved_in_run for sale in sales],
            [sale.prepaid for sale in sales],
            [sale.day + sale.waited if sale.prepaid else -NEVER for sale in sales],
        ),
        firings=_columns(Firings, *([row[at] for row in firings] for at in range(5))),
        reviewed=_columns(Reviewed, [buyer.reviews for buyer in world.buyers], [buyer.grade for buyer in world.buyers]),
        reasons=world.reasons,
        rows=world.rows,
        levels=world.levels,
        owners=world.owners,
        grades=world.grades,
    )


def _orders(world: World) -> list[int]:
    """The places of sales by customer, in the order in which their orders are decided."""
    places = iter(range(len(world.sales)))
    found: list[int] = []
    for buyer in world.buyers:
        own = [(sale.day, sale.issued, sale.id, next(places)) for sale in buyer.sales]
        found.extend(one[-1] for one in sorted(own))
    return found


def _order_columns(world: World, in_order: Sequence[int], rate_of: Sequence[int], begins: Sequence[int]) -> Orders:
    sales = [world.sales[place] for place in in_order] if world.has_orders_file else []
    ids = sorted(sale.id for sale in sales)
    days = [sale.day for sale in sales]
    return _columns(
        Orders,
        begins if world.has_orders_file else [0] * len(begins),
        days,
        days,
        [sale.written for sale in sales],
        [sale.amount for sale in sales],
        [rate_of[place] for place in in_order] if world.has_orders_file else [],
        [ids.index(sale.id) for sale in sales],
    )


def _rates(rates: Sequence[Fraction]) -> Rates:
    # The currency of a rate says nothing here.
    return _columns(Rates, [0] * len(rates), [r.numerator for r in rates], [r.denominator for r in rates])


def _ranks(postings: Sequence[Posting]) -> list[int]:
    payments = sorted({one.id for one in postings if one.kind == PAYMENT})
    others = sorted({one.id for one in postings if one.kind != PAYMENT})
    return [(payments if one.kind == PAYMENT else others).index(one.id) for one in postings]


def _columns(of: Any, *columns: Sequence[int]) -> Any:
    return of(*(_column(column) for column in columns))


def _begins(lengths: Sequence[int]) -> list[int]:
    return [0, *accumulate(lengths)]


def _column(values: Sequence[int]) -> np.ndarray[Any, Any]:
    column = np.array(list(values), dtype=np.int64)
    column.flags.writeable = False
    return column
