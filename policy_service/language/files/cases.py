"""cases.yaml: examples named as sentences, each with facts and what the policy must say of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.language.yaml_text import yaml_reader as read
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlNode, read_yaml, read_yaml_file

CASES_FILE: Final = "cases.yaml"

#: A value as written, `null` for unknown; of an output that lists, the values in order.
ExpectedValue: TypeAlias = str | tuple[str, ...]

_SENTENCE: Final = re.compile(r"\S+\s+\S|[\u3400-\u9fff].*[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold of the answer; anything not named may be as it likes.

    `reasons` must all be among those given, `rows` are the hit rows; None where the case says nothing of them.
    """

    outcome: Outcome | None = None
    outputs: Mapping[str, ExpectedValue] = field(default_factory=dict)
    reasons: tuple[str, ...] | None = None
    rows: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One example: facts as written; one not named is unknown.

    It is asked of one rule set, of one decision's chain, or, if it names neither, of the whole policy.
    """

    name: str
    as_of: date
    facts: Mapping[str, str]
    expect: Expectation
    rule_set: str | None = None
    decision_type: DecisionType | None = None
    place: Place = field(default=NOWHERE, compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place_of(self, fact: str) -> Place:
        """Return where the value of `fact` stands: the case's own place where that is not known."""
        return replace(self.places.get(fact, self.place), cell=fact)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Return the cases of the file in its order.

    Raise PolicyNotReadable with every mistake found: the codes of `read_yaml_file`, of the typed accessors, L360 for
    a name that is no sentence or stands twice, L361 for a case that asks two things, L362 for one that expects
    nothing.
    """
    return _cases_in(lambda: read_yaml_file(path), path.name)


def cases_in_text(text: str) -> tuple[Case, ...]:
    """Return the cases of the text of a cases.yaml in its order; the codes of `load_cases`."""
    return _cases_in(lambda: read_yaml(text, CASES_FILE), CASES_FILE)


def _cases_in(written: Callable[[], YamlNode], file: str) -> tuple[Case, ...]:
    """Return the cases of what is written, in its order; the codes of `load_cases`."""
    problems = Problems()
    cases = list[Case]()
    with problems.collecting():
        places = dict[str, Place]()
        for node in read.items(written(), file):
            case = problems.attempt(partial(read_case, node))
            if case is None:
                continue
            if case.name in places:
                line = places[case.name].line
                message = f'the case "{case.name}" stands twice; first in line {line}.'
                problems.report("L360", message, case.place, "Say in one of the names what is different.")
            places.setdefault(case.name, case.place)
            cases.append(case)
    problems.raise_if_any()
    return tuple(cases)


def read_case(node: YamlNode) -> Case:
    """Return the case that `node` describes; the codes of `load_cases` otherwise."""
    written = read.fields(node, "a case", ("name", "as_of", "expect"), ("facts", "rule_set", "decision"))
    name = read.text(written["name"], "the name of a case")
    if not _SENTENCE.search(name):
        raise PolicyTextError(
            "L360",
            f'the case name "{name}" is no sentence.',
            place=written["name"].place,
            remedy="Say what happens to whom: A customer fifteen days past due may still order.",
        )
    if "rule_set" in written and "decision" in written:
        raise PolicyTextError(
            "L361",
            f'the case "{name}" names both a rule set and a decision.',
            place=node.place,
            remedy="Keep one of the two, or neither to ask the whole policy.",
        )
    facts = read.entries(written["facts"], "the facts of a case") if "facts" in written else ()
    return Case(
        name,
        read.day(written["as_of"], "as_of"),
        {fact.text: _value(value, f"fact {fact.text}") for fact, value in facts},
        _expectation(written["expect"], name),
        read.text(written["rule_set"], "rule_set") if "rule_set" in written else None,
        read.choice(written["decision"], "decision", DecisionType) if "decision" in written else None,
        node.place,
        {fact.text: value.place for fact, value in facts},
    )


def _expectation(node: YamlNode, name: str) -> Expectation:
    written = {key.text: value for key, value in read.entries(node, "expect")}
    if not written:
        raise PolicyTextError(
            "L362",
            f'the case "{name}" expects nothing.',
            place=node.place,
            remedy="Add an outcome, an output, reasons or rows under expect.",
        )
    outcome, reason, reasons, rows = (written.pop(key, None) for key in ("outcome", "reason", "reasons", "rows"))
    if reason is not None:
        reasons = _with_reason(reason, reasons, name)
    return Expectation(
        None if outcome is None else read.choice(outcome, "the expected outcome", Outcome),
        {output: _expected(value, f"output {output}") for output, value in written.items()},
        None if reasons is None else read.texts(reasons, "the expected reasons"),
        None if rows is None else read.texts(rows, "the expected rows"),
    )


def _with_reason(reason: YamlNode, reasons: YamlNode | None, name: str) -> YamlNode:
    if reasons is None:
        return YamlList((reason,), reason.place)
    raise PolicyTextError(
        "L413",
        f'the case "{name}" expects both a reason and reasons.',
        place=reason.place,
        remedy="Write all of them under reasons: [...].",
    )


def _expected(node: YamlNode, what: str) -> ExpectedValue:
    if isinstance(node, YamlList):
        return tuple(_value(item, what) for item in node.items)
    return _value(node, what)


def _value(node: YamlNode, what: str) -> str:
    return "null" if read.is_null(node) else read.text(node, what)
