"""Every sentence of the demo has its Chinese, with the same values."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from policy_service.cli import crm_demo
from policy_service.cli.crm_demo.telling import _TITLES
from policy_service.cli.crm_demo.words import _CHINESE, said

#: What a sentence is asked for by; tables take a row of them first.
ASKED_BY = {"say", "line", "step", "headline"}
SOURCE = Path(str(crm_demo.__file__)).parent


def asked_for() -> Iterator[str]:
    for file in sorted(SOURCE.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ASKED_BY and node.args:
                yield from texts(node.args[0])
            if node.func.attr == "table" and isinstance(node.args[0], ast.Tuple):
                yield from (text for each in node.args[0].elts for text in texts(each))


def texts(node: ast.expr) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def values_of(text: str) -> list[str]:
    return sorted(f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name)


def test_every_sentence_has_its_chinese() -> None:
    asked = {*asked_for(), *_TITLES.values()}
    assert len(asked) > 60
    assert set() == asked - set(_CHINESE)


def test_no_chinese_is_left_over() -> None:
    source = "".join(file.read_text("utf-8") for file in sorted(SOURCE.glob("*.py")) if file.name != "words.py")
    assert [] == [english for english in _CHINESE if english not in source and english.split(". ")[0] not in source]


@pytest.mark.parametrize("english", sorted(_CHINESE))
def test_the_chinese_says_the_same_values(english: str) -> None:
    assert values_of(english) == values_of(_CHINESE[english])


def test_a_sentence_is_said_in_either_language() -> None:
    assert "process 7" == said("en", "process {process}", process=7)
    assert "进程 7" == said("zh", "process {process}", process=7)
