"""Every worked number of the formulas that ship comes out, in both engines, as the language rounds it."""

import re
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import NOWHERE
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.durable.precompute import reader
from policy_service.engines.formulas import prepare, run
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.feel.checker import type_expression
from policy_service.language.feel.expressions import Expression
from policy_service.language.feel.scope import Scope
from policy_service.language.feel.value_text import write_value
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlMapping, YamlNode, YamlScalar, read_yaml_file

CNY = currency("CNY")
RULES = Path(__file__).parents[2] / "rules"
FUNCTIONS = load_dictionary(RULES).functions
NUMBERS = Path(__file__).with_name("worked_numbers.yaml")


def worked_numbers() -> list[dict[str, str]]:
    document = read_yaml_file(NUMBERS)
    assert isinstance(document, YamlList)
    return [_texts(item) for item in document.items]


def _texts(node: YamlNode) -> dict[str, str]:
    assert isinstance(node, YamlMapping)
    return {key.text: value.text for key, value in node.entries if isinstance(value, YamlScalar)}


def typed(formula: str, kind: Kind | None = None) -> Expression:
    return type_expression(formula, Scope({}, FUNCTIONS, CNY, {}.__getitem__), NOWHERE, kind)


@pytest.mark.parametrize("number", worked_numbers(), ids=lambda number: f"{number['source']}: {number['formula']}")
def test_a_worked_number_comes_out(number: dict[str, str]) -> None:
    kind = Kind(number["type"])
    expression = typed(number["formula"], kind)
    interpreted, precomputed = run(prepare(expression, {}), {}), reader(expression, {})({})
    assert number["expect"] == write_value(interpreted, kind, CNY, ())
    assert interpreted == precomputed


def test_every_formula_that_ships_has_a_worked_number_and_a_source() -> None:
    called = {name for number in worked_numbers() for name in re.findall(r"(\w+)\(", number["formula"])}
    assert set(FUNCTIONS) <= called
    assert all(function.source and function.title.en and function.title.zh for function in FUNCTIONS.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_formula_of_unknown_values_is_unknown(name: str) -> None:
    unknown = ", ".join("null" for _ in FUNCTIONS[name].parameters)
    assert run(prepare(typed(f"{name}({unknown})"), {}), {}) == UNKNOWN
