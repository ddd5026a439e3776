"""Claims about tables that collect from all rows that match: sums, smallest, largest, counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from policy_service.domain.findings import Finding
from policy_service.language.feel.expressions import Expression, Multiply, Name, Subtract
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Aggregation, DecisionTable, Direction, HitPolicy, MonotonicityClaim
from policy_service.linter.claims.monotonicity import check_claims
from policy_service.linter.codes import Code
from policy_service.linter.regions.knowledge import knowledge_of
from policy_service.linter.regions.ranges import Range
from tests.linter.building import WHOLE, compares, fact, number, output_name, policy, row, sets, table
from tests.linter.written import lint_of, only

DAYS, WORTH = fact("days"), fact("worth")
UP, DOWN = Direction.NEVER_FALLS, Direction.NEVER_RISES

CAPACITIES = """
decision_table: capacities
hit_policy: collect
aggregation: min
outputs: {capacity: {type: money}}
rows:
  - {id: C10, then: {capacity: "avg_monthly_orders_12m * (30 + max(avg_days_late_12m, 0)) / 30"}}
  - {id: C20, when: {net_worth: "not(null)"}, then: {capacity: "max(net_worth, 0) * 0.1"}}
  - {id: C30, when: {order_amount: "> 0"}, then: {capacity: order_amount}}
