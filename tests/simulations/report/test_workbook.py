"""The workbook of a report holds the figures of the report, in the units that people read."""

from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from policy_service.domain.values import Currency, Kind
from simulations.comparison.cause import Cause
from simulations.report.contents import Circumstances, UnderStress
from simulations.report.page.figures import GROUPS
from simulations.report.page.numbers import Unit
from simulations.report.sheet_units import as_shown, format_of
from simulations.report.workbook import is_number, write_workbook
from tests.facts.small_ledgers import CNY
from tests.simulations.comparison.comparisons import PRACTICE
from tests.simulations.report.page.pages import compared_policies
from tests.simulations.report.random_reports import found


def test_a_workbook_says_in_which_currency_its_amounts_are_wherever_there_are_any(tmp_path: Path) -> None:
    write_workbook(tmp_path / "report.xlsx", compared_policies())
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    assert ["amounts", "in CNY"] in book.get_sheet_by_name("Run").to_python()
    assert ["orders", "number", "amount (CNY)"] == book.get_sheet_by_name("Swap set").to_python()[0]
    assert {"moved_amount (CNY)", "baseline_orders"} < set(book.get_sheet_by_name("Customers").to_python()[0])
    figures = {row[0]: row[1:4] for row in book.get_sheet_by_name("Figures").to_python()}
    assert ["Sales", "销售额", "CNY"] == figures["sales"]
    assert ["", "", "CNY"] == figures["ageing.1_30"]
    assert ["Approved, orders", "放行（笔）", "number"] == figures["approved"]
    assert ["Share paid on time", "按时回款占比", "%"] == figures["on_time_share"]


def test_figures_stand_in_a_workbook_in_the_order_of_the_page(tmp_path: Path) -> None:
    write_workbook(tmp_path / "report.xlsx", compared_policies())
    rows = CalamineWorkbook.from_path(tmp_path / "report.xlsx").get_sheet_by_name("Figures").to_python()
    shown = [one.name for members in GROUPS.values() for one in members]
    assert shown == [row[0] for row in rows[1 : len(shown) + 1]]


def test_what_a_customers_order_was_asked_about_stands_in_a_workbook_as_people_write_it(tmp_path: Path) -> None:
    comparison = compared_policies()
    number = next(iter(comparison.customers.changed()))
    cause = Cause("O20", "prepay_percent: > 0", Kind.NUMBER, 50_000_000, 0, 50_000_000)
    write_workbook(tmp_path / "report.xlsx", comparison, Circumstances(causes={number: cause}))
    heading, *rows = CalamineWorkbook.from_path(tmp_path / "report.xlsx").get_sheet_by_name("Customers").to_python()
    row = next(dict(zip(heading, one, strict=True)) for one in rows if one[0] == comparison.customers.ids[number])
    assert [50.0, 0.0, 50.0] == [row[f"why_{name}"] for name in ("value", "bound", "distance")]


@pytest.mark.parametrize(
    ("unit", "currency", "written", "shown", "form"),
    [
        (Unit.MONEY, CNY, "41703046627", "417030466.27", "#,##0.00"),
        (Unit.MONEY, Currency("JPY", 0), "41703046627", "41703046627", "#,##0"),
        (Unit.MONEY, Currency("BHD", 3), "-1", "-0.001", "#,##0.000"),
        (Unit.PERCENT, CNY, "98.5", "0.985", "0.00%"),
        (Unit.SHARE, CNY, "0.985", "0.985", "0.00%"),
        (Unit.COUNT, CNY, "7097", "7097", "#,##0"),
    ],
    ids=["yuan", "yen", "dinar", "per cent", "share", "count"],
)
def test_an_amount_is_in_whole_currency_and_a_per_cent_a_share(
    unit: Unit, currency: Currency, written: str, shown: str, form: str
) -> None:
    assert (shown, form) == (as_shown(written, unit, currency), format_of(unit, currency))


def test_a_candidate_that_is_no_policy_has_no_workbook(tmp_path: Path) -> None:
    comparison = compared_policies()
    asked = replace(comparison.question, candidate=PRACTICE)
    with pytest.raises(ValueError, match="a candidate that is a policy"):
        write_workbook(tmp_path / "report.xlsx", replace(comparison, question=asked))


def test_the_workbook_has_a_sheet_per_table_with_figures_as_numbers(tmp_path: Path) -> None:
    comparison = found(1, ("=1+1",))
    write_workbook(tmp_path / "report.xlsx", comparison)
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    named = [
        "Figures",
        "Customers",
        "Swap set",
        "Outcomes",
        "Cohorts",
        "Grades",
        "Months",
        "Workload",
        "Caveats",
        "Run",
    ]
    assert named == book.sheet_names
    figures = {row[0]: row for row in sheets["Figures"]}
    sides = (comparison.baseline, comparison.candidate)
    assert [side["sales"] for side in sides] == [round(100 * amount) for amount in figures["sales"][4:6]]
    assert [str(side["receivables_peak_date"]) for side in sides] == figures["receivables_peak_date"][4:6]
    assert {float} == {type(cell) for row in sheets["Swap set"][1:] for cell in row[1:]}
    assert {str} == {type(cell) for rows in sheets.values() for row in rows for cell in row[:1]}
    assert {str} == {type(cell) for name in ("Caveats", "Run") for row in sheets[name] for cell in row}
    assert "=1+1" in {row[0] for row in sheets["Customers"]} or not comparison.customers.moves.moved[0]


def test_a_figure_of_more_digits_than_a_spreadsheet_keeps_stays_a_text() -> None:
    assert [True, True, True, False, False] == [
        is_number(cell) for cell in ("999999999999999", "-12", "3.8e-07", "1000000000000000", "2026-03-01")
    ]


def test_the_same_report_is_the_same_workbook(tmp_path: Path) -> None:
    for name in ("one.xlsx", "other.xlsx"):
        write_workbook(tmp_path / name, found())
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()


def test_amounts_that_stand_among_texts_are_in_whole_currency_too(tmp_path: Path) -> None:
    plain = compared_policies()
    comparison = replace(plain, question=replace(plain.question, costs=replace(plain.question.costs, per_step=1250)))
    effect = {"days_late": 20, "payments_missing": 100, "amount_missing": 10_000}
    stress = UnderStress([effect], "0" * 64, plain.baseline, plain.candidate)
    write_workbook(tmp_path / "report.xlsx", comparison, Circumstances(stress=stress))
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    assert ["assumptions.cost_per_step", "12.50"] in book.get_sheet_by_name("Run").to_python()
    told = [["1", "days_late", "20"], ["1", "payments_missing", "100"], ["1", "amount_missing", "100.00"]]
    assert [["stress", "what", "value"], *told] == book.get_sheet_by_name("Stress").to_python()
