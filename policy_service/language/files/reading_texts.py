"""What a written text mentions, before anything is typed: names and functions."""

from collections.abc import Callable
from functools import lru_cache

from policy_service.domain.errors import NOWHERE, PolicyTextError
from policy_service.language.feel.parser import parse_expression, parse_test
from policy_service.language.feel.syntax_trees import Call, NameUse, Syntax, TestSyntax, parts_of
from policy_service.language.files.drafts import Texts


@lru_cache(maxsize=20_000)
def words_of_expression(text: str) -> frozenset[str]:
    """Return every bare word in a formula; none if it cannot be read."""
    return _words(parse_expression, text)


@lru_cache(maxsize=20_000)
def words_of_test(text: str) -> frozenset[str]:
    """Return every bare word in a cell; none if it cannot be read."""
    return _words(parse_test, text)


@lru_cache(maxsize=20_000)
def functions_of(text: str) -> frozenset[str]:
    """Return the functions that a formula or a cell calls; none if it cannot be read."""
    found: set[str] = set()
    for parse in (parse_expression, parse_test):
        try:
            nodes = _all_nodes(parse(text, NOWHERE))
        except PolicyTextError:
            continue
        found.update(node.function for node in nodes if isinstance(node, Call))
    return frozenset(found)


def words_of(texts: Texts) -> frozenset[str]:
    """Return every bare word in the texts of a rule set."""
    words = [words_of_expression(written.text) for written in texts.expressions]
    words += [words_of_test(written.text) for written in texts.tests]
    return frozenset().union(*words)


def _words(parse: Callable[..., Syntax | TestSyntax], text: str) -> frozenset[str]:
    try:
        nodes = _all_nodes(parse(text, NOWHERE))
    except PolicyTextError:
        return frozenset()
    return frozenset(node.name for node in nodes if isinstance(node, NameUse))


def _all_nodes(root: Syntax | TestSyntax) -> list[Syntax | TestSyntax]:
    nodes = [root]
    for node in nodes:
        nodes.extend(parts_of(node))
    return nodes
