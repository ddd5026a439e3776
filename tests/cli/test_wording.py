"""What the rules say is told in English and in Chinese: every word of the terminal that is theirs has both.

Decisions, reasons, changes of a policy and the demo take `--language`. What the program says of itself (errors,
lists of people, keys and jobs) is English, as its codes and its documents are.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_service.cli import wording
from policy_service.cli.wording import word
from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS

CLI = Path(wording.__file__).parent
#: What a word is asked for by.
ASKED_BY = {"word", "_word", "_table"}


def words_asked_for() -> Iterator[str]:
    """Yield every text that a command asks the word of."""
    for file in sorted(CLI.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ASKED_BY:
                yield from (text for each in node.args for text in _texts(each))


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.IfExp):
        return [*_texts(argument.body), *_texts(argument.orelse)]
    is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    return [argument.value] if is_text else []  # type: ignore[attr-defined]


def is_chinese(text: str) -> bool:
    """Return whether a text is Chinese throughout, but for what both languages write alike."""
    return bool(text) and not any(each.isascii() and each.isalpha() for each in text)


WORDS = sorted(
    {*words_asked_for(), *Outcome, *DecisionType, *EngineReason, *STANDING_OUTPUTS, *ORDER_OUTPUTS} - {"en", "zh"}
)


def test_the_words_that_commands_ask_for_are_found() -> None:
    assert {"as of", "against version", "characteristic", "approve", "credit_limit"} <= set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_there_in_chinese(name: str) -> None:
    assert is_chinese(word(name, "zh"))


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_there_in_english(name: str) -> None:
    said = word(name, "en")
    assert said.isascii()
    assert "_" not in said
