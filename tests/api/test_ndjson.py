"""Lines are read as they come in, none held whole that is longer than allowed, and a body that breaks off says so."""

import io

import pytest

from policy_service.api.ndjson import LONGEST_LINE, BrokenOff, Line, lines_of

LONG = b"x" * LONGEST_LINE


class Bits(io.RawIOBase):
    """A stream that gives its bits one after the other, and then perhaps fails."""

    def __init__(self, *bits: bytes, error: Exception | None = None) -> None:
        self._bits = list(bits)
        self._error = error
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        """Give the next bit."""
        self.asked = max(self.asked, size)
        if not self._bits and self._error:
            raise self._error
        return self._bits.pop(0) if self._bits else b""


def texts(*bits: bytes) -> list[tuple[int, bytes]]:
    return [(line.number, line.text) for line in lines_of(Bits(*bits), None)]


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        ([], []),
        ([b"a"], [(1, b"a")]),
        ([b"a\n"], [(1, b"a")]),
        ([b"a\nb"], [(1, b"a"), (2, b"b")]),
        ([b"a\r\nb\r\n"], [(1, b"a"), (2, b"b")]),
        ([b"\n\n"], [(1, b""), (2, b"")]),
        ([b"a", b"b", b"\n", b"c\nd", b"e\n"], [(1, b"ab"), (2, b"c"), (3, b"de")]),
        ([b"\xe5\xae", b"\xa2\n"], [(1, "客".encode())]),
    ],
)
def test_lines_are_cut_at_their_ends_wherever_the_bits_end(
    bits: list[bytes], expected: list[tuple[int, bytes]]
) -> None:
    assert expected == texts(*bits)


@pytest.mark.parametrize(("text", "is_too_long"), [(LONG, False), (LONG + b"x", True), (LONG * 3, True)])
def test_a_line_that_is_too_long_says_so_and_the_next_is_read(text: bytes, is_too_long: bool) -> None:
    bits = [text[start : start + 1000] for start in range(0, len(text), 1000)]
    first, second = lines_of(Bits(*bits, b"\nnext\n"), None)
    assert (is_too_long, LONGEST_LINE) == (first.is_too_long, len(first.text))
    assert Line(2, b"next") == second


def test_it_asks_for_little_at_a_time() -> None:
    stream = Bits(b"a\n")
    list(lines_of(stream, None))
    assert stream.asked <= 8 * 1024


@pytest.mark.parametrize("error", [OSError("reset"), ValueError("chunk")])
def test_a_stream_that_fails_has_broken_off(error: Exception) -> None:
    lines = lines_of(Bits(b"a\nb", error=error), None)
    assert Line(1, b"a") == next(lines)
    with pytest.raises(BrokenOff):
        next(lines)


def test_a_body_shorter_than_it_said_has_broken_off() -> None:
    lines = lines_of(Bits(b"a\n"), 3)
    assert Line(1, b"a") == next(lines)
    with pytest.raises(BrokenOff):
        next(lines)
