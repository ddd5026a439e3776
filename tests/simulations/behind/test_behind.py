"""The rows behind a figure of a simulation come to that figure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from simulations.behind.columns import CHANGES, ORDERS, SIDES, STEPS, SUMMED
from simulations.behind.reading import Asked, Chosen, begins, contains, equals, one_of, page_of, rows_of, values_of
from simulations.behind.writing import every_cause, write_behind
from simulations.comparison.customers import FIGURES
from simulations.executors.in_process import Threads
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import HeldOrders, Mode, Options
from simulations.runs.replaying import Means
from simulations.runs.simulation import Candidate, simulate
from tests.simulations.plain.cases import policy_of
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

Report: TypeAlias = Mapping[str, Any]
RUNS = [(Mode.CLOSED, HeldOrders.LOST), (Mode.CLOSED, HeldOrders.RELEASED), (Mode.OPEN, HeldOrders.LOST)]
APPROVED = one_of("approve", "prepay")
REFUSED = one_of("hold", "refer", "decline")


@pytest.fixture(scope="module", params=RUNS, ids=["lost", "released", "open"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """Give the report of a simulation that decides much otherwise, and the folder with what stands behind it."""
    mode, held = request.param
    snapshot = snapshot_of(history_of(8, Shape(customers=30, invoices=5, has_groups=False)))
    options = Options(*WINDOW, mode, held, 7)
    found = simulate(snapshot, Candidate(policy_of("busy")), Candidate(policy_of("busy_jumps")), options)
    folder = tmp_path_factory.mktemp("behind")
    causes = every_cause(found.comparison, {}, snapshot, Means(Threads()))
    write_behind(folder, found.comparison, causes, snapshot, chunk_orders=20)
    return found.report, folder


def orders(folder: Path, **conditions: Chosen) -> tuple[int, int]:
    """Return how many orders are chosen, and what they come to."""
    page = page_of(folder / ORDERS, Asked(conditions, "amount"), ["amount"])
    return page.chosen, page.sums["amount"]


def test_orders_by_both_outcomes_come_to_each_cell(run: tuple[Report, Path]) -> None:
    report, folder = run
    for old, row in report["outcomes"].items():
        for new, cell in row.items():
            found = orders(folder, baseline_outcome=equals(old), candidate_outcome=equals(new))
            assert (cell["orders"], cell["amount"]) == found
    moved = page_of(folder / ORDERS, Asked({}, "amount", differs=("baseline_outcome", "candidate_outcome")))
    told = sum(cell["orders"] for old, row in report["outcomes"].items() for new, cell in row.items() if old != new)
    assert told == moved.chosen > 0


def test_orders_by_who_approves_come_to_the_swap_set(run: tuple[Report, Path]) -> None:
    report, folder = run
    sides = {
        "approved_both": (APPROVED, APPROVED),
        "approved_only_baseline": (APPROVED, REFUSED),
        "approved_only_candidate": (REFUSED, APPROVED),
        "neither": (REFUSED, REFUSED),
    }
    for name, (old, new) in sides.items():
        told = report["swap_set"][name]
        assert (told["orders"], told["amount"]) == orders(folder, baseline_outcome=old, candidate_outcome=new)


def test_orders_of_a_reason_of_a_side_and_those_sold_come_to_its_figures(run: tuple[Report, Path]) -> None:
    report, folder = run
    for side in SIDES:
        sold = page_of(folder / ORDERS, Asked({}, "amount", only=f"{side}_sold"), ["amount"])
        assert report[side]["sales"] == sold.sums["amount"]
        for code, cell in report[side]["reasons"].items():
            found = orders(
                folder,
                **{f"{side}_reason": equals(code), f"{side}_outcome": one_of("prepay", "hold", "refer", "decline")},
            )
            assert (cell["orders"], cell["amount"]) == found
        for month in report["timeline"]:
            held = orders(folder, **{f"{side}_outcome": equals("hold"), "date": begins(month["month"])})
            assert month[side]["held_amount"] == held[1]


def test_case_steps_by_owner_and_week_come_to_the_workload_and_their_notices_to_the_levels(
    run: tuple[Report, Path],
) -> None:
    report, folder = run
    for side in SIDES:
        opened = page_of(folder / STEPS, Asked({"side": equals(side)}, "date"), ["opened", "notices"])
        assert report[side]["cases_opened"] == opened.sums["opened"]
        for owner, weeks in report["workload"][side].items():
            for week, steps in zip(report["workload"]["weeks"], weeks, strict=True):
                chosen = {"side": equals(side), "owner": equals(owner), "week": equals(week)}
                assert steps == page_of(folder / STEPS, Asked(chosen, "date")).chosen
        for level, notices in report[side]["notices"].items():
            chosen = {"side": equals(side), "level": equals(level)}
            page = page_of(folder / STEPS, Asked(chosen, "date"), ["notices"])
            assert (notices, report[side]["case_steps"][level]) == (page.sums["notices"], page.chosen)


def test_customers_by_grades_come_to_the_migration_and_their_balances_to_the_report(run: tuple[Report, Path]) -> None:
    report, folder = run
    for old, row in report["grade_migration"].items():
        for new, customers in row.items():
            chosen = {"baseline_grade": equals(old), "candidate_grade": equals(new)}
            assert customers == page_of(folder / CHANGES, Asked(chosen, "moved_amount")).chosen
    names = {side: [f"{side}_{name}" for name in (*FIGURES, *SUMMED)] for side in SIDES}
    sums = page_of(folder / CHANGES, Asked({}, "moved_amount"), [*names["baseline"], *names["candidate"]]).sums
    for side in SIDES:
        told = [report[side][name] for name in FIGURES]
        told += [report[side]["collected"], report[side]["write_offs"], *report[side]["ageing"].values()]
        assert told == [sums[name] for name in names[side]]


def test_every_customer_who_changes_has_the_cause_that_the_report_tells(run: tuple[Report, Path]) -> None:
    report, folder = run
    rows = rows_of(folder / CHANGES, Asked({"why_date": lambda day: day is not None}, "moved_amount"))
    assert [one["customer_id"] for one in report["customers"]] == [row["customer_id"] for row in rows]
    for told, row in zip(report["customers"], rows, strict=True):
        why = told["why"]
        names = ("date", "rule_set", "row", "cell", "value", "bound", "distance")
        assert [why.get(name) for name in names] == [row[f"why_{name}"] for name in names]


def test_pages_follow_each_other_in_order_and_together_hold_every_row(run: tuple[Report, Path]) -> None:
    _, folder = run
    whole = rows_of(folder / ORDERS, Asked({}, "amount"))
    pages = [
        page_of(folder / ORDERS, Asked({}, "amount", place=place, most=7)).rows for place in range(0, len(whole), 7)
    ]
    assert list(whole) == [row for page in pages for row in page]
    amounts = [row["amount"] for row in whole]
    assert sorted(amounts, reverse=True) == amounts
    by_customer = [
        row["customer_id"] for row in rows_of(folder / ORDERS, Asked({}, "customer_id", is_descending=False))
    ]
    assert sorted(by_customer) == by_customer


def test_a_text_is_found_by_a_part_of_it_in_capitals_or_not(run: tuple[Report, Path]) -> None:
    _, folder = run
    customers = values_of(folder / CHANGES, "customer_id")
    wanted = customers[3].lower()
    found = rows_of(folder / CHANGES, Asked({"customer_id": contains(wanted)}, "customer_id"))
    assert [name for name in customers if wanted in name.lower()] == sorted(row["customer_id"] for row in found)


def test_customers_are_sorted_by_how_much_a_figure_changes(run: tuple[Report, Path]) -> None:
    _, folder = run
    rows = rows_of(folder / CHANGES, Asked({}, "candidate_sales", less="baseline_sales"))
    changes = [row["candidate_sales"] - row["baseline_sales"] for row in rows]
    assert sorted(changes, reverse=True) == changes
