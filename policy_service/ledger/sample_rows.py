"""The first rows of a company's own file, kept as texts, and how a mapping would read them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from policy_service.domain.errors import LedgerError
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.language.yaml_text.yaml_writing import lines
from policy_service.ledger.columns import Table
from policy_service.ledger.folder import open_source
from policy_service.ledger.headings import NEEDED, TARGETS, Target
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.mapped_columns import Piece, Source, cell_getter
from policy_service.ledger.mapping import LedgerMapping, read_mapping
from policy_service.ledger.reasons import Refusal
from policy_service.ledger.report import Fault, Quarantined
from policy_service.ledger.sheets import BrokenRow

#: So many rows are looked at.
MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 100
DELIMITERS: Final = (",", ";", "\t", "|")
_LONGEST_CELL: Final = 200
_FILE: Final = "sample.csv"
_HEADER_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Sample:
    """The header and the first rows of a file; `delimiter` is that of a text file."""

    file: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose: the heading of each column of the ledger, and how dates are written."""

    columns: Mapping[Target, str]
    date_format: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row as it would be read: the cell of each chosen column, its faults, and those of the row as a whole."""

    line: int
    cells: Mapping[Target, str]
    faults: Mapping[Target, Fault]
    of_row: tuple[Fault, ...]


def sample_of(path: Path) -> Sample:
    """Return the first rows of a file; LedgerError for one that cannot be read, as for an import."""
    delimiter = _delimiter_of(path) if path.suffix.lower() != ".xlsx" else ","
    sheet = open_source(path, delimiter)
    rows = (row for _, row in sheet.rows(lambda _: None) if not isinstance(row, BrokenRow))
    kept = tuple(_short(row) for row in islice(rows, MOST_ROWS))
    if len(sheet.header) > MOST_COLUMNS:
        raise LedgerError(
            Refusal.UNREADABLE_FILE,
            f"the file has {len(sheet.header)} columns.",
            remedy=f"Leave the columns out that you do not need: {MOST_COLUMNS} at most.",
        )
    return Sample(path.name, delimiter, _short(sheet.header), kept)


def mapping_text(name: str, sample: Sample, chosen: Chosen, file: str = "") -> str:
    """Return the mapping as a file under `mappings/` says it; of files that end as the sample does, or of `file`."""
    by_table: dict[Table, dict[str, str]] = {table: {} for table in Table}
    for (table, column), heading in chosen.columns.items():
        by_table[table][column] = heading
    ending = Path(sample.file).suffix.lower() or ".csv"
    said: dict[str, object] = {"mapping": name, "file": file or f"*{ending}"}
    if sample.delimiter != ",":
        said["delimiter"] = "tab" if sample.delimiter == "\t" else sample.delimiter
    said |= {"date_format": chosen.date_format, "invoices": by_table[Table.INVOICES]}
    payment = by_table[Table.PAYMENTS]
    if "date" in payment:
        said["payment"] = {"date": payment["date"], "amount": payment.get("amount", "all")}
    if by_table[Table.CUSTOMERS]:
        said["customers"] = by_table[Table.CUSTOMERS]
    unread = [heading for heading in sample.header if heading and heading not in chosen.columns.values()]
    if unread:
        said["unread"] = unread
    return lines(said, ("invoices", "customers"))  # type: ignore[arg-type]


def lacking(chosen: Chosen) -> tuple[Target, ...]:
    """Return the columns without which there is no invoice, and that were not chosen."""
    return tuple(target for target in TARGETS if target in NEEDED and target not in chosen.columns)


def read_sample(sample: Sample, chosen: Chosen, base: Currency, declared: FactDictionary) -> tuple[SampleRow, ...]:
    """Return the rows as an import by that mapping would read them; LedgerError for what refuses the whole file."""
    with TemporaryDirectory(prefix="sample-") as made:
        folder = Path(made)
        with (folder / _FILE).open("w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows([sample.header, *sample.rows])
        plain = Sample(sample.file, ",", sample.header, sample.rows)
        mapping = read_mapping(mapping_text("sample", plain, chosen, _FILE), _FILE)
        faults = {one.line: one for one in read_ledger(folder, base, mapping=mapping, declared=declared).quarantined}
    return tuple(_rows(sample, chosen, mapping, faults))


def _rows(
    sample: Sample, chosen: Chosen, mapping: LedgerMapping, faults: Mapping[int, Quarantined]
) -> Iterator[SampleRow]:
    getters = {
        (table, column): cell_getter(column, Source((Piece(heading),)), sample.header, mapping.date_format)
        for (table, column), heading in chosen.columns.items()
    }
    for line, row in enumerate(sample.rows, start=2):
        found = faults.get(line)
        told = (found.fault, *found.further) if found else ()
        at_cells = {
            target: fault for fault in told for target, heading in chosen.columns.items() if heading == fault.column
        }
        of_row = tuple(fault for fault in told if fault.column not in chosen.columns.values())
        yield SampleRow(line, {target: get(row) for target, get in getters.items()}, at_cells, of_row)


def _delimiter_of(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(_HEADER_BYTES).decode("utf-8", "replace").partition("\n")[0]
    return max(DELIMITERS, key=lambda sign: (first.count(sign), -DELIMITERS.index(sign)))


def _short(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell[:_LONGEST_CELL] for cell in row)