claims: [%s]
"""


def collecting(aggregation: Aggregation, direction: Direction, about: str, *, otherwise: int | None = None) -> Policy:
    rows = [
        row("R1", (compares(">=", 5), None), sets(x=3)),
        row("R2", (compares(">=", 10), None), sets(x=4)),
        row("R3", (None, compares(">=", 2)), sets(x=WORTH)),
    ]
    made = table(
        (DAYS, WORTH),
        rows,
        HitPolicy.COLLECT,
        aggregation=aggregation,
        otherwise=None if otherwise is None else sets(x=otherwise),
        claims=(MonotonicityClaim("x", direction, about),),
    )
    return policy(made, facts=(DAYS, WORTH), outputs={"x": WHOLE})


def answer(tried: Policy) -> Finding:
    return next(check_claims(knowledge_of(tried)))


@pytest.mark.parametrize(
    ("aggregation", "direction", "about", "code"),
    [
        (Aggregation.SUM, UP, "days", Code.CLAIM_PROVED),
        (Aggregation.SUM, UP, "worth", Code.CLAIM_PROVED),
        (Aggregation.SUM, DOWN, "days", Code.CLAIM_REFUTED),
        (Aggregation.COUNT, UP, "days", Code.CLAIM_PROVED),
        (Aggregation.COUNT, DOWN, "worth", Code.CLAIM_REFUTED),
        (Aggregation.MAX, UP, "days", Code.CLAIM_PROVED),
        (Aggregation.MAX, DOWN, "days", Code.CLAIM_REFUTED),
        (Aggregation.MIN, UP, "days", Code.CLAIM_REFUTED),
    ],
)
def test_what_all_rows_say_together_is_proved_or_refuted(
    aggregation: Aggregation, direction: Direction, about: str, code: Code
) -> None:
    assert code == answer(collecting(aggregation, direction, about)).code


def test_rows_that_take_turns_are_added_up_together(tmp_path: Path) -> None:
    """The row that stops to match is made up for by the one that begins to."""
    lines = """
    decision_table: lines
    hit_policy: collect
    aggregation: sum
    outputs: {points: {type: integer}}
    rows:
      - {id: C10, when: {years_trading: "[5..10)"}, then: {points: 1}}
      - {id: C20, when: {years_trading: ">= 10"}, then: {points: 2}}
      - {id: C30, when: {segment: key}, then: {points: 3}}
    otherwise: {points: 0}
    claims: [points never falls with years_trading]
    """
    assert "points never falls with years_trading: proved." == only(lint_of(tmp_path, {"lines": lines}), "C181").message


def test_an_otherwise_above_the_sum_of_a_row_is_seen() -> None:
    assert Code.CLAIM_PROVED == answer(collecting(Aggregation.SUM, UP, "days", otherwise=3)).code
    assert Code.CLAIM_REFUTED == answer(collecting(Aggregation.SUM, UP, "days", otherwise=4)).code


def test_a_longer_wait_that_raises_the_least_of_all_capacities_is_refuted(tmp_path: Path) -> None:
    claim = "capacity never rises with avg_days_late_12m"
    finding = only(lint_of(tmp_path, {"capacities": CAPACITIES % claim}), "C182")
    example = dict(finding.example)
    assert example["avg_days_late_12m"] < example["avg_days_late_12m (then)"]


@pytest.mark.parametrize("fact_name", ["net_worth", "order_amount", "avg_monthly_orders_12m", "avg_days_late_12m"])
def test_the_least_of_all_capacities_never_falls_with_one_of_them(fact_name: str, tmp_path: Path) -> None:
    claim = f"capacity never falls with {fact_name}"
    found = lint_of(tmp_path, {"capacities": CAPACITIES.replace('order_amount: "> 0"', "segment: key") % claim})
    assert [f"{claim}: proved."] == [each.message for each in found if each.code.startswith("C18")]


def test_a_limit_behind_a_collected_capacity_is_refuted_through_it(tmp_path: Path) -> None:
    limit = """
    decision_table: limit
    hit_policy: first
    rows:
      - {id: L10, then: {credit_limit: "floor(max(capacity, 0), -2)"}}
    claims: [credit_limit never rises with avg_days_late_12m]
    """
    capacities = CAPACITIES.replace("claims: [%s]\n", "")
    assert only(lint_of(tmp_path, {"capacities": capacities, "limit": limit}), "C182").rule_set == "limit"


def test_a_list_neither_rises_nor_falls() -> None:
    listed = collecting(Aggregation.LIST, UP, "days")
    assert Code.CLAIM_WITHOUT_MEANING == answer(listed).code


def test_what_is_left_open_names_the_rows_that_begin_and_cease_to_match() -> None:
    made = collecting(Aggregation.SUM, UP, "worth").rule_sets[0]
    assert isinstance(made, DecisionTable)
    square = replace(made.rows[2], outputs=sets(x=_square(WORTH)), cells=made.rows[2].cells)
    doubtful = policy(replace(made, rows=(*made.rows[:2], square)), facts=(DAYS, WORTH), outputs={"x": WHOLE})
    enters, stays = check_claims(knowledge_of(doubtful))
    assert [Code.CLAIM_NOT_PROVED] * 2 == [enters.code, stays.code]
    assert [("R3",)] * 2 == [enters.rows, stays.rows]
    assert "not proved where no row gives way to R3; 2 such regions are left" in enters.message
    assert "not proved where R3 applies at both values; 2 such regions are left" in stays.message


def _square(name: Name) -> Expression:
    # From 2 on it never falls, which no comparison of its parts shows.
    twice = Multiply(number(2), name, 1, WHOLE)
    return Subtract(Multiply(name, name, 1, WHOLE), twice, WHOLE)


def test_a_sum_lies_between_the_sums_of_what_its_rows_take_off_and_add() -> None:
    rows = [row("R1", (compares(">", 1),), sets(x=5)), row("R2", (compares(">", 2),), sets(x=-2))]
    made = table((DAYS,), rows, HitPolicy.COLLECT, aggregation=Aggregation.SUM, otherwise=sets(x=7))
    known = knowledge_of(policy(made, facts=(DAYS,), outputs={"x": WHOLE}))
    assert Range(-2, 7) == known.ranges[output_name("x")]
    count = knowledge_of(policy(replace(made, aggregation=Aggregation.COUNT), facts=(DAYS,), outputs={"x": WHOLE}))
    assert Range(1, 7) == count.ranges[output_name("x")]
