"""How the process holds memory: what was let go is handed out again, as the system clears every page that it gives."""

import ctypes
from typing import Final

#: What glibc's `mallopt` calls its settings.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENAS = -1, -3, -8
#: Arrays of a chunk are smaller than what is mapped by itself; what they leave stays with the process up to the limit.
_SETTINGS: Final = ((_ARENAS, 1), (_MMAP_THRESHOLD, 32 * 2**20), (_TRIM_THRESHOLD, 2**29))


def keep_memory() -> None:
    """Have memory that arrays leave kept for the next ones, by all threads together, as far as the C library can.

    A run makes its large arrays anew for every chunk. The most that it holds at a time does not grow by it.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for setting, value in _SETTINGS:
            set_option(setting, value)
