"""Whole columns written by kernels that make no arrays: place by place, as such a kernel has to."""

import numpy as np
import numpy.typing as npt

from simulations.columnar.compiled_functions import lean_kernel


@lean_kernel
def fill(column: npt.NDArray[np.int64], value: int, length: int) -> None:
    """Put a value at so many places of a column."""
    for place in range(length):
        column[place] = value


@lean_kernel
def fill_row(table: npt.NDArray[np.int64] | npt.NDArray[np.uint8], row: int, value: int, length: int) -> None:
    """Put a value at so many places of a row."""
    for place in range(length):
        table[row, place] = value


@lean_kernel
def copy(source: npt.NDArray[np.int64], into: npt.NDArray[np.int64]) -> None:
    """Put a column's values into one that is as long."""
    for place in range(len(source)):
        into[place] = source[place]
