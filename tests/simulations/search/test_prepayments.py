"""A sweep or a search over runs that ask for prepayments says what these prove, as the report of a simulation does."""

import pytest

from simulations.report.contents import Report
from simulations.search.conditions import read_conditions
from simulations.search.dials import dial_of, dials_of
from simulations.search.goal_search import search_goal, search_report
from simulations.search.sweep import sweep, sweep_report
from tests.simulations.search.dialled import asked_of_prepaying
from tests.simulations.stress.ledgers import day

SOLD, MOSTLY = "PREPAID_IS_SOLD", "MOSTLY_PREPAID"


def swept(text: str, **options: str) -> Report:
    of = asked_of_prepaying(**options)
    return sweep_report(sweep(of, dials_of([text], of.policy, 1)))


def sought(goal: str) -> Report:
    """Search for the goal in January, of which three orders are, judged by February."""
    of = asked_of_prepaying()
    dials = [dial_of("hold_after_days=0..30/10", of.policy)]
    goals = read_conditions([goal], of.policy)
    return search_report(search_goal(of, dials, goals, (), judged_from=day("2026-02-01")))


def of_prepayments(report: Report) -> list[str]:
    return [one["code"] for one in report["caveats"] if one["code"] in (SOLD, MOSTLY)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [("20..25/1", []), ("10..25/5", [SOLD]), ("0..25/5", [SOLD, MOSTLY])],
    ids=["none", "one of four", "all"],
)
def test_a_sweep_says_what_the_prepayments_of_any_of_its_runs_prove(values: str, expected: list[str]) -> None:
    report = swept(f"hold_after_days={values}")
    assert expected == of_prepayments(report)
    assert expected == [one["code"] for one in report["caveats"]][: len(expected)]


def test_in_open_loop_prepayments_prove_nothing_and_nothing_is_said() -> None:
    assert [] == of_prepayments(swept("hold_after_days=0..25/5", mode="open"))


@pytest.mark.parametrize(
    ("goal", "found", "expected"),
    [("prepaid <= 0", 25, []), ("prepaid >= 1", 10, [SOLD]), ("prepaid >= 3", 0, [SOLD, MOSTLY])],
    ids=["as it stands", "one of three", "all"],
)
def test_a_search_says_what_the_prepayments_of_the_values_found_prove(
    goal: str, found: int, expected: list[str]
) -> None:
    report = sought(goal)
    assert (found, expected) == (report["found"]["hold_after_days"], of_prepayments(report))
