"""Checks of policy texts that a process has made: each text is checked once, and one text at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from policy_service.domain.errors import RequestError

#: As many are kept: what was found in a large table takes megabytes.
_CAPACITY: Final = 8
#: A check of a large text takes seconds of the processor: those that wait longer hold threads that decide orders.
_SECONDS_TO_WAIT: Final = 5.0

Made = TypeVar("Made")


class ChecksMade(Generic[Made]):
    """What was found in texts, by what tells each from every other; threads share it."""

    def __init__(self, seconds_to_wait: float = _SECONDS_TO_WAIT) -> None:
        self._seconds_to_wait = seconds_to_wait
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def of(self, text: str, make: Callable[[], Made]) -> Made:
        """Return what was found in a text, or find it; RequestError R476 where others are checked for too long."""
        found = self._found(text)
        if found is not None:
            return found
        if not self._turn.acquire(timeout=self._seconds_to_wait):
            raise RequestError(
                "R476", "Another text is being checked, and takes its time.", remedy="Ask again in some seconds."
            )
        try:
            found = self._found(text)
            return self._keep(text, make()) if found is None else found
        finally:
            self._turn.release()

    def _found(self, text: str) -> Made | None:
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
            return self._kept.get(text)

    def _keep(self, text: str, found: Made) -> Made:
        with self._lock:
            self._kept[text] = found
            while len(self._kept) > _CAPACITY:
                self._kept.popitem(last=False)
        return found
