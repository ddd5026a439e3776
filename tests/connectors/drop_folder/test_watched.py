"""Which files are which object is said by one line each."""

import pytest

from policy_service.connectors.drop_folder.watched import Watched, read_watched
from policy_service.connectors.errors import ConnectorError


def test_each_line_names_an_object_its_files_and_their_key() -> None:
    text = "\ninvoices = AR_*.csv | Invoice number | semicolon\n  客户= 客户.xlsx |编号\n"
    expected = (Watched("invoices", "AR_*.csv", "Invoice number", ";"), Watched("客户", "客户.xlsx", "编号", ","))
    assert expected == read_watched(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "invoices",
        "invoices = AR.csv",
        "invoices = | id",
        "invoices = AR.pdf | id",
        "invoices = ../AR.csv | id",
        "in/voices = AR.csv | id",
        ".. = AR.csv | id",
        "invoices = AR.csv | id | ;",
        "invoices = AR.csv | id | comma | more",
        "invoices = AR.csv | id\ninvoices = AR2.csv | id",
        "invoices = AR.csv | " + "x" * 200,
        "\n".join(f"a{number} = {number}.csv | id" for number in range(51)),
    ],
)
def test_a_line_that_names_none_is_refused(text: str) -> None:
    with pytest.raises(ConnectorError, match=r"\[X130\]"):
        read_watched(text)
