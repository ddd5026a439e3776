"""How the process holds memory: what was let go is handed out again, as the system clears every page that it gives."""

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: What glibc's `mallopt` calls its settings.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENAS = -1, -3, -8
#: Arrays of a chunk are smaller than what is mapped by itself; what they leave stays with the process up to the limit.
_SETTINGS: Final = ((_ARENAS, 1), (_MMAP_THRESHOLD, 32 * 2**20), (_TRIM_THRESHOLD, 2**29))


#: So many more objects are there when garbage is looked for.
_SELDOM: Final = 1_000_000


def keep_memory() -> None:
    """Have memory that arrays leave kept for the next ones, by all threads together, as far as the C library can.

    A run makes its large arrays anew for every chunk. The most that it holds at a time does not grow by it.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for setting, value in _SETTINGS:
            set_option(setting, value)


def without_algebra_threads() -> None:
    """Have numpy begin no threads for linear algebra, of which no run does any, if it is not loaded yet.

    Each has memory of its own, and keeps a processor busy for a while before it waits.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have garbage looked for seldom: nearly all that a run makes is let go without, and what it loads stays."""
    often = gc.get_threshold()
    gc.set_threshold(_SELDOM, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
