"""What the service would know of a customer and its group when a run decided an order: a ledger, and their orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.domain.entries import Ledger
from policy_service.facts.customer_day import OrderDecisions
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moment
from simulations.runs.codes_of_rates import CodesOfRates
from simulations.runs.entries_of_customer import EntriesOfCustomer
from simulations.runs.history_in_run import HistoryInRun
from simulations.runs.orders_in_run import OrdersInRun, orders_in_run


@dataclass(frozen=True, slots=True)
class LedgerInRun:
    """A ledger of all whose entries a decision may read, and what decisions made of their orders before."""

    ledger: Ledger
    orders: OrderDecisions


class LedgersInRun:
    """The ledgers of one snapshot at moments of a run; what of a customer's entries they have in common is kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._entries: dict[int, EntriesOfCustomer] = {}

    def at(self, moment: Moment) -> LedgerInRun:
        """Return what is known of the customer of a moment, and of the others of its group where these count."""
        codes = CodesOfRates(self._snapshot)
        histories = [HistoryInRun(self._of(one), one, codes) for one in (moment, *moment.others)]
        return _ledger(self._snapshot, histories, codes)

    def _of(self, moment: Moment) -> EntriesOfCustomer:
        found = self._entries.get(moment.customer)
        if found is None:
            found = self._entries[moment.customer] = EntriesOfCustomer(self._snapshot, moment.customer)
        return found


def _ledger(snapshot: Snapshot, histories: Sequence[HistoryInRun], codes: CodesOfRates) -> LedgerInRun:
    orders = [orders_in_run(own) for own in histories]
    names = [own.customer_id for own in histories]
    known = [own.history(of.rows, of.amounts) for own, of in zip(histories, orders, strict=True)]
    ledger = Ledger(
        snapshot.currency,
        dict(sorted(zip(names, known, strict=True))),
        tuple(codes.rates),
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
