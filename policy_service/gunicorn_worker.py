"""The worker that gunicorn runs: one with more open connections than another lets that one accept first.

All workers wait at one listening socket, and whichever the system runs first accepts. One that is awake already often
accepts several times before another one runs, and then decides alone what two processors could: a connection stays
with its worker. So they tell each other how many connections they have, in memory that all of them share.
"""

import time
from array import array
from functools import cache
from mmap import mmap
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

#: More workers than there can be at a time, also while those before them end.
_PLACES: Final = 256
#: How long one that has more connections waits for the others to accept, in seconds.
_HEAD_START: Final = 0.002
#: What stands at a place that nobody has, and at one of a worker that does not accept.
_FREE, _CLOSED = 0, -1


class OpenConnections:
    """How many connections each of some processes has, told by each of its own; forked processes share it."""

    def __init__(self, places: int = _PLACES) -> None:
        # Of each place its connections and one: memory begins with nothing but zeros.
        self._told = memoryview(mmap(-1, places * array("q").itemsize)).cast("q")

    def take_place(self) -> int | None:
        """Return a place that nobody had, for somebody who does not accept yet; none where all are taken."""
        place = next((place for place, told in enumerate(self._told) if told == _FREE), None)
        if place is not None:
            self._told[place] = _CLOSED
        return place

    def tell(self, place: int, connections: int) -> None:
        """Say that somebody accepts connections, and how many there are."""
        self._told[place] = connections + 1

    def close(self, place: int) -> None:
        """Say that nobody accepts connections there, for now or any longer."""
        self._told[place] = _CLOSED

    def leave(self, place: int) -> None:
        """Give a place back."""
        self._told[place] = _FREE

    def are_fewer_elsewhere(self, place: int) -> bool:
        """Return whether somebody else who accepts connections has fewer of them."""
        own = self._told[place]
        return any(_FREE < told < own for told in self._told)


@cache
def _connections() -> OpenConnections:
    # Of the arbiter, which asks before it forks.
    return OpenConnections()


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn says nothing of its types
    """A worker with threads that shares connections evenly with the others of its arbiter."""

    _open = 0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take a place among the others: the arbiter makes a worker before it forks."""
        self._place = _connections().take_place()
        super().__init__(*arguments, **more)

    @property
    def nr_conns(self) -> int:
        """How many connections are open, as gunicorn counts them."""
        return self._open

    @nr_conns.setter
    def nr_conns(self, connections: int) -> None:
        self._open = connections
        self._tell()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin to accept connections, or accept no more: nobody waits for one that does not."""
        super().set_accept_enabled(enabled)
        self._tell()

    def accept(self, listener: Any) -> None:
        """Accept a connection, if none of those with fewer of them does within two milliseconds."""
        if self._place is not None and _connections().are_fewer_elsewhere(self._place):
            time.sleep(_HEAD_START)
        super().accept(listener)

    def leave(self) -> None:
        """Give the place back; the arbiter does that for a worker that has ended, in whatever way."""
        if self._place is not None:
            _connections().leave(self._place)

    def _tell(self) -> None:
        if self._place is None:
            return
        if getattr(self, "_accepting", False):
            _connections().tell(self._place, self._open)
        else:
            _connections().close(self._place)
