"""Whether two snapshots hold the same, column by column."""

import numpy as np

from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import TEXTS, columns_of


def contents(snapshot: Snapshot) -> dict[str, object]:
    """Return everything that a snapshot holds, for `==`."""
    columns = {f"{table}.{name}": (column.shape, column.tolist()) for table, name, column in columns_of(snapshot)}
    texts = {name: list(getattr(snapshot, name)) for name in TEXTS}
    about = {name: getattr(snapshot, name) for name in ("currency", "hash", "has_orders_file", "quarantined")}
    return {**columns, **texts, **about}


def is_for_kernels(column: np.ndarray) -> bool:
    """Whether a kernel that was compiled for read-only contiguous columns takes it."""
    flags = column.flags
    return column.dtype == np.int64 and flags.c_contiguous and flags.aligned and not flags.writeable
