"""Work on plain threads each of which has a desk of its own, made once and used for one piece after the other."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Desk = TypeVar("Desk")
Piece = TypeVar("Piece")
Result = TypeVar("Result")


def at_own_desks(
    threads: int, desk: Callable[[], Desk], do: Callable[[Desk, Piece], Result], pieces: Iterable[Piece]
) -> list[Result]:
    """Return what `do` makes of each piece, in their order; no two threads ever work at one desk.

    One thread is the one that asks.
    """
    if threads == 1:
        only = desk()
        return [do(only, piece) for piece in pieces]
    free: SimpleQueue[Desk] = SimpleQueue()
    for _ in range(threads):
        free.put(desk())

    def at_a_free_one(piece: Piece) -> Result:
        own = free.get()
        try:
            return do(own, piece)
        finally:
            free.put(own)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(at_a_free_one, pieces))
