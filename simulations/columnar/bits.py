"""Which is the first of the bits of a word that are set: how a kernel leaps over many things that are not there."""

from typing import Any, Final

import numba
import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from simulations.columnar.compiled_functions import lean_kernel

#: The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_SIGNED: Final[Any] = np.int64


def _in_python(word: int) -> int:
    return (int(word) & -int(word)).bit_length() - 1


_trailing_zeros: Final[Any] = _in_python if _NUMBA.config.DISABLE_JIT else trailing_zeros


@lean_kernel
def first_bit(word: np.uint64) -> int:
    """Return the place of the first bit that is set, of a word of 64 of which one is."""
    found: int = _SIGNED(_trailing_zeros(word))
    return found
