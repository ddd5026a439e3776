"""Which column of a company's own file is which of the ledger's, as its headings tell."""

import pytest

from policy_service.ledger.columns import Table
from policy_service.ledger.headings import NEEDED, TARGETS, date_format_of, proposed


@pytest.mark.parametrize(
    "header",
    [
        ("invoiceNumber", "customerID", "InvoiceDate", "DueDate", "InvoiceAmount"),
        ("Invoice No.", "Customer No.", "Posting Date", "Net due date", "Gross"),
        ("发票号码", "客户编码", "开票日期", "到期日", "价税合计"),
        ("单据编号", "客户代码", "单据日期", "应收到期日", "应收金额"),
    ],
)
def test_headings_of_either_language_are_known(header: tuple[str, ...]) -> None:
    assert set(proposed(header)) == NEEDED
    assert [proposed(header)[target] for target in TARGETS if target in NEEDED] == list(header)


def test_a_heading_stands_for_one_column() -> None:
    found = proposed(("客户", "金额", "date"))
    assert len(found) == len(set(found.values())) == 3
    assert "客户" == found[Table.CUSTOMERS, "name"]


def test_headings_that_say_nothing_propose_nothing() -> None:
    assert {} == proposed(("", "A", "备注"))


def test_dates_tell_how_they_are_written() -> None:
    assert "DD.MM.YYYY" == date_format_of(["01.02.2026", "", "28.02.2026"])
    assert "YYYY-MM-DD" == date_format_of([])
    assert "YYYY-MM-DD" == date_format_of(["soon"])
