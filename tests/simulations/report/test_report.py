"""A report has the shape of REPLAY.md, is the same bytes for the same run, and no text of it is a formula."""

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from policy_service.domain.values import Currency, Kind
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.report.contents import Circumstances, report_bytes, report_of
from simulations.report.customer_files import as_text, write_csv
from simulations.report.customers_in_parquet import write_parquet
from simulations.report.page.figures import GROUPS
from simulations.report.page.numbers import Unit
from simulations.report.sheet_units import as_shown, format_of
from simulations.report.tables import CUSTOMER_COLUMNS
from simulations.report.workbook import is_number, write_workbook
from tests.facts.small_ledgers import CNY
from tests.simulations.accounting.random_worlds import random_world
from tests.simulations.accounting.worlds import World
from tests.simulations.comparison.comparisons import PRACTICE, against_practice, compare, question, two_worlds
from tests.simulations.report.page.pages import changed, compared_policies, shipped
from tests.simulations.report.page.pages import side as side_of

KPIS = [
    "orders",
    "order_amount",
    "approved",
    "approved_amount",
    "held",
    "held_amount",
    "prepaid",
    "prepaid_amount",
    "referred",
    "referred_amount",
    "declined",
    "declined_amount",
    "reasons",
    "sales",
    "collected",
    "open_balance_end",
    "past_due_balance_end",
    "ageing",
    "receivables_mean",
    "receivables_peak",
    "receivables_peak_date",
    "days_late_mean_weighted",
    "on_time_share",
    "dso_simple",
    "dso_count_back",
    "best_possible_dso",
    "average_days_delinquent",
    "collection_effectiveness",
    "write_offs",
    "bad_debt_ratio",
    "notices",
    "case_steps",
    "cases_opened",
    "workload_peak",
    "carrying_cost",
    "margin",
    "risk_adjusted_margin",
    "customers_by_grade",
    "concentration_hhi",
    "null_reasons",
]
PARTS = [
    "run",
    "baseline",
    "candidate",
    "difference",
    "intervals",
    "swap_set",
    "outcomes",
    "customers",
    "cohorts",
    "grade_migration",
    "timeline",
    "workload",
    "caveats",
    "evidence",
]
RUN = [
    "key",
    "policies",
    "ledger_hash",
    "engine_version",
    "mode",
    "assumptions",
    "window",
    "customers",
    "orders",
    "seconds",
    "sample_agreement",
    "leak_alarm",
    "quarantined",
]


def found(seed: int = 1, names: tuple[str, ...] = (), draws: int = 20) -> Comparison:
    """A comparison of random runs, its customers called so."""
    old, new = two_worlds(seed)
    asked = question(old, side_of(shipped()), side_of(changed()), draws)
    return compare(asked, called(old, names), called(new, names))


def called(world: World, names: tuple[str, ...]) -> World:
    """The same world with customers of these names."""
    buyers = [replace(one, id=name) for one, name in zip(world.buyers, names, strict=False)]
    return replace(world, buyers=(*buyers, *world.buyers[len(buyers) :]))


def test_the_report_has_every_part_and_every_side_every_figure() -> None:
    report = report_of(found())
    assert sorted(PARTS) == sorted(report)
    assert sorted(RUN) == sorted(report["run"])
    cohorts = [side for values in report["cohorts"].values() for sides in values.values() for side in sides.values()]
    for kpis in (report["baseline"], report["candidate"], report["difference"], *cohorts):
        assert sorted(KPIS) == sorted(kpis)
    assert {"grade", "segment", "industry"} == set(report["cohorts"])
    assert set(KPIS) - {"null_reasons"} == set(report["evidence"]) == set(report["intervals"])


