"""Turns in the order of asking: who came first goes first, and nobody who comes back at once goes before the others."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


class Turns:
    """One at a time, in the order in which they came; a plain lock lets a busy thread take it again and again."""

    def __init__(self) -> None:
        self._guard: Final = threading.Lock()
        self._waiting: Final[deque[threading.Lock]] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self, patience: float) -> Iterator[bool]:
        """Give one's turn, or False if it did not come within `patience` seconds; then one goes without."""
        has_turn = self._take(patience)
        try:
            yield has_turn
        finally:
            if has_turn:
                self._pass_on()

    def _take(self, patience: float) -> bool:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=patience):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        # It came between giving up and saying so.
        return True

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
