"""The trace explains every cell, near misses by how much, points, bands and levels."""

from functools import cache

from policy_service.domain.values import LARGEST, UNKNOWN, UNLIMITED, Kind
from policy_service.engines.near_misses import nearest_match
from policy_service.engines.trace import Explainer, PointsTrace, RuleSetTrace, Step, explain
from policy_service.engines.traced_rows import Verdict
from policy_service.language.policy import Policy
from tests.engines.hand_made import policy_of

CHECK = """decision_table: check
hit_policy: first
rows:
  - {id: A, when: {amount: "> other", late: "[5..10)"}, then: {outcome: hold}, reason: PAST_DUE}
  - {id: B, when: {amount: "-", sector: food, late: "> hold_after_days"}, then: {outcome: decline}, reason: NOTED}
  - {id: C, when: {opened: '< date("2024-01-01"), > date("2024-06-01")'}, then: {outcome: approve}}
"""
GRADING = """scorecard: grading
characteristics:
  - {fact: late, weight: 0.5, attributes: [{when: "<= 0", points: 80}, {when: "> 0", points: 50}], unknown: 10}
  - {fact: items, attributes: [{when: "<= 3", points: 1}, {when: "[3..9]", points: 2}]}
knock_outs: [{id: K1, when: {flag: true, amount: "> 100"}, grade: D, reason: INSOLVENT}]
bands: [{grade: A, when: ">= 40"}, {grade: B, when: "[26.5..40)"}, {grade: C, when: "< 26.5"}]
"""
COLLECTION = """ladder: collection
when: {sector: food}
levels:
  - {id: L0, days_past_due: -3, action: remind}
  - {id: L1, days_past_due: hold_after_days, action: call}
  - {id: L2, days_past_due: late, action: demand}
triggers: [{id: T1, when: {items: ">= 2"}, action: visit, reason: NO_WILL}]
"""
FIGURES = """formula: figures
values: {double: {value: "amount * 2", type: money}, plus: {value: "double + 0.01", type: money}}
"""


@cache
def policy() -> Policy:
    return policy_of({"check": CHECK, "grading": GRADING, "collection": COLLECTION, "figures": FIGURES})


def traced(rule_set: str, **values: int) -> RuleSetTrace:
    return explain(policy(), rule_set, values)


def food() -> int:
    return policy().vocabulary.index("food")


def test_every_cell_says_what_it_saw() -> None:
    row = traced("check", amount=101, other=100, late=10).rows[0]
    assert row.verdict is Verdict.NO
    assert [
        ("amount", "> other", Kind.MONEY, Verdict.MATCH, 101, (100,)),
        ("late", "[5..10)", Kind.DAYS, Verdict.NO, 10, (5, 10)),
    ] == [(cell.column, cell.cell, cell.kind, cell.verdict, cell.value, cell.ends) for cell in row.cells]


def test_a_row_is_unknown_if_no_cell_says_no() -> None:
    rows = traced("check", amount=101, late=7).rows
    assert [("A", Verdict.UNKNOWN), ("B", Verdict.NO), ("C", Verdict.UNKNOWN)] == [
        (row.row, row.verdict) for row in rows
    ]


def test_a_row_that_failed_by_one_cell_names_the_nearest_value_that_matches() -> None:
    misses = traced("check", amount=101, other=100, late=10).near_misses
    assert [("A", "late", "[5..10)", 10, 9, 1)] == [
        (miss.row, miss.column, miss.cell, miss.value, miss.needed, miss.distance) for miss in misses
    ]


def test_beyond_an_open_bound_one_step_is_needed() -> None:
    misses = traced("check", amount=100, other=100, late=5).near_misses
    assert [("A", 101, 1)] == [(miss.row, miss.needed, miss.distance) for miss in misses]


def test_a_row_that_failed_by_two_cells_or_by_an_unknown_is_no_near_miss() -> None:
    assert traced("check", amount=100, other=100, late=4).near_misses == ()
    assert traced("check", amount=101, late=4, opened=UNKNOWN).near_misses == ()


def test_a_category_has_no_distance() -> None:
    misses = traced("check", amount=0, other=0, late=16, sector=food() + 1).near_misses
    assert [("B", "sector", None, None)] == [(miss.row, miss.column, miss.needed, miss.distance) for miss in misses]


