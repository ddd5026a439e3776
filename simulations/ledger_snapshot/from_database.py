"""The ledger that the service keeps as a snapshot, as it was known after a posting."""

from collections.abc import Callable
from typing import Final, TypeAlias

from policy_service.storage.ledger_store import LedgerStore
from simulations.ledger_snapshot.gathering import SnapshotUnderWay
from simulations.ledger_snapshot.snapshot import Snapshot

#: So many customers are read at a time: what bounds the memory that entries take.
AT_A_TIME: Final = 500

#: Told how many customers were read, and of how many.
Progress: TypeAlias = Callable[[int, int], None]


def snapshot_of_store(
    store: LedgerStore, through: int | None = None, progress: Progress | None = None, at_a_time: int = AT_A_TIME
) -> Snapshot:
    """Return the stored ledger as it was known after the posting `through`, the last for none.

    Its hash is that of the snapshot of the files, if these are all that was stored. `quarantined` are the rows that
    the imports until then left out. StorageError S209 before anything was stored.
    """
    head = store.head() if through is None else through
    frame = store.load_frame(through=head)
    under_way = SnapshotUnderWay(frame.base_currency, frame.rates, has_orders_file=frame.has_orders_file)
    customer_ids = store.customer_ids(head)
    for begin in range(0, len(customer_ids), at_a_time):
        under_way.add(store.load_histories(customer_ids[begin : begin + at_a_time], head))
        if progress:
            progress(min(begin + at_a_time, len(customer_ids)), len(customer_ids))
    return under_way.snapshot(quarantined=store.left_out(head))
