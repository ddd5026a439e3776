"""The report as a workbook: a sheet per table, every cell a text, so that nothing is taken for a formula or rounded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances, report_of
from simulations.report.tables import CUSTOMER_COLUMNS, Table, customer_rows, tables_of

#: The same report is the same file: a workbook says when it was made, and this one never does.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDTHS: Final = (28, 18)


def write_workbook(file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> None:
    """Write the tables of the report, and the first 1,000 customers that changed; OSError if it cannot be written."""
    customers = Table(
        "Customers", CUSTOMER_COLUMNS, list(customer_rows(found, circumstances, found.customers.changed()))
    )
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties({"created": _MADE})
    bold = workbook.add_format({"bold": True})
    figures, *others = tables_of(report_of(found, circumstances))
    for table in (figures, customers, *others):
        sheet = workbook.add_worksheet(table.name)
        sheet.set_column(0, 0, _WIDTHS[0])
        sheet.set_column(1, len(table.heading) - 1, _WIDTHS[1])
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.heading):
            sheet.write_string(0, column, name, bold)
        for row, cells in enumerate(table.rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    try:
        workbook.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from error
