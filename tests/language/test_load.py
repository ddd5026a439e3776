"""Loading a policy folder: what it becomes, and every way in which it is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import MILLION, UNLIMITED, Kind
from policy_service.language.expressions import Comparison, Constant, Name, NameSource, Null, Operator
from policy_service.language.load import PolicyNotReadable, load_policy
from policy_service.language.policy import (
    Aggregation,
    DecisionTable,
    Direction,
    ExposureComponent,
    FormulaSet,
    Ladder,
    LadderMode,
    MonotonicityClaim,
    Policy,
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


def refusals(root: Path, files: Mapping[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(written(root, files))
    return [(error.code, str(error.place)) for error in refused.value.errors]


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


def test_one_bad_cell_does_not_hide_the_next(tmp_path: Path) -> None:
    rows = (
        "  - {id: a, when: {size: smal}, then: {grace_days: 1}}\n"
        "  - {id: b, when: {worht: '> 5'}, then: {grace_day: 1}}\n"
        "  - {id: a, when: {worth: '> > 5'}, then: {outcome: hold}}\n"
    )
    found = refusals(tmp_path, {"table": TABLE + rows})
    assert [code for code, _ in found] == ["L429", "L201", "L419", "L417", "L421", "L106"]


def rows(*texts: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"table": TABLE + "".join(f"  - {{{text}}}\n" for text in texts)}


def head(text: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"policy": HEAD + text} | rows("id: a, then: {grace_days: 1}")()


def table(keys: str, *texts: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"table": f"decision_table: table\n{keys}\nrows:\n" + "".join(f"  - {{{text}}}\n" for text in texts)}


def only(kind: str, text: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"table": f"{kind}: table\n{text}\n"}


SCORED = "characteristics:\n  - {fact: days_late, attributes: [{when: '-', points: 1}]}\n"
STEP = "levels:\n  - {id: L1, days_past_due: 1, action: call"


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("L401", dict),
        ("L402", lambda: {"policy": HEAD.replace("[table]", "[table, table]"), **rows("id: a, then: {grace_days: 1}")()}),
        ("L402", lambda: {"policy": HEAD.replace("[table]", "[table, cases]"), **rows("id: a, then: {grace_days: 1}")()}),
        ("L403", lambda: {**rows("id: a, then: {grace_days: 1}")(), "other": "formula: other\nvalues: {a: 1}\n"}),
        ("L404", head("severity: [decline, hold]\n")),
        ("L404", head("exposure_level: all\n")),
        ("L405", head("parameters: {worth: {value: 1, type: money}}\n")),
        ("L405", head("parameters: {grade: {value: A, type: category}}\n")),
        ("L405", table("hit_policy: first\noutputs: {worth: {type: money}}", "id: a, then: {worth: 1}")),
        ("L405", table("hit_policy: first\noutputs: {grade: {type: category}}", "id: a, then: {grade: A}")),
        ("L405", only("formula", "values: {worth: 1}")),
        ("L406", lambda: {"table": "decision_tabel: table\n"}),
        ("L406", lambda: {"table": "decision_table: table\nladder: table\n"}),
        ("L407", lambda: {"table": TABLE.replace(": table", ": other") + "  - {id: a, then: {grace_days: 1}}\n"}),
        ("L041", rows("id: a, then: {grace_days: 1}, wehn: {size: small}")),
        ("L042", rows("id: a, when: {size: small}")),
        ("L042", rows("then: {grace_days: 1}")),
        ("L411", rows("id: a, when: {size: []}, then: {grace_days: 1}")),
        ("L412", rows("id: a b, then: {grace_days: 1}")),
        ("L412", rows("id: otherwise, then: {grace_days: 1}")),
        ("L413", rows("id: a, then: {grace_days: 1}, reason: RISK, reasons: [LATE]")),
        ("L414", lambda: {"table": "decision_table: table\nhit_policy: first\nrows: []\n"}),
        ("L414", only("formula", "values: {}")),
        ("L414", only("ladder", "mode: step")),
        ("L414", only("scorecard", "characteristics: []\nbands: [{grade: A, when: '-'}]")),
        ("L415", rows("id: a, then: {}")),
        ("L415", only("ladder", "triggers:\n  - {id: T1, when: {}, action: call}")),
        ("L416", table("hit_policy: priority\npriority: {output: grace_days, order: up}", "id: a, then: {grace_days: 1}")),
        ("L417", rows("id: a, then: {grace_days: 1}", "id: a, then: {grace_days: 2}")),
        ("L418", rows("id: a, when: {worth + 1: '> 1', 'worth+1': '< 9'}, then: {grace_days: 1}")),
        ("L419", rows("id: a, then: {graec_days: 1}")),
        ("L419", only("ladder", STEP + ", effects: {outcome: hold}}")),
        ("L420", rows("id: a, then: {outcome: aprove}")),
        ("L420", only("formula", "values: {outcome: hold}")),
        ("L421", rows("id: a, then: {outcome: prepay}")),
        ("L421", lambda: {"table": TABLE + "  - {id: a, then: {grace_days: 1}}\notherwise: {outcome: refer}\n"}),
        ("L421", only("scorecard", SCORED + "knock_outs: [{id: K, when: {worth: 1}, grade: A}]\nbands: [{grade: A, when: '-'}]")),
        ("L422", only("formula", "values: {credit_limit: {value: 1, type: number}}")),
        ("L423", head("parameters: {dial: {value: unknown, type: money}}\n")),
        ("L425", lambda: {"table": "claims: [credit_limit never rises with worth]\n" + TABLE + "  - {id: a, then: {grace_days: 1}}\n"}),
        ("L425", lambda: {"table": "claims: [grace_days rises with worth]\n" + TABLE + "  - {id: a, then: {grace_days: 1}}\n"}),
        ("L425", lambda: {"table": "claims: [grace_days never rises with size]\n" + TABLE + "  - {id: a, then: {grace_days: 1}}\n"}),
        ("L425", lambda: {"table": "claims: [grace_days never rises with wort]\n" + TABLE + "  - {id: a, then: {grace_days: 1}}\n"}),
        ("L426", head("parameters: {dial: {value: 5, type: number, max: 4}}\n")),
        ("L426", head("parameters: {dial: {value: 5, type: number, step: 0}}\n")),
        ("L426", head("parameters: {dial: {value: 5, type: number, min: 9, max: 4}}\n")),
        ("L427", table("hit_policy: first\noutputs: {own: {type: number}}", "id: a, then: {grace_days: 1}")),
        ("L428", rows("id: a, then: {grace_days: 1}, reason: RIKS")),
        ("L429", rows("id: a, when: {size: medium}, then: {grace_days: 1}")),
        ("L429", rows("id: a, when: {'if size = \"medium\" then 1 else 2': 1}, then: {grace_days: 1}")),
        ("L429", rows("id: a, then: {payment_term_kind: cash}")),
        ("L430", table("hit_policy: first\naggregation: sum", "id: a, then: {grace_days: 1}")),
        ("L430", table("hit_policy: collect\naggregation: sum", "id: a, then: {outcome: approve}")),
        ("L431", table("hit_policy: collect\naggregation: sum", "id: a, then: {grade: A}")),
        ("L431", table("hit_policy: collect\naggregation: count", "id: a, then: {grace_days: 1}")),
        ("L432", table("hit_policy: priority", "id: a, then: {grace_days: 1}")),
        ("L432", table("hit_policy: first\npriority: {output: grade, order: [A]}", "id: a, then: {grade: A}")),
        ("L432", table("hit_policy: priority\npriority: {output: grade, order: descending}", "id: a, then: {grade: A}")),
        ("L432", table("hit_policy: priority\npriority: {output: score, order: descending}", "id: a, then: {grade: A}")),
        ("L433", table("hit_policy: rule_order", "id: a, then: {grace_days: 1}")),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(code: str, files: Callable[[], Mapping[str, str]], tmp_path: Path) -> None:
    assert code in [found for found, _ in refusals(tmp_path, files())]


def test_a_text_that_no_rule_set_grades_is_refused_with_the_grade_that_was_meant(tmp_path: Path) -> None:
    """A typo in a cell must not become a row that never matches."""
    scorecard = "scorecard: rating\n" + SCORED + "bands: [{grade: good, when: '>= 1'}, {grade: bad, when: '< 1'}]\n"
    files = {
        "policy": HEAD.replace("[table]", "[rating, table]"),
        "rating": scorecard,
        "table": TABLE + "  - {id: a, when: {grade: [god, bad]}, then: {grace_days: 1}}\n",
    }
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(written(tmp_path, files))
    error = refused.value.errors[0]
    assert (error.code, error.message, error.remedy) == ("L429", "grade is never god.", 'Did you mean "good"?')


def test_errors_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    found = refusals(
        tmp_path, {"policy": HEAD + "ownr: me\n", **rows("id: a, then: {one: 1}", "id: b, then: {two: 1}")()}
    )
    assert found == [
        ("L041", "policy.yaml line 4, column 1"),
        ("L419", "table.yaml line 4, column 19 row a"),
        ("L419", "table.yaml line 5, column 19 row b"),
    ]


def test_a_rule_set_that_cannot_be_read_brings_no_complaints_about_its_outputs(tmp_path: Path) -> None:
    files = {
        "policy": HEAD.replace("[table]", "[values, table]"),
        "values": "formula: values\nvalues: {a: [}\n",
        "table": TABLE + "  - {id: a, when: {a: '> 1'}, then: {grace_days: 1}}\n",
    }
    assert [code for code, _ in refusals(tmp_path, files)] == ["L027"]


def test_a_fact_measured_with_a_parameter_needs_that_parameter(tmp_path: Path) -> None:
    folder = written(tmp_path, {"table": TABLE + "  - {id: a, when: {late: '> 1'}, then: {grace_days: 1}}\n"})
    (folder / "facts.yaml").write_text(
        'late: {from: open_invoices, measure: count, where: "days_past_due > patience", type: integer}\n'
    )
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(folder)
    assert [error.code for error in refused.value.errors] == ["L408"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(tmp_path / "nowhere")
    assert refused.value.code == "L001"
