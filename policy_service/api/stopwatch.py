"""How long a question takes, from where it comes in."""

import time
from collections.abc import Callable


def started() -> Callable[[], int]:
    """Return what tells the microseconds since now."""
    begun = time.perf_counter_ns()
    return lambda: (time.perf_counter_ns() - begun) // 1_000
