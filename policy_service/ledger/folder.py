"""Which file of a folder is which table, and whether its columns are those of the table."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from policy_service.ledger.columns import COLUMNS, POSTED_ON, Table
from policy_service.ledger.reasons import Refusal, Remark
from policy_service.ledger.report import LedgerWarning
from policy_service.ledger.sheets import Sheet, open_csv, refuse
from policy_service.ledger.workbooks import open_parquet, open_xlsx

_ENDINGS: Final = (".csv", ".xlsx", ".parquet")
_OTHER_DELIMITERS: Final = ";\t|"


def open_folder(
    folder: Path, required: Collection[Table], other_files: Collection[str] = ()
) -> tuple[Mapping[Table, Sheet], tuple[LedgerWarning, ...]]:
    """Return the tables found in `folder`, in reading order, with warnings for all that has no meaning there.

    LedgerError D101 to D109 for a folder, file or column that is missing or twice, or a file that cannot
    be read. `other_files` are read elsewhere and not warned about.
    """
    if not folder.is_dir():
        raise refuse(Refusal.NO_FOLDER, f"there is no folder {folder.name}.", "Correct the path.", folder.name)
    paths: dict[Table, Path] = {}
    warnings = []
    for path in sorted(folder.iterdir()):
        table = _table_of(path)
        if path.name in other_files:
            continue
        if table is None:
            warnings.append(LedgerWarning(path.name, 0, "", Remark.UNKNOWN_FILE, _not_a_file(path)))
        elif table in paths:
            found = f"{paths[table].name} and {path.name} both hold {table.value}."
            raise refuse(Refusal.TABLE_TWICE, found, "Keep one of the two.", path.name)
        else:
            paths[table] = path
    for table in required:
        if table not in paths:
            remedy = f"Add {table.value}.csv, .xlsx or .parquet."
            raise refuse(Refusal.FILE_MISSING, f"the file {table.value} is missing.", remedy, folder.name)
    sheets = {table: _open(paths[table], table) for table in Table if table in paths}
    for table, sheet in sheets.items():
        warnings += _column_warnings(sheet, table)
    return sheets, tuple(warnings)


def open_source(path: Path, delimiter: str) -> Sheet:
    """Return a file of any shape by its ending; D109 for another ending than csv, xlsx or parquet."""
    match path.suffix:
        case ".csv" | ".txt" | ".tsv":
            sheet = open_csv(path, delimiter)
        case ".xlsx":
            sheet = open_xlsx(path, path.stem)
        case ".parquet":
            sheet = open_parquet(path)
        case ending:
            found = f"files ending in {ending or 'nothing'} are not read."
            raise refuse(Refusal.UNREADABLE_FILE, found, "Export csv, xlsx or parquet.", path.name)
    _refuse_repeated_columns(sheet)
    return sheet


def refuse_missing_columns(sheet: Sheet, needed: Sequence[str], delimiter: str = "") -> None:
    """Raise LedgerError D105 unless the sheet has all columns that are needed; `delimiter` is what a mapping says."""
    missing = [column for column in needed if column not in sheet.header]
    if missing:
        found = f"the column {', '.join(missing)} is missing; found are {', '.join(sheet.header)}."
        raise refuse(Refusal.COLUMN_MISSING, found, _remedy_of_header(sheet, delimiter), sheet.file, 1)


def _remedy_of_header(sheet: Sheet, delimiter: str) -> str:
    # Spreadsheets write semicolons in much of Europe: all names stand in one cell then, and none of them is missing.
    is_one_cell = len(sheet.header) == 1
    if is_one_cell and delimiter and any(other in sheet.header[0] for other in f",{_OTHER_DELIMITERS}"):
        return "Name as `delimiter` of the mapping what stands between the cells."
    if is_one_cell and any(other in sheet.header[0] for other in _OTHER_DELIMITERS):
        return "Save it with commas between the cells, not semicolons, tabs or bars."
    return "Add it to the header, spelled exactly so."


def _table_of(path: Path) -> Table | None:
    if path.suffix in _ENDINGS and path.is_file() and path.stem in frozenset(Table):
        return Table(path.stem)
    return None


def _not_a_file(path: Path) -> str:
    found = "not a file of the ledger"
    table = path.stem.casefold()
    # Payments.csv or payments.xls: whoever put it there means a table, and without it every invoice is open.
    if table in frozenset(Table):
        found = f"{found}; {table} is read from {table}.csv, {table}.xlsx or {table}.parquet"
    return found


def _open(path: Path, table: Table) -> Sheet:
    sheet = open_source(path, ",")
    refuse_missing_columns(sheet, COLUMNS[table].required)
    return sheet


def _refuse_repeated_columns(sheet: Sheet) -> None:
    # Columns without a name, as spreadsheets leave them behind the last one, are not read and only warned of.
    for column in filter(None, sheet.header):
        if sheet.header.count(column) > 1:
            raise refuse(
                Refusal.COLUMN_TWICE, f'the column "{column}" stands twice.', "Rename one of the two.", sheet.file, 1
            )


def _column_warnings(sheet: Sheet, table: Table) -> list[LedgerWarning]:
    columns = COLUMNS[table]
    unknown = [name for name in sheet.header if name not in columns.all]
    if columns.keeps_further_columns:
        unknown = [name for name in unknown if not name]
    warnings = [
        LedgerWarning(sheet.file, 1, name, Remark.UNKNOWN_COLUMN, f'the column "{name}" is unknown') for name in unknown
    ]
    if POSTED_ON in sheet.header and not columns.reads_posted_on:
        warnings.append(LedgerWarning(sheet.file, 1, POSTED_ON, Remark.POSTED_ON_UNREAD, "posted_on is not used"))
    unread = [f'the sheet "{name}" is not read' for name in sheet.unread]
    return [*warnings, *(LedgerWarning(sheet.file, 0, "", Remark.SHEET_UNREAD, found) for found in unread)]
