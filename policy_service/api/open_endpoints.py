"""The endpoints that need no key: how often an address may ask them."""

import math
import time
from typing import Final

from flask import request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from policy_service.api.rate_limits import TooOften

#: Of one address; probes, scrapes and the files of the documentation together.
PER_MINUTE: Final = 600


class OpenLimit:
    """The counts of one process."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._limit = RateLimitItemPerMinute(per_minute)
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    def count(self) -> None:
        """Count the request under way; TooOften A429 if its address sent too many in this minute."""
        address = request.remote_addr or ""
        if not self._counts.hit(self._limit, address):
            window = self._counts.get_window_stats(self._limit, address)
            raise TooOften(max(1, math.ceil(window.reset_time - time.time())))
