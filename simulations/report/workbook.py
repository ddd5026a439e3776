"""The report as a workbook: a sheet per table.

Figures are numbers, to be added up and charted. Everything else is a text, so that nothing is taken for a formula, and
so is a figure of more digits than a spreadsheet keeps.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances, report_of
from simulations.report.tables import CUSTOMER_COLUMNS, CUSTOMER_NUMBERS, Table, customer_rows, tables_of

#: The same report is the same file: a workbook says when it was made, and this one never does.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS: Final = (28, 18)
#: Whole numbers of as many digits as a spreadsheet keeps, and fractions.
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?(e-[0-9]+)?", re.ASCII)


def is_number(cell: str) -> bool:
    """Return whether a cell is written as a number where its column holds numbers."""
    return _NUMBER.fullmatch(cell) is not None


def write_workbook(file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> None:
    """Write the tables of the report, and the first 1,000 customers that changed; OSError if it cannot be written."""
    customers = Table(
        "Customers",
        CUSTOMER_COLUMNS,
        list(customer_rows(found, circumstances, found.customers.changed())),
        CUSTOMER_NUMBERS,
    )
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties({"created": _MADE})
    bold = workbook.add_format({"bold": True})
    figures, *others = tables_of(report_of(found, circumstances))
    for table in (figures, customers, *(_with_currency(table, found) for table in others)):
        sheet = workbook.add_worksheet(table.name)
        sheet.set_column(0, 0, _WIDTHS[0])
        sheet.set_column(1, len(table.heading) - 1, _WIDTHS[1])
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.heading):
            sheet.write_string(0, column, name, bold)
        for row, cells in enumerate(table.rows, start=1):
            for column, (name, cell) in enumerate(zip(table.heading, cells, strict=True)):
                if name in table.numbers and is_number(cell):
                    sheet.write_number(row, column, float(cell))
                else:
                    sheet.write_string(row, column, cell)
    try:
        workbook.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error


def _with_currency(table: Table, found: Comparison) -> Table:
    """Return the sheet of the run with what its amounts are: nobody who opens a workbook has read how it is made."""
    sides = (found.question.candidate.text, found.question.baseline.text)
    currency = next((side.currency for side in sides if side is not None), None)
    if table.name != "Run" or currency is None:
        return table
    told = f"whole minor units of {currency.code}: {10**currency.decimals} are 1 {currency.code}"
    return replace(table, rows=[*table.rows, ("amounts", told)])
