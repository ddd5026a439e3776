"""How often: so many requests a minute for each key, and for each address so many refused and so many open ones.

The counts are our own. Those of Flask-Limiter, kept in memory, are swept by a thread that it starts every ten
milliseconds, which costs a request a tenth of a millisecond; these are dropped whole when their minute is over.
"""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from policy_service.domain.errors import AccessError
from policy_service.services.actor import Actor
from policy_service.settings import Settings

#: Requests without a valid key, from one address.
REFUSED_PER_MINUTE: Final = 60
_MINUTE: Final = 60.0


class TooOften(AccessError):
    """More requests in a minute than are allowed; `again_after` are the seconds until the next minute."""

    def __init__(self, again_after: int) -> None:
        super().__init__("A429", "Too many requests in one minute.", remedy="Ask again later, and more slowly.")
        self.again_after = again_after


class MinuteCounts:
    """What each asked within the minute under way, in one process, shared by its threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._begun = clock()
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, who: tuple[str, str], most: int) -> None:
        """Count one more for `who`; TooOften A429 if that is more than `most` in this minute."""
        with self._lock:
            gone = self._clock() - self._begun
            if gone >= _MINUTE:
                self._begun += gone - gone % _MINUTE
                self._counts.clear()
            counted = self._counts.get(who, 0)
            if counted < most:
                self._counts[who] = counted + 1
                return
        raise TooOften(math.ceil(_MINUTE - gone % _MINUTE))


class RateLimits:
    """The limits of one process; each of several processes takes its share of one."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = settings.rate_limit_per_minute
        self._processes = settings.web_concurrency
        self._counts = MinuteCounts(clock)

    def count(self, actor: Actor) -> None:
        """Count a request of the key; TooOften A429 if it was one too many in this minute."""
        self._count(("key", actor.key_id or ""), actor.requests_per_minute or self._per_minute)

    def count_refused(self, address: str) -> None:
        """Count a request without a valid key; TooOften A429 if its address sent too many in this minute."""
        self._count(("address", address), REFUSED_PER_MINUTE)

    def _count(self, who: tuple[str, str], per_minute: int) -> None:
        self._counts.count(who, math.ceil(per_minute / self._processes))
