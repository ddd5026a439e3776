"""Tables of columns as records for kernels: one array each, where every column would be an array of its own.

A kernel takes longer to compile, and longer to be called, with every array that it is handed. What reads
`table.column[place]` reads a record as it reads a column.
"""

from typing import Any, Final, TypeVar, cast

import numba
import numpy as np

#: The border to a library of which only a part is typed.
_NUMBA: Final[Any] = numba
_Table = TypeVar("_Table", bound=tuple[object, ...])


def records(table: _Table) -> _Table:
    """Return a named tuple of columns as an array of records of the same names.

    All are of one length, but for `begins`, which divides the others and is left out. Where
    kernels are not compiled the table itself, which Python reads faster.
    """
    if _NUMBA.config.DISABLE_JIT:
        return table
    columns = {name: column for name, column in cast("Any", table)._asdict().items() if name != "begins"}
    made = np.empty(len(next(iter(columns.values()))), dtype=[(name, np.int64) for name in columns])
    for name, column in columns.items():
        made[name] = column
    return cast("_Table", made)
