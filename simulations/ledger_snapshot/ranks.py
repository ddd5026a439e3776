"""The place of each id among all ids of its table, by code point."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulations.ledger_snapshot.columns import Column


def ranks(ids: pa.LargeStringArray) -> Column:
    """Return the place of each id among all of them; Arrow sorts UTF-8, whose order is that of code points."""
    return _places(pc.sort_indices(ids).to_numpy())


def ranks_by_kind(ids: pa.LargeStringArray, kinds: Column, kinds_there_are: Sequence[int]) -> Column:
    """Return the place of each id among those of its kind."""
    places = np.empty(len(ids), dtype=np.int64)
    for kind in kinds_there_are:
        of_kind = (kinds == kind).nonzero()[0]
        places[of_kind] = ranks(ids if len(of_kind) == len(ids) else ids.take(pa.array(of_kind)))
    return places


def _places(order: Column) -> Column:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places
