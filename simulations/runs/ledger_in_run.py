"""What the service would know of a customer and its group when a run decided an order: a ledger, and their orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.domain.entries import Ledger
from policy_service.facts.customer_day import OrderDecisions
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moment
from simulations.runs.history_in_run import HistoryInRun
from simulations.runs.orders_in_run import OrdersInRun, orders_in_run


@dataclass(frozen=True, slots=True)
class LedgerInRun:
    """A ledger of all whose entries a decision may read, and what decisions made of their orders before."""

    ledger: Ledger
    orders: OrderDecisions


def ledger_in_run(snapshot: Snapshot, moment: Moment) -> LedgerInRun:
    """Return what is known of the customer of a moment, and of the others of its group where these count."""
    histories = [HistoryInRun(snapshot, one) for one in (moment, *moment.others)]
    orders = [orders_in_run(own) for own in histories]
    names = [own.customer_id for own in histories]
    known = [own.history(of.rows, of.amounts) for own, of in zip(histories, orders, strict=True)]
    rates = {key: rate for own in histories for key, rate in own.rates.items()}
    ledger = Ledger(
        snapshot.currency,
        dict(sorted(zip(names, known, strict=True))),
        tuple(rates[key] for key in sorted(rates)),
        snapshot.has_orders_file,
        dict.fromkeys(names, min(names)),
    )
    return LedgerInRun(ledger, _decisions(names, orders))


def _decisions(names: Sequence[str], orders: Sequence[OrdersInRun]) -> OrderDecisions:
    # The state that a ledger says of an order is not read.
    return OrderDecisions(
        frozenset(name for of in orders for name in of.stopped),
        frozenset(name for of in orders for name in of.earlier_today),
        {name: tuple(of.live) for name, of in zip(names, orders, strict=True) if of.live},
        reads_states=False,
    )