def test_the_nearer_of_two_ranges_is_named_and_dates_differ_by_days() -> None:
    written: list[tuple[int, Kind]] = []

    def as_text(value: int, kind: Kind) -> str:
        written.append((value, kind))
        return f"<{value} {kind}>"

    values = {"amount": 0, "other": 0, "late": 0, "opened": 19_790}
    (miss,) = explain(policy(), "check", values, as_text=as_text).near_misses
    assert (19_722, 68) == (miss.needed, miss.distance)
    assert "<68 days> less would do" in miss.text
    assert (19_790, Kind.DATE) in written


def test_parameters_of_the_run_are_the_ones_explained() -> None:
    values = {"amount": 0, "other": 0, "late": 30, "sector": food()}
    rows = explain(policy(), "check", values, {"hold_after_days": 30}).rows
    assert (Verdict.NO, (30,)) == (rows[1].cells[0].verdict, rows[1].cells[0].ends)


def test_an_overflow_is_a_fault_of_its_cell() -> None:
    text = CHECK.replace("> other", "> other * 2")
    trace = explain(policy_of({"check": text}), "check", {"amount": 1, "other": LARGEST, "late": 5})
    assert trace.rows[0].verdict is Verdict.FAULT


def test_a_scorecard_shows_its_points_and_what_is_missing_to_the_next_band() -> None:
    trace = traced("grading", late=1, items=2, flag=0, amount=100)
    assert (
        PointsTrace("late", 1, 25_000_000, ("late.2",)),
        PointsTrace("items", 2, 1_000_000, ("items.1",)),
    ) == trace.points
    assert (("score", 26_000_000),) == trace.values
    assert Step("band.B", 500_000) == trace.next_step


def test_the_highest_band_has_no_next() -> None:
    assert traced("grading", late=0, items=2).next_step is None


def test_points_that_are_unknown_or_contradict() -> None:
    trace = traced("grading", items=3)
    assert (
        PointsTrace("late", UNKNOWN, 5_000_000, ("late.unknown",)),
        PointsTrace("items", 3, UNKNOWN, ("items.1", "items.2")),
    ) == trace.points
    assert trace.next_step is None


def test_a_knock_out_that_failed_by_one_cell_is_a_near_miss() -> None:
    (miss,) = traced("grading", late=1, items=2, flag=1, amount=9_000).near_misses
    assert ("K1", 10_001, 1_001) == (miss.row, miss.needed, miss.distance)


def test_a_ladder_shows_its_days_and_how_many_are_left() -> None:
    trace = traced("collection", days_past_due=-3, late=40, sector=food(), items=1)
    assert (("L0", -3), ("L1", 15), ("L2", 40)) == trace.values
    assert Step("L1", 18) == trace.next_step
    assert [("when", Verdict.MATCH), ("T1", Verdict.NO)] == [(row.row, row.verdict) for row in trace.rows]
    assert [("T1", 1)] == [(miss.row, miss.distance) for miss in trace.near_misses]


def test_a_ladder_climbed_to_its_end_has_no_next_step() -> None:
    assert traced("collection", days_past_due=40, late=40).next_step is None
    assert traced("collection", late=40).next_step is None


def test_a_formula_set_shows_its_values() -> None:
    assert (("double", 200), ("plus", 201)) == traced("figures", amount=100).values


def test_no_change_makes_unlimited_or_the_unknown_match() -> None:
    assert [None, None] == [nearest_match(value, [5], lambda _: 1) for value in (UNKNOWN, UNLIMITED)]


def test_an_end_point_at_the_edge_is_not_stepped_over() -> None:
    assert nearest_match(0, [LARGEST], lambda step: int(step > LARGEST - 1)) == LARGEST


def test_an_explainer_that_is_kept_says_the_same_as_one_made_anew() -> None:
    kept = Explainer(policy())
    given = [{"amount": 101, "other": 100, "late": 10}, {"late": 1, "items": 2, "flag": 1, "amount": 9_000}, {}]
    for values in given:
        for rule_set in ("check", "grading", "collection", "figures"):
            assert explain(policy(), rule_set, values) == kept.explain(rule_set, values)
