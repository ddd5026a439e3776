"""Rule sets shown as tables: which cells matched, what was hit, what came near, and how long ones are cut."""

from policy_service.domain.decisions import Values
from policy_service.engines.trace import explain
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.decisions.showing_rule_sets import MOST_ROWS, shown
from policy_service.services.decisions.shown_rule_sets import ShownBin, ShownMiss, ShownRuleSet, ShownStep
from tests.services.house import RULE_SETS, house_policy

SCORES = """
scorecard: grading
characteristics:
  - {fact: net_worth, weight: 2, unknown: 1,
     attributes: [{when: ">= 100000", points: 30}, {when: "< 100000", points: 5}]}
knock_outs: [{id: K1, when: {industry: steel}, grade: B, reason: SMALL_FIRM}]
bands: [{grade: A, when: ">= 40"}, {grade: B, when: "< 40"}]
"""


def shown_of(name: str, values: Values, *hits: str, policy: Policy | None = None) -> ShownRuleSet:
    """Return a rule set of the policy as it is shown over these values."""
    policy = policy or house_policy()
    codes = CodeBook(policy)
    return shown(policy, explain(policy, name, values, as_text=codes.text), hits, codes)


def test_a_table_shows_each_cells_verdict_beside_the_value_it_was_asked_about() -> None:
    (part,) = shown_of("grading", {"net_worth": 900_000}, "G2").parts
    assert [("net_worth", "9000.00")] == [(column.text, column.value) for column in part.columns]
    rows = [(row.row, row.cells[0].text, row.cells[0].verdict, row.is_hit) for row in part.rows]
    assert [("G1", ">= 100000", "no", False), ("G2", "< 100000", "match", True)] == rows
    assert (("grade", "B"),) == part.rows[1].sets


def test_a_near_miss_says_what_would_have_done() -> None:
    (miss,) = shown_of("grading", {"net_worth": 900_000}, "G2").misses
    assert ShownMiss("G1", "net_worth", ">= 100000", miss.kind, "9000.00", "100000.00") == miss


def test_rows_that_ask_for_another_word_alone_came_near_to_nothing() -> None:
    policy = house_policy()
    grade = {"grade": policy.vocabulary.index("A")}
    assert () == shown_of("standing", grade, "S1").misses


def test_a_scorecard_shows_the_points_of_each_bin_as_often_as_it_weighs() -> None:
    policy = house_policy({"grading": SCORES})
    seen = shown_of("grading", {"net_worth": 900_000}, "net_worth.2", "band.B", policy=policy)
    (points,) = seen.points
    assert (
        ShownBin(">= 100000", "60", False),
        ShownBin("< 100000", "10", True),
        ShownBin("", "2", False),
    ) == points.bins
    assert "10" == points.earned
    assert ["knock_outs", "bands"] == [part.part for part in seen.parts]
    assert ShownStep("band.A", seen.next_step.kind, "30") == seen.next_step if seen.next_step else False


def test_a_ladder_shows_its_levels_and_how_far_the_next_one_is() -> None:
    seen = shown_of("collection", {"days_past_due": 12, "past_due_balance": 0}, "L1")
    assert [("L1", 1, True), ("L2", 30, False)] == [(one.name, one.value, one.is_hit) for one in seen.values]
    assert ("L2", 18) == (seen.next_step.row, seen.next_step.distance) if seen.next_step else False


def test_of_a_long_table_the_rows_beside_the_hit_are_shown() -> None:
    rows = "".join(
        f'  - {{id: R{n}, when: {{net_worth: "[{n * 100}..{n * 100 + 100})"}}, then: {{grade: A}}}}\n'
        for n in range(200)
    )
    grading = f"decision_table: grading\nhit_policy: unique\nrows:\n{rows}otherwise: {{grade: B}}\n"
    policy = house_policy({"grading": grading})
    (part,) = shown_of("grading", {"net_worth": 1_005_000}, "R100", policy=policy).parts
    shown_rows = [row.row for row in part.rows]
    assert "R100" in shown_rows
    assert "R97" in shown_rows
    assert "otherwise" == shown_rows[-1]
    assert 201 == len(shown_rows) + part.left_out


def test_a_table_that_fits_is_shown_whole() -> None:
    assert RULE_SETS["grading"].count("id:") < MOST_ROWS
    assert [0] == [part.left_out for part in shown_of("grading", {"net_worth": 1}).parts]
