"""Which rule sets run for which decision, and what they may read of each other."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_service.domain.outcomes import DecisionType
from policy_service.language.load import PolicyNotReadable, load_policy
from policy_service.language.policy import Policy

POLICIES = Path(__file__).parents[1] / "policies"

GRADING = (
    "scorecard: grading\ncharacteristics:\n  - {fact: open_balance, attributes: [{when: '-', points: 1}]}\n"
    "bands: [{grade: A, when: '> 0'}, {grade: B, when: '<= 0'}]\n"
)
STANDING = (
    "decision_table: standing\nhit_policy: first\nrows:\n  - {id: S, when: {grade: A}, then: {credit_limit: 9}}\n"
)
CHECK = "decision_table: check\nhit_policy: first\nrows:\n  - {id: C, when: {grade: A}, then: {outcome: approve}}\n"
LADDER = "ladder: letters\nlevels:\n  - {id: L1, days_past_due: 5, action: call}\n"


def load(root: Path, files: Mapping[str, str], order: str, head: str = "") -> Policy:
    folder = root / "house"
    folder.mkdir()
    (folder / "policy.yaml").write_text(f"policy: house\nbase_currency: CNY\nrule_sets: [{order}]\n{head}")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return load_policy(folder)


def errors(root: Path, files: Mapping[str, str], order: str, head: str = "") -> list[tuple[str, str]]:
    with pytest.raises(PolicyNotReadable) as refused:
        load(root, files, order, head)
    return [(error.code, error.message) for error in refused.value.errors]


def formula(name: str, **values: str) -> str:
    return f"formula: {name}\nvalues:\n" + "".join(f'  {key}: "{text}"\n' for key, text in values.items())


def test_a_rule_set_runs_for_the_decision_that_its_outputs_make() -> None:
    assert load_policy(POLICIES / "distributor_cn").chains == {
        DecisionType.REVIEW: ("grading", "standing"),
        DecisionType.ORDER: ("order_check",),
        DecisionType.ESCALATION: ("collection",),
    }


def test_a_grading_that_says_an_outcome_still_runs_before_the_limit_that_reads_its_grade(tmp_path: Path) -> None:
    grading = (
        "decision_table: grading\nhit_policy: first\nrows:\n"
        "  - {id: G, when: {open_balance: '> 5'}, then: {grade: A, outcome: approve}}\notherwise: {grade: B}\n"
    )
    files = {"grading": grading, "standing": STANDING, "check": CHECK}

    chains = load(tmp_path, files, "grading, standing, check").chains

    assert ("grading", "standing") == chains[DecisionType.REVIEW]
    assert ("grading", "check") == chains[DecisionType.ORDER]


def test_an_order_check_behind_the_limit_is_no_part_of_the_review(tmp_path: Path) -> None:
    check = CHECK.replace("outcome: approve", "outcome: approve, watch_list: true")
    standing = STANDING.replace("grade: A", "watch_list: true")

    chains = load(tmp_path, {"standing": standing, "check": check}, "standing, check").chains

    assert ("standing",) == chains[DecisionType.REVIEW]


def test_a_rule_set_with_values_of_its_own_runs_wherever_they_are_needed(tmp_path: Path) -> None:
    files = {
        "base": formula("base", half="open_balance / 2"),
        "more": formula("more", share="half / 3"),
        "unneeded": formula("unneeded", extra="1"),
        "standing": STANDING.replace("grade: A", "share: '> 1'"),
        "check": CHECK.replace("grade: A", "half: '> 1'"),
        "letters": LADDER.replace("days_past_due: 5", 'days_past_due: "if share > 1 then 3 else 5"'),
    }
    assert load(tmp_path, files, "base, more, unneeded, standing, check, letters").chains == {
        DecisionType.REVIEW: ("base", "more", "standing"),
        DecisionType.ORDER: ("base", "check"),
        DecisionType.ESCALATION: ("base", "more", "letters"),
    }


def test_an_order_check_reads_the_standing_as_facts_whoever_sets_it(tmp_path: Path) -> None:
    policy = load(tmp_path, {"grading": GRADING, "check": CHECK}, "grading, check")
    assert policy.chains[DecisionType.ORDER] == ("check",)
    assert "grade" in policy.facts


def test_a_fact_that_is_an_earlier_output_in_every_chain_is_not_embedded(tmp_path: Path) -> None:
    policy = load(tmp_path, {"grading": GRADING, "standing": STANDING}, "grading, standing")
    assert "grade" not in policy.facts


def test_a_formula_may_read_the_grade_as_output_in_one_chain_and_as_fact_in_another(tmp_path: Path) -> None:
    files = {
        "grading": GRADING,
        "factor": formula("factor", factor="if grade = 'A' then 2 else 1".replace("'", '\\"')),
        "standing": STANDING.replace("grade: A", "factor: 2"),
        "check": CHECK.replace("grade: A", "factor: 2"),
    }
    policy = load(tmp_path, files, "grading, factor, standing, check")
    assert policy.chains[DecisionType.REVIEW] == ("grading", "factor", "standing")
    assert policy.chains[DecisionType.ORDER] == ("factor", "check")
    assert "grade" in policy.facts


def test_a_later_rule_set_may_set_again_what_an_earlier_one_set(tmp_path: Path) -> None:
    capped = STANDING.replace("standing", "capped").replace("credit_limit: 9", 'credit_limit: "min(credit_limit, 5)"')
    policy = load(tmp_path, {"grading": GRADING, "standing": STANDING, "capped": capped}, "grading, standing, capped")
    assert policy.chains[DecisionType.REVIEW] == ("grading", "standing", "capped")


def test_a_policy_may_name_its_chains_itself(tmp_path: Path) -> None:
    files = {"grading": GRADING, "standing": STANDING, "check": CHECK}
    policy = load(tmp_path, files, "grading, standing, check", "decisions: {order: [grading, check], review: []}\n")
    assert policy.chains[DecisionType.ORDER] == ("grading", "check")
    assert policy.chains[DecisionType.REVIEW] == ()
    assert policy.chains[DecisionType.ESCALATION] == ()


@pytest.mark.parametrize("decisions", ["{order: [chekc]}", "{order: [check, grading]}", "{order: [letters]}"])
def test_a_chain_names_rule_sets_in_their_order_and_ladders_only_escalate(decisions: str, tmp_path: Path) -> None:
    files = {"grading": GRADING, "check": CHECK, "letters": LADDER}
    found = errors(tmp_path, files, "grading, check, letters", f"decisions: {decisions}\n")
    assert [code for code, _ in found] == ["L501"]


def test_rule_sets_that_read_each_other_are_refused_with_the_cycle_shown(tmp_path: Path) -> None:
    files = {"grading": GRADING.replace("open_balance", "credit_limit"), "standing": STANDING}
    assert errors(tmp_path, files, "grading, standing") == [
        ("L502", "the rule sets read each other: grading -> standing -> grading (grading reads credit_limit).")
    ]


def test_a_longer_cycle_is_shown_whole_and_once(tmp_path: Path) -> None:
    files = {"a1": formula("a1", x1="x3 + 1"), "a2": formula("a2", x2="x1"), "a3": formula("a3", x3="x2")}
    found = errors(tmp_path, files, "a1, a2, a3")
    assert [message.split("(")[0] for code, message in found if code == "L502"] == [
        "the rule sets read each other: a1 -> a3 -> a2 -> a1 "
    ]


def test_a_rule_set_that_reads_what_it_sets_is_a_cycle(tmp_path: Path) -> None:
    found = errors(tmp_path, {"standing": STANDING.replace("grade: A", "credit_limit: '> 1'")}, "standing")
    assert [code for code, _ in found] == ["L502"]


def test_values_that_read_each_other_are_refused_with_the_cycle_shown(tmp_path: Path) -> None:
    found = errors(tmp_path, {"sums": formula("sums", x1="x2", x2="x1 + 1")}, "sums")
    assert found == [("L502", "the values read each other: x1 -> x2 -> x1.")]


def test_reading_what_only_a_later_rule_set_sets_is_refused_by_that_name(tmp_path: Path) -> None:
    files = {"early": formula("early", x1="x2 + 1"), "late": formula("late", x2="1")}
    assert errors(tmp_path, files, "early, late") == [
        ("L503", "early reads x2, which only late sets, later in the order of the rule sets.")
    ]


def test_an_order_check_cannot_read_what_a_review_alone_works_out(tmp_path: Path) -> None:
    review = (
        "decision_table: limits\nhit_policy: first\noutputs: {own: {type: number}}\n"
        "rows:\n  - {id: R, then: {own: 1, credit_limit: 2}}\n"
    )
    found = errors(tmp_path, {"limits": review, "check": CHECK.replace("grade: A", "own: 1")}, "limits, check")
    assert [code for code, _ in found] == ["L504"]


def test_a_list_of_values_cannot_be_read(tmp_path: Path) -> None:
    lists = (
        "decision_table: lists\nhit_policy: rule_order\noutputs: {own: {type: number}}\n"
        "rows:\n  - {id: R, then: {own: 1}}\n"
    )
    found = errors(tmp_path, {"lists": lists, "check": CHECK.replace("grade: A", "own: 1")}, "lists, check")
    assert [code for code, _ in found] == ["L506"]
    for path in (tmp_path / "house").iterdir():
        path.unlink()
    (tmp_path / "house").rmdir()
    summed = lists.replace("rule_order", "collect\naggregation: sum")
    policy = load(tmp_path, {"lists": summed, "check": CHECK.replace("grade: A", "own: 1")}, "lists, check")
    assert policy.chains[DecisionType.ORDER] == ("lists", "check")


def test_one_name_has_one_type_in_all_rule_sets(tmp_path: Path) -> None:
    files = {"whole": formula("whole", x1="1"), "part": formula("part", x1="0.5")}
    assert [code for code, _ in errors(tmp_path, files, "whole, part")] == ["L424"]
