"""Loading a policy folder: what it becomes."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import MILLION, UNLIMITED, Kind
from policy_service.language.feel.expressions import Comparison, Constant, Name, NameSource, Null, Operator
from policy_service.language.load import load_policy
from policy_service.language.policy import ExposureComponent, Policy
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    Direction,
    FormulaSet,
    Ladder,
    LadderMode,
    MonotonicityClaim,
    Priority,
    Scorecard,
    WhenUnknown,
)

POLICIES = Path(__file__).parent / "policies"

FACTS = """
days_late: {source: customer, type: number}
worth: {source: customer, type: money}
size: {source: customer, type: category, values: [small, large]}
region: {source: customer, type: category}
"""
REASONS = """
RISK: {en: Risk, zh: 风险}
LATE: {en: Late, zh: 逾期}
"""
HEAD = "policy: house\nbase_currency: CNY\nrule_sets: [table]\n"
TABLE = "decision_table: table\nhit_policy: first\nrows:\n"


def written(root: Path, files: Mapping[str, str]) -> Path:
    folder = root / "house"
    folder.mkdir()
    (root / "facts.yaml").write_text(FACTS)
    (root / "reasons.yaml").write_text(REASONS)
    for name, text in ({"policy": HEAD} | dict(files)).items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def table_with(root: Path, *rows: str, head: str = HEAD, keys: str = "") -> DecisionTable:
    text = (
        "decision_table: table\n"
        + (keys or "hit_policy: first\n")
        + "rows:\n"
        + "".join(f"  - {{{row}}}\n" for row in rows)
    )
    table = load_policy(written(root, {"policy": head, "table": text})).rule_set("table")
    assert isinstance(table, DecisionTable)
    return table


def distributor() -> Policy:
    return load_policy(POLICIES / "distributor_cn")


def manufacturer() -> Policy:
    return load_policy(POLICIES / "manufacturer")


def test_the_example_of_the_design_loads_as_it_is_written() -> None:
    policy = distributor()
    assert policy.title.en == "Distributor, open account"
    assert policy.title.zh == "经销商赊销政策"
    assert [type(rule_set) for rule_set in policy.rule_sets] == [Scorecard, DecisionTable, DecisionTable, Ladder]
    assert policy.parameters["tolerance"].value == MILLION // 20
    assert policy.parameters["materiality"].value == 100_00
    assert policy.grades == ("A", "B", "C", "D")


def test_a_policy_embeds_exactly_the_facts_and_reasons_it_reads() -> None:
    policy = distributor()
    assert sorted(policy.facts) == [
        "avg_days_late_12m",
        "avg_monthly_orders_12m",
        "broken_promises_6m",
        "credit_limit",
        "exposure",
        "insolvency_notices_12m",
        "oldest_days_past_due",
        "order_amount",
        "overdue_balance",
        "stop_credit",
    ]
    assert "NOT_ASSESSED" not in policy.reasons
    assert "OVER_LIMIT" in policy.reasons


def test_a_shipped_formula_that_is_called_is_embedded_with_those_it_calls() -> None:
    assert list(manufacturer().functions) == ["share_of_net_worth", "twice_the_share"]


def test_the_vocabulary_is_sorted_and_holds_every_text_once() -> None:
    vocabulary = manufacturer().vocabulary
    assert list(vocabulary) == sorted(set(vocabulary))
    assert {"A+", "state", "foreign", "finance head", "CFO, group", "L2", "T1", *Outcome} <= set(vocabulary)


def test_what_policy_yaml_says_of_exposure_severity_and_ladders_is_kept() -> None:
    policy = manufacturer()
    ladder = policy.rule_set("letters")
    assert policy.exposure == (
        ExposureComponent.OPEN_BALANCE,
        ExposureComponent.OPEN_ORDERS,
        ExposureComponent.UNAPPLIED_CASH,
    )
    assert policy.exposure_of_group
    assert policy.severity[1] is Outcome.HOLD
    assert isinstance(ladder, Ladder)
    assert ladder.mode is LadderMode.JUMP
    assert policy.change_notes == ("First version", "Tolerance 5 % from 2026-03-01")


def test_a_cell_that_is_not_written_matches_anything(tmp_path: Path) -> None:
    table = table_with(tmp_path, "id: a, when: {size: small}, then: {grace_days: 1}", "id: b, then: {grace_days: 2}")
    assert [cell.is_open for row in table.rows for cell in row.cells] == [False, True]


def test_a_list_of_tests_is_one_cell(tmp_path: Path) -> None:
    table = table_with(tmp_path, "id: a, when: {size: [small, large]}, then: {grace_days: 1}")
    assert table.rows[0].cells[0].text == "small, large"


def test_columns_stand_in_the_order_of_the_rows_that_first_test_them(tmp_path: Path) -> None:
    """Inside a row the order of keys means nothing: they are sorted."""
    table = table_with(
        tmp_path,
        "id: a, when: {worth: '> 1', region: east}, then: {grace_days: 1}",
        "id: b, when: {days_late: 0}, then: {grace_days: 2}",
    )
    assert [column.text for column in table.columns] == ["region", "worth", "days_late"]


@pytest.mark.parametrize("text", ["none", "null", '"null"'])
def test_a_limit_of_none_is_unknown(text: str, tmp_path: Path) -> None:
    table = table_with(tmp_path, f"id: a, then: {{credit_limit: {text}}}")
    assert table.rows[0].outputs[0].expression == Null(Kind.MONEY)


def test_a_limit_can_be_unlimited(tmp_path: Path) -> None:
    table = table_with(tmp_path, "id: a, then: {credit_limit: unlimited}")
    assert table.rows[0].outputs[0].expression == Constant(UNLIMITED, Kind.MONEY)


def test_an_amount_takes_the_decimals_of_the_base_currency(tmp_path: Path) -> None:
    table = table_with(tmp_path, "id: a, then: {credit_limit: 1200}", head=HEAD.replace("CNY", "JPY"))
    assert table.rows[0].outputs[0].expression == Constant(1200, Kind.MONEY)


def test_a_category_is_bare_text_even_with_signs_in_it() -> None:
    policy = manufacturer()
    limit = policy.rule_set("limit")
    assert isinstance(limit, DecisionTable)
    approval = limit.rows[1].output("approval_role")
    assert approval is not None
    assert approval.expression == Constant(policy.vocabulary.index("finance head"), Kind.CATEGORY)
    assert approval.text == "finance head"


def test_a_bare_text_that_names_a_category_is_read_as_the_name(tmp_path: Path) -> None:
    table = table_with(tmp_path, "id: a, then: {ladder_variant: region}", "id: b, then: {ladder_variant: '\"region\"'}")
    first, second = (row.outputs[0] for row in table.rows)
    assert first.expression == Name("region", NameSource.FACT, Kind.CATEGORY)
    assert isinstance(second.expression, Constant)
    assert second.text == '"region"'


def test_an_earlier_output_is_read_as_output_and_not_as_the_fact_of_that_name() -> None:
    policy = distributor()
    standing, order_check = policy.rule_set("standing"), policy.rule_set("order_check")
    assert isinstance(standing, DecisionTable)
    assert isinstance(order_check, DecisionTable)
    assert standing.columns[0].expression == Name("grade", NameSource.OUTPUT, Kind.CATEGORY)
    assert order_check.columns[0].expression == Name("stop_credit", NameSource.FACT, Kind.BOOLEAN)


def test_values_of_a_formula_stand_behind_those_they_read_whatever_the_order_of_the_file() -> None:
    quality = manufacturer().rule_set("quality")
    assert isinstance(quality, FormulaSet)
    names = list(quality.output_names)
    assert names.index("lateness") < names.index("quality_index")
    assert {value.name: value.kind for value in quality.values} == {
        "worth_part": Kind.MONEY,
        "lateness": Kind.NUMBER,
        "quality_index": Kind.NUMBER,
        "class_text": Kind.CATEGORY,
    }


def test_a_scorecard_numbers_its_attributes_and_names_its_bands() -> None:
    points = manufacturer().rule_set("points")
    assert isinstance(points, Scorecard)
    assert [each.id for each in points.characteristics[0].attributes] == ["quality_index.1", "quality_index.2", "poor"]
    assert [band.id for band in points.bands] == ["band.A+", "middle", "band.B", "band.C-"]
    assert points.characteristics[0].weight == 700_000
    assert points.characteristics[1].weight == MILLION
    assert points.when_unknown is WhenUnknown.SKIP


def test_a_priority_keeps_the_codes_of_its_values_in_order() -> None:
    policy = manufacturer()
    terms = policy.rule_set("terms")
    assert isinstance(terms, DecisionTable)
    codes = tuple(policy.vocabulary.index(text) for text in ("prepayment", "net", "end_of_month"))
    assert terms.priority == Priority("payment_term_kind", codes)


def test_outcomes_are_ranked_by_severity_where_no_priority_is_written() -> None:
    policy = manufacturer()
    check = policy.rule_set("check")
    assert isinstance(check, DecisionTable)
    assert check.priority == Priority("outcome", tuple(policy.vocabulary.index(each) for each in policy.severity))


def test_an_aggregated_output_is_one_value_that_others_may_read() -> None:
    coefficient = manufacturer().rule_set("coefficient")
    assert isinstance(coefficient, DecisionTable)
    assert coefficient.aggregation is Aggregation.SUM


def test_a_claim_names_output_direction_and_fact() -> None:
    limit = manufacturer().rule_set("limit")
    assert isinstance(limit, DecisionTable)
    assert limit.claims == (MonotonicityClaim("credit_limit", Direction.NEVER_FALLS, "coefficient"),)


def test_a_cell_knows_its_file_line_row_and_column(tmp_path: Path) -> None:
    cell = table_with(tmp_path, "id: a, when: {worth: '> 5'}, then: {grace_days: 1}").rows[0].cells[0]
    assert cell.test == Comparison(Operator.GREATER, Constant(500, Kind.MONEY))
    assert str(cell.place) == "table.yaml line 4, column 27 row a cell worth"


@pytest.mark.parametrize(
    ("written_as", "components", "of_group"),
    [
        ("[open_invoices, open_orders]", ("open_balance", "open_orders"), False),
        ("[open_balance, insured_part]", ("open_balance", "insured"), False),
        ("[open_balance, group]", ("open_balance",), True),
    ],
)
def test_the_exposure_may_be_said_in_the_words_of_the_trade(
    written_as: str, components: tuple[str, ...], of_group: bool, tmp_path: Path
) -> None:
    head = HEAD + f"exposure: {written_as}\n"
    row = "  - {id: A, when: {days_late: 0}, then: {credit_limit: 1}}\n"
    policy = load_policy(written(tmp_path, {"policy": head, "table": TABLE + row}))
    assert (components, of_group) == (tuple(map(str, policy.exposure)), policy.exposure_of_group)
