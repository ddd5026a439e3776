"""The endpoints that need no key: how often an address may ask them."""

from collections.abc import Callable
from typing import Final

from flask import request

from policy_service.api.rate_limits import MinuteCounts

#: Of one address; probes, scrapes and the files of the documentation together.
PER_MINUTE: Final = 600


class OpenLimit:
    """The limit of one process; `elapsed` are seconds of a steady clock."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._counts = MinuteCounts(elapsed)

    def count(self) -> None:
        """Count the request under way; TooOften A429 if its address sent too many in this minute."""
        self._counts.count(("address", request.remote_addr or ""), PER_MINUTE)
