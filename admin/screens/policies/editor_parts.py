"""The parts of a draft that the editor has a form for: each rule set, then parameters, facts, formulas and cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from policy_service.services.policy_editing.sheets import head_of
from policy_service.services.policy_editing.words import rule_sets_of
from policy_service.services.policy_life.files import Files

#: What is no rule set: by name, the file it stands in and what it is called.
_OTHERS: Final[Mapping[str, tuple[str, LazyString]]] = MappingProxyType(
    {
        "parameters": ("policy.yaml", lazy_gettext("Parameters")),
        "facts": ("facts.yaml", lazy_gettext("Facts")),
        "formulas": ("formulas.yaml", lazy_gettext("Formulas")),
        "cases": ("cases.yaml", lazy_gettext("Cases")),
    }
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a draft: its name, what it is called, its file, and which form it has."""

    name: str
    title: str
    file: str
    kind: str
    hit_policy: str = ""


def parts_of(files: Files, language: str) -> tuple[Part, ...]:
    """Return the parts of a draft, the rule sets first and in the order of the policy."""
    rule_sets = [_rule_set(name, files, language) for name in rule_sets_of(files)]
    return (*rule_sets, *(Part(name, str(title), file, name) for name, (file, title) in _OTHERS.items()))


def part_of(parts: tuple[Part, ...], asked: str) -> Part:
    """Return the part of that name, else the first."""
    return next((part for part in parts if part.name == asked), parts[0])


def _rule_set(name: str, files: Files, language: str) -> Part:
    file = f"{name}.yaml"
    head = head_of(files.get(file, ""), file)
    titles = dict(head.titles)
    return Part(
        name, titles.get(language) or titles.get("en") or name, file, head.kind or "unreadable", head.hit_policy
    )
