"""A report has the shape of REPLAY.md, is the same bytes for the same run, and no text of it is a formula."""

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from policy_service.domain.values import Kind
from simulations.comparison.cause import Cause
from simulations.report.contents import Circumstances, report_bytes, report_of
from simulations.report.customer_files import as_text, write_csv
from simulations.report.customers_in_parquet import write_parquet
from simulations.report.tables import CUSTOMER_COLUMNS
from tests.simulations.accounting.random_worlds import random_world
from tests.simulations.comparison.comparisons import PRACTICE, against_practice, compare, question, two_worlds
from tests.simulations.report.random_reports import found

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
