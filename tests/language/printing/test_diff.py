"""A diff of two policies reads like a change note."""

import shutil
from pathlib import Path

import pytest

from policy_service.language.load import load_policy
from policy_service.language.printing.diff import Change, diff

POLICIES = Path(__file__).parents[1] / "policies"


def changes(root: Path, *edits: tuple[str, str, str], added: str = "") -> list[str]:
    """Return the changes after replacing texts in files of the distributor's policy."""
    shutil.copytree(POLICIES, root, dirs_exist_ok=True)
    before = load_policy(root / "distributor_cn")
    for file, old, new in edits:
        path = root / file if (root / file).exists() else root / "distributor_cn" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
    if added:
        (root / "distributor_cn" / "added.yaml").write_text(added)
    return [str(change) for change in diff(before, load_policy(root / "distributor_cn"))]


@pytest.mark.parametrize("name", ["distributor_cn", "manufacturer"])
def test_a_policy_does_not_differ_from_itself(name: str) -> None:
    assert diff(load_policy(POLICIES / name), load_policy(POLICIES / name)) == ()


def test_an_amount_is_written_with_thousands_separators(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    assert changes(tmp_path, ("standing.yaml", "credit_limit: 0", "credit_limit: 1200000.50")) == [
        "standing row S40, credit_limit: 0 -> 1,200,000.50"
    ]


def test_the_change_of_a_limit_reads_as_the_contract_says() -> None:
    change = Change("", "L20", "credit_limit", "200,000", "250,000")
    assert str(change) == "row L20, credit_limit: 200,000 -> 250,000"


def test_amounts_in_cells_and_formulas_have_separators_too(tmp_path: Path) -> None:
    edit = ("standing.yaml", '"avg_monthly_orders_12m * 2"', '"min(avg_monthly_orders_12m * 2, 1500000)"')
    cell = ("standing.yaml", "{grade: A}", '{grade: A, open_balance: "< 2000000.5"}')
    assert changes(tmp_path, edit, cell) == [
        "standing row S10, when open_balance added: < 2,000,000.5",
        "standing row S10, credit_limit: avg_monthly_orders_12m * 2 -> min(avg_monthly_orders_12m * 2, 1,500,000)",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "change"),
    [
        ("standing.yaml", "grade: A", 'grade: "A, B"', "standing row S10, when grade: A -> A, B"),
        ("standing.yaml", ", payment_term_days: 60", "", "standing row S10, payment_term_days removed: 60"),
        ("standing.yaml", "unique", "first", "standing, hit policy: unique -> first"),
        ("order_check.yaml", "reason: PAST_DUE", "reason: OVER_LIMIT",
         "order_check row O10, reason: PAST_DUE -> OVER_LIMIT"),
        ("order_check.yaml", "outcome: approve", "outcome: refer, reason: PAST_DUE",
         "order_check row otherwise, outcome: approve -> refer"),
        ("grading.yaml", "points: 25", "points: 26.5", "grading row avg_days_late_12m.2, points: 25 -> 26.5"),
        ("grading.yaml", "unknown: 15", "unknown: 10", "grading, points of an unknown avg_days_late_12m: 15 -> 10"),
        ("grading.yaml", '"[40..60)"', '"[45..60)"', "grading row band.C, when score: [40..60) -> [45..60)"),
        ("collection.yaml", "days_past_due: 45", "days_past_due: 60", "collection row L3, days_past_due: 45 -> 60"),
        ("collection.yaml", ", release: {overdue_balance: \"<= materiality\"}", "",
         "collection row L3, release when overdue_balance removed: <= materiality"),
        ("policy.yaml", "value: 100.00", "value: 5000", "parameter materiality: 100 -> 5,000"),
        ("policy.yaml", "max: 0.5", "max: 0.6", "parameter tolerance max: 0.5 -> 0.6"),
        ("policy.yaml", ", rating_change", "", "review_on: insolvency_notice, rating_change -> insolvency_notice"),
        ("reasons.yaml", "Past due", "Overdue", "reason PAST_DUE: Past due / 逾期 -> Overdue / 逾期"),
        ("facts.yaml", "where: broken, within: 180 days", "where: broken, within: 90 days",
         'fact broken_promises_6m: {from: promises, measure: count, where: broken, within: "180 days", type: integer}'
         ' -> {from: promises, measure: count, where: broken, within: "90 days", type: integer}'),
    ],
)  # fmt: skip
def test_a_change_is_named_by_its_place_and_its_texts(
    file: str, old: str, new: str, change: str, tmp_path: Path
) -> None:
    assert change in changes(tmp_path, (file, old, new))


def test_rows_that_came_and_went_are_said_in_one_line_each(tmp_path: Path) -> None:
    old = (POLICIES / "distributor_cn" / "standing.yaml").read_text().splitlines(keepends=True)[-1]
    new = "  - {id: S50, when: {grade: C}, then: {credit_limit: unlimited}}\n"
    assert changes(tmp_path, ("standing.yaml", old, new)) == [
        "standing row S40 removed: when grade D; credit_limit 0; payment_term_days 0; prepay_percent 100; "
        "next_review_days 90; reason NO_OPEN_CREDIT",
        "standing row S50 added: when grade C; credit_limit unlimited",
    ]


def test_a_row_that_moved_is_said_with_its_neighbours(tmp_path: Path) -> None:
    first = "  - {id: O05, when: {stop_credit: true}, then: {outcome: hold}, reason: CREDIT_STOPPED}\n"
    last = "then: {outcome: hold}, reason: OVER_LIMIT}\n"
    moved = changes(tmp_path, ("order_check.yaml", first, ""), ("order_check.yaml", last, last + first))
    assert moved == ["order_check row O05, place: first -> after O20"]


def test_a_rule_set_that_came_is_said_once(tmp_path: Path) -> None:
    found = changes(
        tmp_path, ("policy.yaml", "[grading,", "[added, grading,"), added="formula: added\nvalues: {one: 1}\n"
    )
    assert "added added: formula" in found
    assert (
        "rule_sets: grading, standing, order_check, collection -> added, grading, standing, order_check, collection"
        in found
    )


def test_a_level_that_is_added_takes_its_place_on_the_ladder(tmp_path: Path) -> None:
    level = "  - {id: L2, days_past_due: 15, action: call}\ntriggers:"
    assert changes(tmp_path, ("collection.yaml", "triggers:", level)) == [
        "collection row L2 added: days_past_due 15; action call"
    ]
