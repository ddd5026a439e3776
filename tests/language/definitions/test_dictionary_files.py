"""Facts, reasons and shipped formulas of a folder, over what is built in."""

from pathlib import Path

import pytest

from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import built_in_facts
from policy_service.language.definitions.dictionary import FactSource, ReasonDefinition, Title
from policy_service.language.definitions.dictionary_files import (
    Dictionary,
    dictionary_of,
    function_entry,
    load_dictionary,
    read_function,
    read_reason,
    reason_entry,
)
from policy_service.language.feel.scope import FunctionDefinition
from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.language.yaml_text.strict_yaml import YamlScalar, yaml_node


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return path


def codes(*folders: Path) -> list[tuple[str, str, int]]:
    with pytest.raises(PolicyNotReadable) as caught:
        load_dictionary(*folders)
    assert all(error.remedy for error in caught.value.errors)
    return [(error.code, error.place.file, error.place.line) for error in caught.value.errors]


LATE = "late: {from: payments, measure: mean(days_late), type: number}\n"
NEED = """need:
  parameters: {monthly: money, term: number}
  value: monthly * term / 30
  title: {en: Need, zh: 需求}
  source: L2
"""


def test_the_built_in_facts_are_there_without_any_file(tmp_path: Path) -> None:
    assert {fact.name: fact for fact in built_in_facts()} == load_dictionary().facts
    assert load_dictionary() == load_dictionary(tmp_path, tmp_path / "none")


def test_facts_reasons_and_formulas_are_read(tmp_path: Path) -> None:
    rules = folder(
        tmp_path / "rules", facts=LATE, reasons="OVER_LIMIT: {en: Over the limit, zh: 超额}\n", formulas=NEED
    )

    dictionary = load_dictionary(rules)

    assert (Kind.NUMBER, FactSource.LEDGER) == (dictionary.facts["late"].kind, dictionary.facts["late"].source)
    assert {"OVER_LIMIT": ReasonDefinition("OVER_LIMIT", Title("Over the limit", "超额"))} == dictionary.reasons
    assert {
        "need": FunctionDefinition(
            "need", (("monthly", Kind.MONEY), ("term", Kind.NUMBER)), "monthly * term / 30", Title("Need", "需求"), "L2"
        )
    } == dictionary.functions


def test_a_ledger_fact_is_also_a_fact_of_the_group(tmp_path: Path) -> None:
    facts = load_dictionary(folder(tmp_path, facts=LATE + "worth: {source: customer, type: money}\n")).facts

    assert facts["late"].measure == facts["group.late"].measure
    assert (False, True) == (facts["late"].group, facts["group.late"].group)
    assert "group.worth" not in facts


def test_a_later_folder_adds_and_redefines(tmp_path: Path) -> None:
    rules = folder(tmp_path / "rules", facts=LATE, reasons="LATE: {en: Late, zh: 逾期}\n")
    policy = folder(
        rules / "p1",
        facts="late: {from: payments, measure: max(days_late), type: days}\nworth: {source: customer, type: money}\n",
        reasons="LATE: {en: Too late, zh: 严重逾期}\n",
    )

    dictionary = load_dictionary(rules, policy)

    assert (Kind.DAYS, Kind.DAYS) == (dictionary.facts["late"].kind, dictionary.facts["group.late"].kind)
    assert {"late", "worth", "exposure"} <= set(dictionary.facts)
    assert "Too late" == dictionary.reasons["LATE"].title.en


def test_every_mistake_in_every_file_is_told_at_once_with_its_folder(tmp_path: Path) -> None:
    rules = folder(tmp_path / "rules", facts="a: {type: money}\nb-c: {source: customer, type: money}\n")
    policy = folder(rules / "p1", facts="exposure: {source: customer, type: money}\n", reasons="late: {en: a, zh: b}\n")

    assert [
        ("L301", "p1/facts.yaml", 1),
        ("L330", "p1/reasons.yaml", 1),
        ("L300", "rules/facts.yaml", 1),
        ("L046", "rules/facts.yaml", 2),
    ] == codes(rules, policy)


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("facts", "", "L013"),
        ("facts", "- a\n", "L040"),
        ("facts", "NO: {source: customer, type: money}", "L015"),
        ("facts", "sum: {source: customer, type: money}", "L046"),
        ("facts", "'group.late': {source: customer, type: money}", "L046"),
        ("reasons", "over_limit: {en: a, zh: b}", "L330"),
        ("reasons", "'1ST': {en: a, zh: b}", "L330"),
        ("reasons", "OVER: {en: Over}", "L331"),
        ("reasons", "OVER: {zh: 超额}", "L331"),
        ("reasons", "OVER: {en: Over, zh: 超额, de: Zu viel}", "L041"),
        ("reasons", "OVER: Over the limit", "L040"),
        ("formulas", "need: {parameters: {}, value: '1'}", "L340"),
        ("formulas", "need: {parameters: {a: money}, value: 'a * exposure'}", "L341"),
        ("formulas", "need: {parameters: {a: amount}, value: a}", "L052"),
        ("formulas", "need: {parameters: {a: money}}", "L042"),
        ("formulas", "max: {parameters: {a: money}, value: a}", "L046"),
    ],
)
def test_a_mistake_is_refused_with_its_code(tmp_path: Path, file: str, text: str, code: str) -> None:
    assert [(code, f"{tmp_path.name}/{file}.yaml", 1)] == codes(folder(tmp_path, **{file: text}))


def test_a_file_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    def found(text: str) -> list[str]:
        return list(load_dictionary(folder(tmp_path, reasons=text)).reasons)

    assert ["LATE"] == found("LATE: {en: Late, zh: 逾期}\n")
    assert ["SLOW"] == found("SLOW: {en: Slow, zh: 缓慢}\n")
    for _ in range(2):
        assert [("L330", f"{tmp_path.name}/reasons.yaml", 1)] == codes(
            folder(tmp_path, reasons="late: {en: a, zh: b}\n")
        )
    assert ["LATE"] == found("LATE: {en: Late, zh: 逾期}\n")


def test_text_that_is_no_formula_is_refused_where_it_stands(tmp_path: Path) -> None:
    found = codes(folder(tmp_path, formulas="need: {parameters: {a: money}, value: 'a * '}"))

    assert [("L1", f"{tmp_path.name}/formulas.yaml", 1)] == [(code[:2], file, line) for code, file, line in found]


def test_entries_are_read_back_to_the_same_definitions(tmp_path: Path) -> None:
    dictionary: Dictionary = load_dictionary(folder(tmp_path, reasons="LATE: {en: Late, zh: 逾期}\n", formulas=NEED))
    reason, function = dictionary.reasons["LATE"], dictionary.functions["need"]

    assert reason == read_reason(YamlScalar("LATE"), yaml_node(reason_entry(reason)))
    assert function == read_function(YamlScalar("need"), yaml_node(function_entry(function)))


def test_a_file_that_the_folder_above_lacks_is_taken_from_the_shipped_ones(tmp_path: Path) -> None:
    shipped = folder(tmp_path / "shipped", facts=LATE, reasons="LATE: {en: Late, zh: 逾期}\n")
    above = folder(tmp_path / "mine", reasons="SLOW: {en: Slow, zh: 缓慢}\n")
    own = folder(above / "policy", facts="worth: {source: customer, type: money}\n")

    found = dictionary_of(own, shipped)

    assert {"late", "worth"} < set(found.facts)
    assert ["SLOW"] == list(found.reasons)
