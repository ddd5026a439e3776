"""Files read row by row as texts: CSV here; workbooks and Parquet are handed to their own readers."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from policy_service.domain.errors import LedgerError, Place
from policy_service.ledger.reasons import Reason, Refusal

CHUNK: Final = 1 << 20
ROWS_BETWEEN_REPORTS: Final = 1 << 13
_NAIVE_CELLS: Final = re.compile(r'[",;|\t\r\n]+')

#: Told how many bytes of the file are behind.
Position: TypeAlias = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be told apart into its columns; `cells` are whatever texts it may have named."""

    column: str
    reason: Reason
    found: str
    cells: tuple[str, ...]


#: The line (the first, of several) and the texts of a row, as many as the header has.
Row: TypeAlias = tuple[int, list[str] | BrokenRow]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with its header; `rows` opens it anew and reads it once. `unread` names further sheets."""

    file: str
    size: int
    header: tuple[str, ...]
    rows: Callable[[Position], Iterator[Row]]
    unread: tuple[str, ...] = ()


def open_csv(path: Path, delimiter: str = ",") -> Sheet:
    """Return the CSV file at `path`: UTF-8, RFC 4180, with a header.

    LedgerError D104, D107, D108 or D109 if that is not what it is; blank lines are no rows.
    """
    size = _check_text(path)
    with path.open(encoding="utf-8-sig", newline="") as text:
        header = _csv_header(csv.reader(text, delimiter=delimiter, strict=True), path.name)

    def rows(position: Position) -> Iterator[Row]:
        return _csv_rows(path, delimiter, len(header), position)

    return Sheet(path.name, size, header, rows)


def refuse(refusal: Refusal, message: str, remedy: str, file: str = "", line: int = 0) -> LedgerError:
    """Return the error that refuses the whole import."""
    return LedgerError(refusal.value, message, place=Place(file, line), remedy=remedy)


def no_header(file: str) -> LedgerError:
    """Return the refusal of a file without a header."""
    remedy = "Write the names of the columns into the first row."
    return refuse(Refusal.NO_HEADER, "the file has no header.", remedy, file)


def nul_character(file: str, line: int) -> LedgerError:
    """Return the refusal of a NUL character, which no database stores."""
    return refuse(Refusal.NUL_CHARACTER, "a NUL character stands here.", "Export the file again as text.", file, line)


def _check_text(path: Path) -> int:
    size = lines_before = 0
    try:
        with path.open("rb") as file:
            while lines := file.readlines(CHUNK):
                block = b"".join(lines)
                _check_block(block, path.name, lines_before)
                size += len(block)
                lines_before += len(lines)
    except OSError as error:
        found = f"the file cannot be opened ({error.strerror})."
        raise refuse(Refusal.UNREADABLE_FILE, found, "Check its permissions.", path.name) from error
    return size


def _check_block(block: bytes, file: str, lines_before: int) -> None:
    if (nul := block.find(b"\0")) >= 0 and not block.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise nul_character(file, lines_before + block.count(b"\n", 0, nul) + 1)
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines_before + block.count(b"\n", 0, error.start) + 1
        found = f"the file is not UTF-8: byte {block[error.start]:#04x} makes no character."
        raise refuse(Refusal.NOT_UTF8, found, "Save it with the encoding UTF-8.", file, line) from error


def _csv_header(reader: Iterator[list[str]], file: str) -> tuple[str, ...]:
    try:
        header = next(filter(None, reader), None)
    except csv.Error as error:
        found = f"the header is broken ({error})."
        raise refuse(Refusal.NO_HEADER, found, "Correct its quotation marks.", file) from error
    if header is None:
        raise no_header(file)
    return tuple(header)


def _csv_rows(path: Path, delimiter: str, width: int, position: Position) -> Iterator[Row]:
    with path.open("rb") as binary, _as_text(binary) as text:
        swallowed: list[str] = []
        reader = csv.reader(_remembering(text, swallowed), delimiter=delimiter, strict=True)
        next(filter(None, reader))
        count = 0
        while True:
            swallowed.clear()
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield line, _broken_quotes(error, swallowed, line, reader.line_num)
                continue
            if len(row) == width:
                yield line, row
            elif row:
                found = f"{len(row)} cells where the header has {width}"
                yield line, BrokenRow("", Reason.RAGGED, found, _possible_names(row))
            count += 1
            if not count % ROWS_BETWEEN_REPORTS:
                position(binary.tell())


def _as_text(binary: io.BufferedReader) -> io.TextIOWrapper:
    return io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")


def _remembering(lines: Iterator[str], kept: list[str]) -> Iterator[str]:
    for line in lines:
        kept.append(line)
        yield line


def _broken_quotes(error: csv.Error, swallowed: list[str], first: int, last: int) -> BrokenRow:
    extent = f"lines {first} to {last}" if last > first else "the line"
    found = f"{extent} cannot be told apart into cells ({error})"
    return BrokenRow("", Reason.QUOTING, found, _possible_names(swallowed))


def _possible_names(texts: list[str]) -> tuple[str, ...]:
    # A stray quotation mark can hide whole rows in one cell, so what is inside the cells counts too.
    return tuple(dict.fromkeys((*texts, *(part for text in texts for part in _NAIVE_CELLS.split(text)))))
