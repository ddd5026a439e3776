"""Texts that stand in an Arrow column, each read when it is asked for."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from simulations.ledger_snapshot.columns import Column

_AT_A_TIME: Final = 10_000


class Texts(Sequence[str]):
    """Texts by number; equal to any other sequence of the same texts. Slices copy nothing."""

    __slots__ = ("column",)

    def __init__(self, column: pa.LargeStringArray) -> None:
        self.column = column

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> "Texts": ...

    def __getitem__(self, place: int | slice) -> "str | Texts":
        if isinstance(place, slice):
            return Texts(self.column[place])
        text: str = self.column[place].as_py()
        return text

    def __len__(self) -> int:
        return len(self.column)

    def __iter__(self) -> Iterator[str]:
        for begin in range(0, len(self), _AT_A_TIME):
            yield from self.column[begin : begin + _AT_A_TIME].to_pylist()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return bool(self.column.equals(other.column))
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Texts({list(self[:5])}{', ...' if len(self) > 5 else ''})"


class PickedTexts(Sequence[str]):
    """Those of other texts that stand at these places; each is looked up when it is asked for, and none is copied."""

    __slots__ = ("_places", "_texts")

    def __init__(self, texts: Sequence[str], places: Column) -> None:
        self._texts = texts
        self._places = places

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> "PickedTexts": ...

    def __getitem__(self, place: int | slice) -> "str | PickedTexts":
        if isinstance(place, slice):
            return PickedTexts(self._texts, self._places[place])
        return self._texts[int(self._places[place])]

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        # Most of those that are picked stand side by side.
        places = self._places
        edges = np.flatnonzero(np.diff(places) != 1) + 1
        for first, last in pairwise([0, *edges.tolist(), len(places)]):
            if first < last:
                yield from self._texts[int(places[first]) : int(places[last - 1]) + 1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"PickedTexts({list(self[:5])}{', ...' if len(self) > 5 else ''})"


def bytes_of(column: pa.LargeStringArray) -> tuple[Column, npt.NDArray[np.uint8]]:
    """Return where each text of the column begins, with an end after the last, and the bytes of all; copy nothing."""
    _, offsets, texts = column.buffers()
    if not len(column):
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    begins = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    return begins, np.frombuffer(texts or b"", dtype=np.uint8)


def text_column(texts: Iterable[str]) -> pa.LargeStringArray:
    """Return the texts as an Arrow column."""
    return pa.array(texts, type=pa.large_string())
