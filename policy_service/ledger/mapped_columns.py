"""Where a ledger column comes from in a file of another shape, and how its dates are written there."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

#: Takes the cell of a ledger column out of a row of the file.
CellGetter: TypeAlias = Callable[[Sequence[str]], str]

ISO_FORMAT: Final = "YYYY-MM-DD"
#: The date formats a mapping may name, as patterns of year, month and day.
DATE_FORMATS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        ISO_FORMAT: re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
        "YYYY/MM/DD": re.compile(r"(?P<y>[0-9]{4})/(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})"),
        "YYYYMMDD": re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
        "DD.MM.YYYY": re.compile(r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})"),
        "DD/MM/YYYY": re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})"),
        "MM/DD/YYYY": re.compile(r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})"),
    }
)
_DATE_COLUMNS: Final = frozenset({"issue_date", "due_date", "order_date", "posted_on", "date", "since", "valid_from"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A column with a prefix, or a constant text."""

    column: str = ""
    prefix: str = ""
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a ledger column comes from: the first piece that is not empty."""

    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return tuple(piece.column for piece in self.pieces if piece.column)

    def __str__(self) -> str:
        return " or ".join(self.columns) or f'"{self.pieces[0].constant}"'


def cell_getter(column: str, source: Source, header: Sequence[str], date_format: str) -> CellGetter:
    """Return what takes the cell of `column` out of a row under `header`; a date comes out in ISO format."""
    get = _text_getter(source, header)
    if column not in _DATE_COLUMNS or date_format == ISO_FORMAT:
        return get
    return lambda row: iso_day(get(row), date_format)


def iso_day(text: str, date_format: str) -> str:
    """Return a day in ISO format; of a text in any other than `date_format` one that no reader takes for a day."""
    if not text:
        return ""
    parts = DATE_FORMATS[date_format].fullmatch(text)
    if not parts:
        return f"{text} (not {date_format})"
    return f"{parts['y']}-{parts['m']:0>2}-{parts['d']:0>2}"


def _text_getter(source: Source, header: Sequence[str]) -> CellGetter:
    pieces = [(header.index(piece.column) if piece.column else -1, piece) for piece in source.pieces]
    if len(pieces) == 1 and pieces[0][1].column and not pieces[0][1].prefix:
        place = pieces[0][0]
        return lambda row: row[place]

    def first_filled(row: Sequence[str]) -> str:
        for place, piece in pieces:
            if not piece.column:
                return piece.constant
            if row[place]:
                return piece.prefix + row[place]
        return ""

    return first_filled
