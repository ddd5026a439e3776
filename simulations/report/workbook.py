"""The report as a workbook: a sheet per table, for people who read it.

Figures are numbers in the units that people read, to be added up and charted: amounts in whole currency, shares in per
cent. Everything else is a text, so that nothing is taken for a formula, and so is a figure of more digits than a
spreadsheet keeps.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.values import Kind
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances, report_of
from simulations.report.page.numbers import Unit
from simulations.report.page.wording import Wording
from simulations.report.sheet_units import ORDER, as_shown, format_of, named, unit_of
from simulations.report.tables import (
    CUSTOMER_AMOUNTS,
    CUSTOMER_COLUMNS,
    CUSTOMER_NUMBERS,
    Cells,
    Table,
    customer_rows,
    tables_of,
)

#: The same report is the same file: a workbook says when it was made, and this one never does.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS: Final = (28, 20)
#: Whole numbers of as many digits as a spreadsheet keeps, and fractions.
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?(e-[0-9]+)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?[0-9]+", re.ASCII)
_FIGURE, _WHAT, _UNIT = "figure", "what", "unit"


def is_number(cell: str) -> bool:
    """Return whether a cell is written as a number where its column holds numbers."""
    return _NUMBER.fullmatch(cell) is not None


def write_workbook(file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> None:
    """Write the tables of the report, and the first 1,000 customers that changed; OSError if it cannot be written.

    ValueError if the candidate is no policy: then nothing says which currency the amounts are in.
    """
    policy = found.question.candidate.text
    if policy is None:
        raise ValueError("A workbook is of a candidate that is a policy.")
    figures, *others = tables_of(report_of(found, circumstances), policy.currency)
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties({"created": _MADE})
    sheets = _Sheets(workbook, policy)
    for table in (figures, _customers(found, circumstances, policy), *others):
        sheets.write(table)
    try:
        workbook.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


class _Sheets:
    def __init__(self, workbook: xlsxwriter.Workbook, policy: Policy) -> None:
        self._workbook, self._currency = workbook, policy.currency
        self._bold = workbook.add_format({"bold": True})
        self._formats: dict[Unit, Format] = {
            unit: workbook.add_format({"num_format": format_of(unit, self._currency)}) for unit in Unit
        }

    def write(self, table: Table) -> None:
        table = self._told(table)
        sheet = self._workbook.add_worksheet(table.name)
        sheet.set_column(0, 0, _WIDTHS[0])
        sheet.set_column(1, len(table.heading) - 1, _WIDTHS[1])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table.rows), len(table.heading) - 1)
        for column, name in enumerate(table.heading):
            is_amount = name in table.amounts
            sheet.write_string(0, column, f"{name} ({self._currency.code})" if is_amount else name, self._bold)
        for row, cells in enumerate(table.rows, start=1):
            for column, (name, cell) in enumerate(zip(table.heading, cells, strict=True)):
                self._write(sheet, (row, column), cell, self._unit(table, name, cells), name in table.numbers)

    def _write(self, sheet: Worksheet, place: tuple[int, int], cell: str, unit: Unit | None, is_figure: bool) -> None:
        if not is_figure or not is_number(cell):
            is_amount = is_figure and unit is Unit.MONEY and _WHOLE.fullmatch(cell) is not None
            sheet.write_string(*place, as_shown(cell, Unit.MONEY, self._currency) if is_amount else cell)
        elif unit is None:
            sheet.write_number(*place, float(cell))
        else:
            sheet.write_number(*place, float(as_shown(cell, unit, self._currency)), self._formats[unit])

    def _unit(self, table: Table, column: str, cells: Cells) -> Unit | None:
        if column in table.amounts:
            return Unit.MONEY
        return unit_of(cells[table.heading.index(_FIGURE)]) if _FIGURE in table.heading else None

    def _told(self, table: Table) -> Table:
        """Return a table with what its figures are called and count: who opens a workbook has not read how it is."""
        if _FIGURE in table.heading:
            return self._with_units(table)
        return self._with_amounts(table) if table.told_amounts else table

    def _with_amounts(self, table: Table) -> Table:
        what = table.heading.index(_WHAT)

        def told(cells: Cells) -> Cells:
            is_amount = cells[what] in table.told_amounts and _WHOLE.fullmatch(cells[-1]) is not None
            return (*cells[:-1], as_shown(cells[-1], Unit.MONEY, self._currency)) if is_amount else cells

        return replace(table, rows=[told(cells) for cells in table.rows])

    def _with_units(self, table: Table) -> Table:
        behind = table.heading.index(_FIGURE) + 1
        words = [Wording(language).figures for language in ("en", "zh")]

        def told(cells: Cells) -> Cells:
            figure = cells[behind - 1]
            labels = [names[figure][0] if figure in names else "" for names in words]
            return (*cells[:behind], *labels, named(unit_of(figure), self._currency), *cells[behind:])

        rows: Sequence[Cells] = table.rows
        if behind == 1:
            rows = sorted(rows, key=lambda cells: ORDER.get(cells[0], len(ORDER)))
        heading = (*table.heading[:behind], "name", "名称", _UNIT, *table.heading[behind:])
        return replace(table, heading=heading, rows=[told(cells) for cells in rows])


def _customers(found: Comparison, circumstances: Circumstances, policy: Policy) -> Table:
    changed = found.customers.changed()
    rows = zip(changed, customer_rows(found, circumstances, changed), strict=True)
    said = [_with_cause(row, circumstances.causes.get(number), policy) for number, row in rows]
    return Table("Customers", CUSTOMER_COLUMNS, said, CUSTOMER_NUMBERS, CUSTOMER_AMOUNTS)


def _with_cause(row: Cells, cause: Cause | None, policy: Policy) -> Cells:
    return row if cause is None else (*row[:-3], *_values(cause, policy))


def _values(cause: Cause, policy: Policy) -> Iterator[str]:
    for value in (cause.value, cause.bound):
        yield "" if value is None else _value(value, cause.kind, policy)
    if cause.distance is None:
        yield ""
    else:
        yield str(cause.distance) if cause.kind is Kind.DATE else _value(cause.distance, cause.kind, policy)


def _value(value: int, kind: Kind, policy: Policy) -> str:
    try:
        return write_value(value, kind, policy.currency, policy.vocabulary)
    except PolicyServiceError:
        # A text of the ledger that the policy does not mention has no code in its vocabulary.
        return str(value)
