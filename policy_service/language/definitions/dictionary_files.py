"""facts.yaml, reasons.yaml and formulas.yaml: what the policies of a folder may read, name and call."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import built_in_facts, of_group
from policy_service.language.definitions.dictionary import (
    FactDefinition,
    FactDictionary,
    FactSource,
    ReasonDefinition,
    ReasonDictionary,
    Title,
)
from policy_service.language.definitions.fact_text import read_fact, title_entry
from policy_service.language.feel.parser import parse_expression
from policy_service.language.feel.scope import FunctionDefinition
from policy_service.language.feel.syntax_trees import NameUse, Syntax, TestSyntax, parts_of
from policy_service.language.feel.tokens import shifted
from policy_service.language.yaml_text import yaml_reader as read
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlNode, YamlScalar, read_yaml, text_of_yaml_file

Definition = TypeVar("Definition")

FACTS_FILE: Final = "facts.yaml"
REASONS_FILE: Final = "reasons.yaml"
FORMULAS_FILE: Final = "formulas.yaml"

_REASON_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Every fact, reason and shipped formula by name; the built-in and the standing's facts are always among them."""

    facts: FactDictionary = field(default_factory=dict)
    reasons: ReasonDictionary = field(default_factory=dict)
    functions: Mapping[str, FunctionDefinition] = field(default_factory=dict)


def load_dictionary(*folders: Path) -> Dictionary:
    """Return what the files of `folders` declare; a later folder adds to the earlier ones or redefines.

    A folder need not have any of the three files. Every declared ledger fact `x` is also there as `group.x`.
    Raise PolicyNotReadable with every mistake found: the codes of `read_yaml`, `read_fact`, `read_reason` and
    `read_function`.
    """
    return _load(lambda _: folders)


def dictionary_of(folder: Path, shipped: Path) -> Dictionary:
    """Return what the policy in `folder` may read: its own files over those of the folder above it.

    Of the three files each that is missing above is taken from `shipped`, so that a policy can be tried anywhere.
    Raise as `load_dictionary` does.
    """
    own = folder.resolve()
    return _load(lambda file: (own.parent if (own.parent / file).is_file() else shipped, own))


def _load(folders_of: Callable[[str], Iterable[Path]]) -> Dictionary:
    problems = Problems()
    facts = {fact.name: fact for fact in built_in_facts()}
    reasons = dict[str, ReasonDefinition]()
    functions = dict[str, FunctionDefinition]()
    for folder in dict.fromkeys(folders_of(FACTS_FILE)):
        facts |= _read_file(folder / FACTS_FILE, _read_named_fact, problems)
    for folder in dict.fromkeys(folders_of(REASONS_FILE)):
        reasons |= _read_file(folder / REASONS_FILE, read_reason, problems)
    for folder in dict.fromkeys(folders_of(FORMULAS_FILE)):
        functions |= _read_file(folder / FORMULAS_FILE, read_function, problems)
    problems.raise_if_any()
    return Dictionary(with_group_facts(facts), MappingProxyType(reasons), MappingProxyType(functions))


def with_group_facts(facts: FactDictionary) -> FactDictionary:
    """Return `facts` and, for each ledger fact of single customers among them, the same of the group."""
    groups = (of_group(fact) for fact in facts.values() if fact.source is FactSource.LEDGER and not fact.group)
    return MappingProxyType({**facts, **{fact.name: fact for fact in groups}})


def read_reason(key: YamlScalar, node: YamlNode) -> ReasonDefinition:
    """Return the reason `key: {en: ..., zh: ...}`; L330 for a code of another form, L331 without both wordings."""
    if not _REASON_CODE.fullmatch(key.text):
        raise PolicyTextError(
            "L330",
            f'"{key.text}" is no reason code.',
            place=key.place,
            remedy="Use capital letters, digits and _, and begin with a letter: OVER_LIMIT.",
        )
    title = read.title(node, f"reason {key.text}")
    for language, wording in (("English (en)", title.en), ("Chinese (zh)", title.zh)):
        if not wording:
            raise PolicyTextError(
                "L331", f"reason {key.text} has no wording in {language}.", place=node.place, remedy="Add it."
            )
    return ReasonDefinition(key.text, title, key.place)


def reason_entry(definition: ReasonDefinition) -> dict[str, PlainData]:
    """Return the entry of reasons.yaml that declares the reason, under its code."""
    return title_entry(definition.title)


def read_function(key: YamlScalar, node: YamlNode) -> FunctionDefinition:
    """Return the shipped formula that `node` declares; its types are checked where it is called.

    L340 if it declares no parameter, L341 for a name in its text that is no parameter; for text that is no formula
    the codes of `parse_expression`.
    """
    name = read.name(key, "formula")
    what = f"formula {name}"
    written = read.fields(node, what, ("parameters", "value"), ("title", "source"))
    parameters = tuple(
        (read.name(parameter, f"parameter of {what}"), read.choice(kind, f"kind of {parameter.text}", Kind))
        for parameter, kind in read.entries(written["parameters"], f"parameters of {what}")
    )
    if not parameters:
        raise PolicyTextError(
            "L340", f"{what} has no parameters.", place=node.place, remedy="Declare what it is computed from."
        )
    text = read.text(written["value"], f"value of {what}")
    _refuse_other_names(parse_expression(text, written["value"].place), dict(parameters), what, written["value"].place)
    return FunctionDefinition(
        name,
        parameters,
        text,
        read.title(written["title"], f"title of {what}") if "title" in written else Title(),
        read.text(written["source"], f"source of {what}") if "source" in written else "",
        written["value"].place,
    )


def function_entry(definition: FunctionDefinition) -> dict[str, PlainData]:
    """Return the entry of formulas.yaml that declares the formula, under its name."""
    entry: dict[str, PlainData] = {
        "parameters": {name: kind.value for name, kind in definition.parameters},
        "value": definition.text,
    }
    if wording := title_entry(definition.title):
        entry["title"] = wording
    if definition.source:
        entry["source"] = definition.source
    return entry


def _read_named_fact(key: YamlScalar, node: YamlNode) -> FactDefinition:
    return read_fact(read.name(key, "fact"), node, key.place)


def _refuse_other_names(part: Syntax | TestSyntax, known: Mapping[str, Kind], what: str, place: Place) -> None:
    if isinstance(part, NameUse) and part.name not in known:
        raise PolicyTextError(
            "L341",
            f'{what} reads "{part.name}", which is none of its parameters.',
            place=shifted(place, part.offset),
            remedy=read.remedy_for_unknown(part.name, tuple(known)),
        )
    for inner in parts_of(part):
        _refuse_other_names(inner, known, what, place)


def _read_file(
    path: Path, read_entry: Callable[[YamlScalar, YamlNode], Definition], problems: Problems
) -> Mapping[str, Definition]:
    if not path.exists():
        return {}
    file = f"{path.parent.name}/{path.name}"
    with problems.collecting():
        return _definitions(text_of_yaml_file(path, file), file, read_entry)
    return {}


# The files that ship are read with every text of a policy that is checked, and hardly ever change.
@lru_cache(maxsize=16)
def _definitions(
    text: str, file: str, read_entry: Callable[[YamlScalar, YamlNode], Definition]
) -> Mapping[str, Definition]:
    problems = Problems()
    definitions = dict[str, Definition]()
    with problems.collecting():
        for key, node in read.entries(read_yaml(text, file), Path(file).name):
            with problems.collecting():
                definitions[key.text] = read_entry(key, node)
    problems.raise_if_any()
    return MappingProxyType(definitions)
