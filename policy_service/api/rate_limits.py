"""How often: so many requests a minute for each key, and so many refused ones for each address.

The counts are kept in the process. The library made for this starts a thread every ten milliseconds to sweep its
counts, which costs a request a tenth of a millisecond; these are swept when their minute is over.
"""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from policy_service.domain.errors import AccessError
from policy_service.services.actor import Actor
from policy_service.settings import Settings

#: Requests without a key that counts, from one address.
REFUSED_PER_MINUTE: Final = 60
_MINUTE: Final = 60.0


class TooOften(AccessError):
    """More requests in a minute than are allowed; `again_after` are the seconds until the next minute."""

    def __init__(self, again_after: int) -> None:
        super().__init__("A429", "Too many requests in one minute.", remedy="Ask again later, and more slowly.")
        self.again_after = again_after


class RateLimits:
    """The counts of one process, shared by its threads; each of several processes takes its share of a limit."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = settings.rate_limit_per_minute
        self._processes = settings.web_concurrency
        self._clock = clock
        self._lock = Lock()
        self._begun = clock()
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, actor: Actor) -> None:
        """Count a request of the key; TooOften A429 if it was one too many in this minute."""
        self._count(("key", actor.key_id or ""), actor.requests_per_minute or self._per_minute)

    def count_refused(self, address: str) -> None:
        """Count a request without a key that counts; TooOften A429 if its address sent too many in this minute."""
        self._count(("address", address), REFUSED_PER_MINUTE)

    def _count(self, who: tuple[str, str], per_minute: int) -> None:
        with self._lock:
            gone = self._clock() - self._begun
            if gone >= _MINUTE:
                self._begun += gone - gone % _MINUTE
                self._counts.clear()
            counted = self._counts.get(who, 0)
            if counted < math.ceil(per_minute / self._processes):
                self._counts[who] = counted + 1
                return
        raise TooOften(math.ceil(_MINUTE - gone % _MINUTE))
