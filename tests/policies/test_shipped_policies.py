"""The policies that ship: they load, lint clean, are told in both languages, and their cases cover every row."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from policy_service.domain.findings import Finding, Severity
from policy_service.domain.outcomes import DecisionType
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.language.definitions.dictionary import Title
from policy_service.language.feel.reading_names import names_in
from policy_service.language.files.cases import Case, load_cases
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.language.printing.printer import print_policy
from policy_service.language.rule_set_parts import expressions_of
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    FormulaSet,
    HitPolicy,
    Ladder,
    Level,
    Scorecard,
    Trigger,
)
from policy_service.linter.lint import lint
from policy_service.services.cases import CasesReport, run_cases
from policy_service.services.named_policies import shipped_policies

RULES = Path(__file__).parents[2] / "rules"
NAMES = ("d365_like", "distributor_cn", "eu_insured", "manufacturer_cn", "sme_simple")

every_policy = pytest.mark.parametrize("name", NAMES)


@cache
def policy(name: str) -> Policy:
    return load_policy(RULES / name)


@cache
def cases(name: str) -> tuple[Case, ...]:
    return load_cases(RULES / name / "cases.yaml")


@cache
def report(name: str) -> CasesReport:
    return run_cases(policy(name), cases(name))


@cache
def findings(name: str) -> tuple[Finding, ...]:
    return lint(policy(name))


def test_the_policies_that_ship_are_these() -> None:
    assert NAMES == tuple(folder.name for folder in shipped_policies(RULES))


@every_policy
def test_a_shipped_policy_is_called_like_its_folder(name: str) -> None:
    assert name == policy(name).id


@every_policy
def test_the_linter_finds_neither_errors_nor_warnings(name: str) -> None:
    assert [] == [finding for finding in findings(name) if finding.severity is not Severity.NOTE]


@every_policy
def test_every_claim_is_proved(name: str) -> None:
    rule_sets = [rule_set for rule_set in policy(name).rule_sets if not isinstance(rule_set, Ladder)]
    claims = [claim for rule_set in rule_sets for claim in rule_set.claims]
    proved = [finding for finding in findings(name) if finding.code == "C181"]
    assert claims
    assert len(claims) == len(proved)


@every_policy
def test_every_case_passes(name: str) -> None:
    failed = [result for result in report(name).results if not result.passed]
    assert [] == [f"{result.case.name}: {'; '.join(map(str, result.differences))}" for result in failed]


@every_policy
def test_every_row_of_every_rule_set_is_hit_by_a_case(name: str) -> None:
    assert {} == {each.rule_set: each.never_hit for each in report(name).coverage if each.never_hit}


@every_policy
def test_no_case_names_a_fact_that_nothing_reads(name: str) -> None:
    assert {} == {result.case.name: result.unread for result in report(name).results if result.unread}


@every_policy
def test_some_case_asks_for_the_whole_review_and_some_for_the_whole_order_check(name: str) -> None:
    assert {DecisionType.REVIEW, DecisionType.ORDER} <= {case.decision_type for case in cases(name)}


@every_policy
def test_both_engines_answer_every_case_alike(name: str) -> None:
    engine = DurableEngine(policy(name))
    try:
        live = run_cases(policy(name), cases(name), engine)
    finally:
        engine.close()
    assert [(result.case.name, result.hits) for result in report(name).results] == [
        (result.case.name, result.hits) for result in live.results
    ]
    assert live.passed


@every_policy
def test_everything_shown_is_worded_in_english_and_chinese(name: str) -> None:
    assert [] == [what for what, title in _titles(policy(name)) if not (title.en and title.zh)]


@every_policy
def test_every_reason_has_its_own_wording(name: str) -> None:
    wordings = [(reason.title.en, reason.title.zh) for reason in policy(name).reasons.values()]
    assert len(wordings) == len({en for en, _ in wordings}) == len({zh for _, zh in wordings})


@every_policy
def test_every_dial_has_a_range_and_a_step(name: str) -> None:
    dials = policy(name).parameters.values()
    assert [] == [dial.name for dial in dials if None in (dial.minimum, dial.maximum, dial.step)]


@every_policy
def test_every_order_check_knows_tolerance_and_materiality(name: str) -> None:
    chain = policy(name).chain(DecisionType.ORDER)
    read = {each.name for rule_set in chain for part in expressions_of(rule_set) for each in names_in(part)}
    assert {"tolerance", "materiality"} <= read


@every_policy
def test_a_review_sets_all_that_an_order_check_and_a_ladder_read_of_the_standing(name: str) -> None:
    shipped = policy(name)
    set_by_review = {output for rule_set in shipped.chain(DecisionType.REVIEW) for output in rule_set.output_names}
    wanted = {"grade", "score", "credit_limit", "payment_term_days", "payment_term_kind", "prepay_percent"}
    assert wanted | {"grace_days", "next_review_days", "watch_list", "approval_role"} <= set_by_review


@every_policy
def test_every_stop_of_credit_says_when_it_ends(name: str) -> None:
    ladders = [rule_set for rule_set in policy(name).rule_sets if isinstance(rule_set, Ladder)]
    steps: list[Level | Trigger] = []
    for ladder in ladders:
        steps += [*ladder.levels, *ladder.triggers]
    stopping = [step for step in steps if any(effect.name == "stop_credit" for effect in step.effects)]
    assert stopping
    assert [] == [step.id for step in stopping if step.release is None]


@every_policy
def test_a_policy_that_was_printed_and_loaded_is_the_same(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file, text in print_policy(policy(name)).items():
        (folder / file).write_text(text, encoding="utf-8")
    assert policy_hash(policy(name)) == policy_hash(load_policy(folder))


def test_together_they_use_every_rule_set_kind_and_every_hit_policy() -> None:
    rule_sets = [rule_set for name in NAMES for rule_set in policy(name).rule_sets]
    tables = [rule_set for rule_set in rule_sets if isinstance(rule_set, DecisionTable)]
    assert {Scorecard, DecisionTable, FormulaSet, Ladder} == {type(rule_set) for rule_set in rule_sets}
    assert set(HitPolicy) == {table.hit_policy for table in tables}
    collecting = {table.aggregation for table in tables if table.hit_policy is HitPolicy.COLLECT}
    assert {Aggregation.SUM, Aggregation.MIN, Aggregation.COUNT} <= collecting


@pytest.mark.parametrize("variant", ["standard", "key_account", None])
def test_credit_of_a_distributor_is_stopped_whatever_the_ladder(variant: str | None) -> None:
    """The ladder of key accounts is slower, and it never switches off; nor does the other without a standing."""
    shipped = policy("distributor_cn")
    values = {"days_past_due": 60, "oldest_days_past_due": 60, "reminder_lead": 5 * 1_000_000}
    if variant:
        values["ladder_variant"] = shipped.vocabulary.index(variant)
    engine = Interpreter(shipped)
    hits = {hit for name in ("collection", "key_account_collection") for hit in engine.evaluate(name, values).hits}
    assert len(hits & {"L4", "KA4"}) == 1


def _titles(shipped: Policy) -> Iterator[tuple[str, Title]]:
    yield shipped.id, shipped.title
    for part in (shipped.parameters, shipped.facts, shipped.reasons):
        yield from ((name, each.title) for name, each in part.items())
    yield from ((rule_set.name, rule_set.title) for rule_set in shipped.rule_sets)
