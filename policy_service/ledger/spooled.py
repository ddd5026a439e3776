"""A list that keeps its first items in memory and the others in a file that nobody else sees: it may be very long."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Final, Generic, TypeVar, overload
from weakref import finalize

import msgspec

Item = TypeVar("Item")

#: So many items are held, and as many are written at once.
_HELD: Final = 10_000


class Spooled(Sequence[Item], Generic[Item]):
    """Items of one kind, a frozen dataclass, in the order in which they were appended.

    The file is made when it is needed, has no name, and is gone with the list. OSError if the disk is full.
    """

    def __init__(self, kind: type[Item], items: Iterable[Item] = ()) -> None:
        self._reader = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]  # it is known only here
        self._first: list[Item] = []
        self._latest: list[Item] = []
        self._ends = array("Q", [0])
        for item in items:
            self.append(item)

    def append(self, item: Item) -> None:
        """Add an item at the end."""
        if len(self._first) < _HELD:
            self._first.append(item)
            return
        self._latest.append(item)
        if len(self._latest) == _HELD:
            self._write()

    def __len__(self) -> int:
        return len(self._first) + _HELD * (len(self._ends) - 1) + len(self._latest)

    def __iter__(self) -> Iterator[Item]:
        written = (self._written(number) for number in range(len(self._ends) - 1))
        return chain(self._first, chain.from_iterable(written), self._latest)

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        if place < len(self._first):
            return self._first[place]
        number, within = divmod(place - len(self._first), _HELD)
        return self._written(number)[within] if number < len(self._ends) - 1 else self._latest[within]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == its for one, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it may grow

    def __repr__(self) -> str:
        return f"Spooled of {len(self)}: {self._first[:3]}"

    def _write(self) -> None:
        file = self._spool
        file.seek(self._ends[-1])
        file.write(msgspec.msgpack.encode(self._latest))
        self._ends.append(file.tell())
        self._latest.clear()

    def _written(self, number: int) -> list[Item]:
        begin, end = self._ends[number], self._ends[number + 1]
        self._spool.seek(begin)
        return self._reader.decode(self._spool.read(end - begin))

    @cached_property
    def _spool(self) -> IO[bytes]:
        file = TemporaryFile()  # noqa: SIM115  # it is closed with the list
        finalize(self, file.close)
        return file
