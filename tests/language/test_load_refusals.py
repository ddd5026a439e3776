"""Every way in which a policy folder is refused: coded, placed, and one error does not hide the next."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from policy_service.language.load import PolicyNotReadable, load_policy
from policy_service.language.rule_sets import DecisionTable

PRIORITY = "hit_policy: priority\npriority: "

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


def refusals(root: Path, files: Mapping[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(written(root, files))
    return [(error.code, str(error.place)) for error in refused.value.errors]


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


def claiming(claims: str) -> Callable[[], Mapping[str, str]]:
    return table(f"hit_policy: first\nclaims: {claims}", "id: a, then: {grace_days: 1}")


def only(kind: str, text: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"table": f"{kind}: table\n{text}\n"}


SCORED = "characteristics:\n  - {fact: days_late, attributes: [{when: '-', points: 1}]}\n"
BAND = "bands: [{grade: A, when: '-'}]"
ONE_ROW = {"table": TABLE + "  - {id: a, then: {grace_days: 1}}\n"}
STEP = "levels:\n  - {id: L1, days_past_due: 1, action: call"


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("L401", dict),
        ("L402", lambda: {"policy": HEAD.replace("[table]", "[table, table]"), **ONE_ROW}),
        ("L402", lambda: {"policy": HEAD.replace("[table]", "[table, cases]"), **ONE_ROW}),
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
        ("L416", table(PRIORITY + "{output: grace_days, order: up}", "id: a, then: {grace_days: 1}")),
        ("L417", rows("id: a, then: {grace_days: 1}", "id: a, then: {grace_days: 2}")),
        ("L418", rows("id: a, when: {worth + 1: '> 1', 'worth+1': '< 9'}, then: {grace_days: 1}")),
        ("L419", rows("id: a, then: {graec_days: 1}")),
        ("L419", only("ladder", STEP + ", effects: {outcome: hold}}")),
        ("L420", rows("id: a, then: {outcome: aprove}")),
        ("L420", only("formula", "values: {outcome: hold}")),
        ("L421", rows("id: a, then: {outcome: prepay}")),
        ("L421", lambda: {"table": TABLE + "  - {id: a, then: {grace_days: 1}}\notherwise: {outcome: refer}\n"}),
        ("L421", only("scorecard", SCORED + "knock_outs: [{id: K, when: {worth: 1}, grade: A}]\n" + BAND)),
        ("L422", only("formula", "values: {credit_limit: {value: 1, type: number}}")),
        ("L423", head("parameters: {dial: {value: unknown, type: money}}\n")),
        ("L425", claiming("[credit_limit never rises with worth]")),
        ("L425", claiming("[grace_days rises with worth]")),
        ("L425", claiming("[grace_days never rises with size]")),
        ("L425", claiming("[grace_days never rises with wort]")),
        ("L426", head("parameters: {dial: {value: 5, type: number, max: 4}}\n")),
        ("L426", head("parameters: {dial: {value: 5, type: number, step: 0}}\n")),
        ("L426", head("parameters: {dial: {value: 5, type: number, min: 9, max: 4}}\n")),
        ("L427", table("hit_policy: first\noutputs: {own: {type: number}}", "id: a, then: {grace_days: 1}")),
        ("L428", rows("id: a, then: {grace_days: 1}, reason: RIKS")),
        ("L429", rows("id: a, when: {size: medium}, then: {grace_days: 1}")),
        ("L429", rows("id: a, when: {'if size = \"medium\" then 1 else 2': 1}, then: {grace_days: 1}")),
        ("L429", rows("id: a, then: {payment_term_kind: cash}")),
        ("L430", table("hit_policy: first\naggregation: sum", "id: a, then: {grace_days: 1}")),
        ("L434", rows("id: a, then: {credit_limit: -5}")),
        ("L434", rows("id: a, then: {prepay_percent: 100.01}")),
        ("L430", table("hit_policy: collect\naggregation: sum", "id: a, then: {outcome: approve}")),
        ("L431", table("hit_policy: collect\naggregation: sum", "id: a, then: {grade: A}")),
        ("L431", table("hit_policy: collect\naggregation: count", "id: a, then: {grace_days: 1}")),
        ("L432", table("hit_policy: priority", "id: a, then: {grace_days: 1}")),
        ("L432", table("hit_policy: first\npriority: {output: grade, order: [A]}", "id: a, then: {grade: A}")),
        ("L432", table(PRIORITY + "{output: grade, order: descending}", "id: a, then: {grade: A}")),
        ("L432", table(PRIORITY + "{output: score, order: descending}", "id: a, then: {grade: A}")),
        ("L432", table(PRIORITY + "{output: grade, order: [a]}", "id: a, then: {grade: A}")),
        ("L432", table(PRIORITY + "{output: outcome, order: [declin]}", "id: a, then: {outcome: approve}")),
        ("L432", table(PRIORITY + "{output: grade, order: [A, A]}", "id: a, then: {grade: A}")),
        ("L201", rows("id: a, when: {days_past_due: '> 3'}, then: {grace_days: 1}")),
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
        ("L419", "table.yaml line 4, column 20 row a"),
        ("L419", "table.yaml line 5, column 20 row b"),
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


def test_the_bounds_of_a_share_and_of_an_amount_may_be_set(tmp_path: Path) -> None:
    row = "  - {id: a, then: {prepay_percent: 100, discount_percent: 0, credit_limit: 0, score: -5}}\n"

    assert "table" == load_policy(written(tmp_path, {"table": TABLE + row})).rule_sets[0].name


def test_an_interval_in_plain_brackets_is_an_interval(tmp_path: Path) -> None:
    row = "  - {id: a, when: {worth: [0..5]}, then: {grace_days: 1}}\n"
    table = load_policy(written(tmp_path, {"table": TABLE + row})).rule_sets[0]

    assert isinstance(table, DecisionTable)
    assert "[0..5]" == table.rows[0].cells[0].text


def test_a_rule_set_in_a_yml_file_is_said_not_to_be_read(tmp_path: Path) -> None:
    folder = written(tmp_path, rows("id: a, then: {grace_days: 1}")())
    (folder / "table.yml").write_text("{}")
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(folder)
    (error,) = refused.value.errors
    assert ("the file table.yml is not read.", "Name it table.yaml, or take it away.") == (error.message, error.remedy)
