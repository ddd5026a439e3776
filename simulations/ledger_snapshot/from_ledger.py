"""A ledger in memory as a snapshot."""

from typing import Final

from policy_service.domain.entries import Ledger
from simulations.ledger_snapshot.gathering import SnapshotUnderWay
from simulations.ledger_snapshot.snapshot import Snapshot

#: So many customers are turned into columns at a time.
_AT_A_TIME: Final = 2_000


def snapshot_of(ledger: Ledger, quarantined: int = 0) -> Snapshot:
    """Return the ledger as columns; `quarantined` are the rows that its import left out.

    FactError F101 for an entry in a currency without a rate, SnapshotError S301 for a number beyond 64 bits.
    """
    under_way = SnapshotUnderWay(ledger.base_currency, ledger.rates, has_orders_file=ledger.has_orders_file)
    add_histories(under_way, ledger)
    return under_way.snapshot(ledger.roots, quarantined)


def add_histories(under_way: SnapshotUnderWay, ledger: Ledger) -> None:
    """Add the histories of the ledger, some at a time."""
    histories = [ledger.histories[name] for name in sorted(ledger.histories)]
    for begin in range(0, len(histories), _AT_A_TIME):
        under_way.add(histories[begin : begin + _AT_A_TIME])