@pytest.mark.parametrize("seed", range(3))
def test_the_first_outcomes_add_up_to_the_swap_set_and_the_figures(seed: int) -> None:
    report = report_of(found(seed))
    moved = report["outcomes"]
    names = {"approve": "approved", "prepay": "prepaid", "hold": "held", "refer": "referred", "decline": "declined"}
    for outcome, name in names.items():
        assert report["baseline"][name] == sum(cell["orders"] for cell in moved[outcome].values())
        assert report["candidate"][f"{name}_amount"] == sum(row[outcome]["amount"] for row in moved.values())
    stopped = [moved[old][new] for old in ("approve", "prepay") for new in ("hold", "refer", "decline")]
    assert {key: sum(cell[key] for cell in stopped) for key in ("orders", "amount")} == report["swap_set"][
        "approved_only_baseline"
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_weeks_of_an_owner_hold_all_its_steps_and_its_peak(seed: int) -> None:
    report = report_of(found(seed))
    for side in ("baseline", "candidate"):
        weeks = report["workload"][side]
        assert {len(report["workload"]["weeks"])} == {len(steps) for steps in weeks.values()}
        assert report[side]["workload_peak"] == {owner: max(steps) for owner, steps in weeks.items()}
        assert sum(report[side]["case_steps"].values()) == sum(sum(steps) for steps in weeks.values())
    assert {0} == {dt.date.fromisoformat(week).weekday() for week in report["workload"]["weeks"]}


def test_recorded_practice_has_no_workload() -> None:
    old, new = against_practice(2)
    assert report_of(compare(question(old, PRACTICE), old, new))["workload"]["baseline"] is None


def test_customers_carry_their_figures_and_why() -> None:
    comparison = found()
    first = comparison.customers.changed()[0]
    cause = Cause("O10", "utilisation: > 1", Kind.NUMBER, 1_200_000, 1_000_000, 200_000)
    told = report_of(comparison, Circumstances(causes={first: cause}))["customers"][0]
    assert {"customer_id", "moved_amount", "baseline", "candidate", "why"} == set(told)
    assert ("utilisation: > 1", 1_200_000, 200_000) == tuple(
        told["why"][name] for name in ("cell", "value", "distance")
    )
    assert {"orders", "approved_amount", "sales", "open_balance_end", "past_due_balance_end"} == set(told["baseline"])


@pytest.mark.parametrize("seed", range(3))
def test_the_same_run_gives_the_same_bytes_but_for_its_seconds(seed: int) -> None:
    old, new = two_worlds(seed)
    splits = list(range(1, len(old.buyers)))
    asked = question(old, draws=20)
    one = report_of(compare(asked, old, new), Circumstances(seconds=1.5))
    other = report_of(compare(asked, old, new, splits), Circumstances(seconds=2.5))
    assert report_bytes(one) != report_bytes(other)
    assert report_bytes(without_seconds(one)) == report_bytes(without_seconds(other))
    assert without_seconds(one) == as_written(json.loads(report_bytes(without_seconds(other))))


def without_seconds(report: Any) -> Any:
    """The report without the one thing that may differ."""
    return {**report, "run": {name: value for name, value in report["run"].items() if name != "seconds"}}


def as_written(told: Any) -> Any:
    """JSON has no tuples: the bands are pairs."""
    if isinstance(told, dict):
        return {name: as_written(one) for name, one in told.items()}
    is_band = isinstance(told, list) and len(told) == 2 and all(isinstance(one, int | float) for one in told)
    if is_band:
        return tuple(told)
    return [as_written(one) for one in told] if isinstance(told, list) else told


def test_a_report_against_recorded_practice_says_so() -> None:
    old, new = against_practice(2)
    report = report_of(compare(question(old, PRACTICE), old, new))
    assert {"policy": "recorded", "hash": None, "parameters": {}} == report["run"]["policies"]["baseline"]


def test_the_comma_separated_file_has_all_customers_and_no_formula(tmp_path: Path) -> None:
    comparison = found(1, ("=1+1", "+2", "-x", "@now", "-5"))
    write_csv(tmp_path / "customers.csv", comparison)
    with (tmp_path / "customers.csv").open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert list(CUSTOMER_COLUMNS) == heading
    assert sorted(map(as_text, comparison.customers.ids)) == sorted(row[0] for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-x"))]


@pytest.mark.parametrize(
    ("cell", "written"), [("=A1", "'=A1"), ("-2", "-2"), ("-2-3", "'-2-3"), ("\t=A", "'\t=A"), ("a", "a")]
)
def test_a_leading_sign_of_a_formula_is_made_text(cell: str, written: str) -> None:
    assert written == as_text(cell)


def test_every_table_of_customers_names_the_row_of_the_cell_and_its_next_bound(tmp_path: Path) -> None:
    """`otherwise` has no cells: without its row the cell could be anybody's."""
    comparison = found(1)
    number = comparison.customers.changed()[0]
    cause = Cause("O1", "exposure: > 100", Kind.MONEY, 15000, 10000, 5000)
    known = Circumstances(causes={number: cause})
    write_csv(tmp_path / "customers.csv", comparison, known)
    write_parquet(tmp_path / "customers.parquet", comparison, known)
    with (tmp_path / "customers.csv").open(encoding="utf-8", newline="") as file:
        (line,) = [row for row in csv.DictReader(file) if row["customer_id"] == comparison.customers.ids[number]]
    told = {"why_cell_row": "O1", "why_cell": "exposure: > 100"}
    steps = {"why_value": 15000, "why_bound": 10000, "why_distance": 5000}
    assert {**told, **{name: str(value) for name, value in steps.items()}} == {
        name: line[name] for name in (*told, *steps)
    }
    (row,) = [
        row
        for row in pq.read_table(tmp_path / "customers.parquet").to_pylist()
        if row["customer_id"] == comparison.customers.ids[number]
    ]
    assert {**told, **steps} == {name: row[name] for name in (*told, *steps)}


def test_the_parquet_file_has_all_customers_as_they_are(tmp_path: Path) -> None:
    comparison = found(1, ("=1+1",))
    write_parquet(tmp_path / "customers.parquet", comparison)
    table = pq.read_table(tmp_path / "customers.parquet").to_pydict()
    in_order = comparison.customers.by_money_moved()
    assert [comparison.customers.ids[number] for number in in_order] == table["customer_id"]
    assert comparison.customers.moves.moved[in_order].tolist() == table["moved_amount"]


def test_a_parquet_file_of_nobody_is_one(tmp_path: Path) -> None:
    nobody = replace(random_world(0), buyers=())
    write_parquet(tmp_path / "none.parquet", compare(question(nobody), nobody, nobody))
    assert 0 == pq.read_table(tmp_path / "none.parquet").num_rows


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
