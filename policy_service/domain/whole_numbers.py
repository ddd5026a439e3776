"""Whole numbers as people write them into forms, addresses and commands."""

from typing import Final

#: Longer numbers count nothing that people number, and some databases take none.
_MOST_DIGITS: Final = 9


def parse_whole_number(text: str) -> int | None:
    """Return the whole number that `text` writes in at most nine plain digits; none for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
