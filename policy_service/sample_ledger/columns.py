"""NumPy arrays to the columns of a ledger file: ids, dates and exact amounts as Arrow arrays."""

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Reals: TypeAlias = NDArray[np.float64]


def ids(prefix: str, numbers: Integers) -> pa.Array:
    """Return `prefix` and each number, padded to nine digits."""
    padded = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width=9, padding="0")
    return pc.binary_join_element_wise(pa.scalar(prefix), padded, pa.scalar(""))


def days(numbers: Integers, present: Flags | None = None) -> pa.Array:
    """Return days since 1970-01-01 as dates; empty where `present` says no."""
    mask = None if present is None else ~present
    return pa.array(numbers.astype(np.int32), mask=mask).cast(pa.date32())


def amounts(minor: Integers) -> pa.Array:
    """Return minor units as exact decimals with two places, without a detour over floats."""
    wide = np.empty((len(minor), 2), dtype=np.int64)
    wide[:, 0] = minor
    wide[:, 1] = minor >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(minor), [None, pa.py_buffer(wide.tobytes())])


def names(choices: tuple[str, ...], chosen: Integers) -> pa.Array:
    """Return the chosen texts."""
    return pa.DictionaryArray.from_arrays(pa.array(chosen.astype(np.int32)), pa.array(choices)).cast(pa.string())


def blank_where(values: pa.Array, blank: Flags) -> pa.Array:
    """Return `values` with an empty cell where `blank` says so."""
    return pc.if_else(pa.array(blank), pa.scalar(None, values.type), values)
