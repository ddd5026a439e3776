"""Every sentence that errors, findings and reports are made of has its Chinese, with the same values."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from policy_service.chinese.catalogue import AS_ABOVE, HOLE, WORDS_FILE, Pair, Value, files, lines_of, pair, shape

ROOT: Final = Path(__file__).parents[2]
#: What is read by operators and programs alone, or has its Chinese in a place of its own.
ELSEWHERE: Final = (
    "policy_service/api/case_bodies.py",
    "policy_service/api/customer_bodies.py",
    "policy_service/api/description.py",
    "policy_service/api/describing.py",
    "policy_service/api/fields.py",
    "policy_service/api/metrics.py",
    "policy_service/api/order_bodies.py",
    "policy_service/api/overrides.py",
    "policy_service/api/policy_bodies.py",
    "policy_service/api/fact_fields.py",
    "policy_service/api/schemas.py",
    "policy_service/api/standing_bodies.py",
    "policy_service/background",
    "policy_service/chinese",
    "policy_service/cli",
    "policy_service/connectors/system_settings.py",
    "policy_service/sample_crms",
    "policy_service/sample_ledger",
    "policy_service/settings.py",
    "policy_service/storage/migrations",
    "policy_service/storage/models",
    "simulations/api",
    "simulations/cli",
    "simulations/comparison",
    "simulations/report",
)
#: Calls whose texts are not those of errors: translated by the console, faults of the program, fields of the API.
_NOT_ERRORS: Final = frozenset(
    {"gettext", "lazy_gettext", "RuntimeError", "AssertionError", "ValueError", "TypeError", "KeyError", "BadRequest"}
)
_OF_FIELDS: Final = frozenset({"metadata", "description", "doc"})
_SENTENCE: Final = re.compile(r"(?!\(\?).*[A-Za-z]{2}.* .*[.?]|[A-Z][a-z]+ .*: \{\}")
#: The end of a sentence that is no docstring.
_MAYBE: Final = re.compile(r"[.?](?:\"(?!\")|'(?!'))")


def pairs(*, of_words: bool = False) -> list[Pair]:
    """Return the pairs of every file of sentences, or of words."""
    return [pair(*line) for file in files() if (file.stem == WORDS_FILE) is of_words for line in lines_of(file)]


def spoken(node: ast.AST) -> list[str]:
    """Return a text as it stands in the source, one for each way that its conditional parts go."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            ways = [spoken(part) or ["{}"] for part in parts]
            return ["".join(each) for each in itertools.product(*ways)]
        case ast.FormattedValue(value=ast.IfExp(body=yes, orelse=no)) if spoken(yes) and spoken(no):
            return [*spoken(yes), *spoken(no)]
        case _:
            return []


def set_apart(tree: ast.AST) -> Iterator[int]:
    """Yield what of a module is no text of an error: docstrings, pieces of texts, what other calls are given."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as text):
                yield id(text)
            case ast.JoinedStr(values=parts):
                yield from map(id, parts)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _NOT_ERRORS:
                yield from map(id, ast.walk(node))
            case ast.keyword(arg=str(name), value=value) if name in _OF_FIELDS:
                yield from map(id, ast.walk(value))
            case _:
                pass


def sentences_of(module: Path) -> set[str]:
    """Return the shapes of the sentences that a module holds."""
    source = module.read_text("utf-8")
    if not _MAYBE.search(source):
        return set()
    tree = ast.parse(source)
    apart = set(set_apart(tree))
    found = (text.strip() for node in ast.walk(tree) if id(node) not in apart for text in spoken(node))
    return {shape(text) for text in found if _SENTENCE.fullmatch(text)}


def modules() -> Iterator[Path]:
    """Yield the modules whose errors people meet."""
    for package in ("policy_service", "simulations", "admin"):
        for module in sorted((ROOT / package).rglob("*.py")):
            if not module.relative_to(ROOT).as_posix().startswith(ELSEWHERE):
                yield module


def test_every_sentence_of_the_source_has_its_chinese() -> None:
    known = {one.shape for one in (*pairs(), *pairs(of_words=True))}
    lacking = {(module.name, text) for module in modules() for text in sentences_of(module) - known}
    assert set() == lacking, "add the English line and its Chinese to policy_service/chinese/sentences"
    assert len(known) > 1000


def test_an_english_line_stands_once() -> None:
    for several in (pairs(), pairs(of_words=True)):
        shapes = [one.shape for one in several]
        assert sorted(set(shapes)) == sorted(shapes)


@pytest.mark.parametrize("of_words", [False, True])
def test_the_chinese_says_the_values_of_the_english_and_no_other(*, of_words: bool) -> None:
    for one in pairs(of_words=of_words):
        if one.chinese == AS_ABOVE:
            continue
        said = {name for name, kind in zip(one.names, one.values, strict=True) if kind is not Value.UNSAID}
        assert said == {found[1] for found in HOLE.finditer(one.chinese)}, one.shape


def test_values_that_are_told_apart_have_something_between_them() -> None:
    for one in (*pairs(), *pairs(of_words=True)):
        assert one.chinese == AS_ABOVE or all(one.pieces[1:-1]), one.shape


def test_the_chinese_is_chinese() -> None:
    for one in (*pairs(), *pairs(of_words=True)):
        if one.chinese == AS_ABOVE or not re.search("[A-Za-z]", "".join(one.pieces)):
            continue
        assert re.search(r"[\u4e00-\u9fff，。：、（）]", one.chinese), one.chinese
