"""The pairs of English and Chinese sentences: an English line with its named values, and its Chinese indented below.

A value that is itself words stands in the English line with what it is: `{what:words}` is looked up among the words,
`{names:list}` is several joined by commas, `{where:region}` values of columns, `{found:said}` a sentence of its own,
`{plural:unsaid}` has no word in Chinese, `{why:free}` is what a person wrote, in as many sentences as they did. Any
other value stays as it is. Of a sentence that is made of parts, each way in which they come together has a pair; the
line with all its parts has `(as above)` for its Chinese.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parent / "sentences"
#: The pairs for values that are words.
WORDS_FILE: Final = "words"
HOLE: Final = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
_KEPT: Final = 3
#: Of an English line that only names what the pairs above it say in full.
AS_ABOVE: Final = "(as above)"
_SEVERAL: Final = re.compile(r"(?:\{\})+")


class Value(StrEnum):
    """What the value of a sentence is, and so how it is said in Chinese."""

    AS_IT_IS = ""
    WORDS = "words"
    LIST = "list"
    REGION = "region"
    SAID = "said"
    UNSAID = "unsaid"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence in both languages: its English is the pieces with a value between each two."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[Value, ...]
    chinese: str

    @property
    def shape(self) -> str:
        """Return the English with `{}` for each value, or for several that follow each other."""
        return shape("{}".join(self.pieces))


def shape(english: str) -> str:
    """Return an English line with `{}` for each value, or for several that follow each other."""
    return _SEVERAL.sub("{}", HOLE.sub("{}", english))


def pair(english: str, chinese: str) -> Pair:
    """Return the pair of two lines; ValueError for a value that the catalogue has no word for."""
    first, *rest = HOLE.split(english)
    names, kinds, pieces = rest[0::3], rest[1::3], rest[2::3]
    return Pair((first, *pieces), tuple(names), tuple(Value(kind or "") for kind in kinds), chinese)


def values_of(one: Pair, text: str) -> tuple[str, ...] | None:
    """Return the values with which the English of a pair is `text`; None where it is not.

    Each piece is found where it first stands, so that the time is that of reading the text.
    """
    first, *between = one.pieces
    if not between:
        return () if text == first else None
    if not text.startswith(first) or not text.endswith(between[-1]):
        return None
    start, end, found = len(first), len(text) - len(between[-1]), []
    for piece in between[:-1]:
        place = text.find(piece, start, end)
        if place < 0:
            return None
        found.append(text[start:place])
        start = place + len(piece)
    return (*found, text[start:end]) if start <= end else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Pairs, those with the most words of their own first, by how their English begins."""

    by_beginning: Mapping[str, tuple[Pair, ...]]

    def fitting(self, text: str) -> Iterator[tuple[Pair, tuple[str, ...]]]:
        """Yield the pairs whose English `text` is, with its values."""
        for one in (*self.by_beginning.get(text[:_KEPT], ()), *self.by_beginning.get("", ())):
            if (values := values_of(one, text)) is not None:
                yield one, values


def lines_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the English and the Chinese of each pair of a file; ValueError for a line without the other."""
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    for english, chinese in zip(lines[0::2], lines[1::2], strict=True):
        if english.startswith(" ") or not chinese.startswith("    "):
            raise ValueError(f"{file.name}: {english}")
        yield english, chinese.strip()


def files() -> list[Path]:
    """Return the files of the catalogue."""
    return sorted(_FOLDER.glob("*.txt"))


@cache
def sentences() -> Catalogue:
    """Return every sentence of the catalogue."""
    return _catalogue([file for file in files() if file.stem != WORDS_FILE])


@cache
def words() -> Catalogue:
    """Return the words that values of sentences are made of."""
    return _catalogue([file for file in files() if file.stem == WORDS_FILE])


def _catalogue(read: list[Path]) -> Catalogue:
    pairs = [pair(*line) for file in read for line in lines_of(file) if line[1] != AS_ABOVE]
    pairs.sort(key=lambda one: -sum(map(len, one.pieces)))
    by_beginning: dict[str, list[Pair]] = {}
    for one in pairs:
        is_short = len(one.pieces[0]) < _KEPT and len(one.pieces) > 1
        by_beginning.setdefault("" if is_short else one.pieces[0][:_KEPT], []).append(one)
    return Catalogue({beginning: tuple(found) for beginning, found in by_beginning.items()})
