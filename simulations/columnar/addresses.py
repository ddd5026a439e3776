"""Named tuples put side by side in memory: as many as the data say, and each known to kernels by its address.

A compiled function is of the types that it is handed, so that no list of tuples can be handed to it. Each tuple is put
into an array of words, and a kernel makes a pointer of its address. The words hold what the tuple's arrays are, not the
arrays: whoever calls the kernel keeps the tuples.
"""

from collections.abc import Sequence
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt
from numba.core import types
from numba.extending import intrinsic

from simulations.columnar.compiled_functions import kernel
from simulations.columnar.pointers import Pointer

# The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_INTRINSIC: Final[Any] = intrinsic
_TYPES: Final[Any] = types
_WORD: Final = 8


def _put(typingctx: Any, table: Any, place: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def store(context: Any, builder: Any, _: Any, values: Any) -> Any:
        kept = context.get_value_type(table)
        builder.store(values[0], builder.inttoptr(values[1], kept.as_pointer()))
        return context.get_constant(_TYPES.int64, 0)

    return _TYPES.int64(table, _TYPES.int64), store


def _words_of(typingctx: Any, table: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def measure(context: Any, _: Any, __: Any, ___: Any) -> Any:
        size = context.get_abi_sizeof(context.get_value_type(table))
        return context.get_constant(_TYPES.int64, -(-size // _WORD))

    return _TYPES.int64(table), measure


def _at_address(typingctx: Any, like: Any, address: Any) -> Any:  # noqa: ARG001 - what Numba looks for by this name
    def point(context: Any, builder: Any, _: Any, values: Any) -> Any:
        return builder.inttoptr(values[1], context.get_value_type(like))

    return (like(like, _TYPES.int64), point) if isinstance(like, Pointer) else None


def _object_at(like: object, address: object) -> object:  # noqa: ARG001 - of the type of which compiled code is told
    return address


_put_at: Final[Any] = _INTRINSIC(_put)
_size: Final[Any] = _INTRINSIC(_words_of)

#: Return a pointer to the tuple at an address, like the pointer that is handed over: called in a kernel.
at_address: Final[Any] = _object_at if _NUMBA.config.DISABLE_JIT else _INTRINSIC(_at_address)


@kernel
def _put_down(table: Any, address: int) -> int:
    if address:
        _put_at(table, address)
    return int(_size(table))


def no_address() -> npt.NDArray[Any]:
    """Return room for one address; in it stands none."""
    return addresses_for(1)


def addresses_for(count: int) -> npt.NDArray[Any]:
    """Return room for so many addresses."""
    return np.empty(count, dtype=object) if _NUMBA.config.DISABLE_JIT else np.zeros(count, dtype=np.int64)


def side_by_side(tables: Sequence[object]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the addresses of tuples of one type, and the memory that they stand in, to be kept as the tuples are."""
    addresses = addresses_for(len(tables))
    if _NUMBA.config.DISABLE_JIT or not tables:
        for place, table in enumerate(tables):
            addresses[place] = table
        return addresses, np.zeros(0, dtype=np.int64)
    words = _put_down(tables[0], 0)
    memory = np.zeros(words * len(tables), dtype=np.int64)
    for place, table in enumerate(tables):
        addresses[place] = memory.ctypes.data + place * words * _WORD
        _put_down(table, int(addresses[place]))
    return addresses, memory
