"""What every connection of ours to other systems is held to: a deadline for all its steps, and whom it trusts."""

import ssl
from collections.abc import Callable

import certifi
import httpcore


class Deadline:
    """When what is under way must have ended; `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds = 0.0
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Let `seconds` from now be the end."""
        self._seconds = seconds
        self._until = self._clock() + seconds

    def left(self, at_most: float | None, late: type[httpcore.TimeoutException]) -> float:
        """Return the seconds that are left, `at_most` these; raises `late` when none are."""
        left = self._until - self._clock()
        if left <= 0:
            raise late(f"no end after {self._seconds:.0f} s")
        return left if at_most is None else min(left, at_most)


def trusted_certificates() -> ssl.SSLContext:
    """Return a new context of connections: authorities of the system and those that ship with certifi."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
