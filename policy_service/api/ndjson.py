"""A body of lines, read bit by bit: no line longer than is allowed is ever held whole."""

from collections.abc import Iterator
from typing import IO, Final

import msgspec
from werkzeug.exceptions import HTTPException

MEDIA_TYPE: Final = "application/x-ndjson"
#: The longest line, without its end.
LONGEST_LINE: Final = 64 * 1024
_BITE: Final = 8 * 1024


class BrokenOff(Exception):
    """The body ended before its end."""


class Line(msgspec.Struct, frozen=True):
    """A line by its number, counted from 1, without its end; of one that `is_too_long` there is the beginning."""

    number: int
    text: bytes
    is_too_long: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it."""
        return not self.text.strip()


def lines_of(stream: IO[bytes], length: int | None) -> Iterator[Line]:
    """Yield the lines of a body as they come in; BrokenOff where it ends before its end.

    `length` is what the request says of it. What stands behind the last line end is a line too, unless it is empty.
    """
    number, begun = 1, bytearray()
    for bite in _bites(stream, length):
        *ends, rest = bite.split(b"\n")
        for end in ends:
            yield _line(number, begun + end)
            number, begun = number + 1, bytearray()
        # Of a line that is too long enough is kept to tell.
        begun = (begun + rest)[: LONGEST_LINE + 1]
    if begun:
        yield _line(number, begun)


def _line(number: int, text: bytearray) -> Line:
    return Line(number, bytes(text[:LONGEST_LINE]).removesuffix(b"\r"), len(text) > LONGEST_LINE)


def _bites(stream: IO[bytes], length: int | None) -> Iterator[bytes]:
    got = 0
    # Servers, and Werkzeug, have their own ways to say that a client has gone.
    try:
        while bite := stream.read(_BITE):
            got += len(bite)
            yield bite
    except (OSError, ValueError, HTTPException) as error:
        raise BrokenOff from error
    if length is not None and got < length:
        raise BrokenOff
