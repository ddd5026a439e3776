"""What the forms of the editor show of each part that is no table: parameters, ladders, formulas, facts and cases."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from admin.languages import short_language
from admin.screens.policies.cases import cases_shown
from admin.screens.policies.editor_parts import Part
from admin.screens.policies.ladder_picture import AXIS, WIDTH, ladder_picture
from admin.visitors import the_house
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.permissions import AUTHORITY
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import EntrySource, FactSource
from policy_service.language.feel.checker_calls import BUILT_IN_FUNCTIONS
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.services.policy_editing.declared_facts import FactText, own_facts
from policy_service.services.policy_editing.declared_parameters import ParameterText
from policy_service.services.policy_editing.dials import dials_of
from policy_service.services.policy_editing.formula_texts import formulas_of
from policy_service.services.policy_editing.ladders import days_of_levels, ladder_of, new_level, new_trigger
from policy_service.services.policy_life.files import Files, read_files
from policy_service.services.policy_life.reading import VersionNow

#: What people write most often in a step of a ladder; a policy may name others.
_ACTIONS: Final = (
    *("remind", "first_notice", "call", "visit", "demand", "final_demand", "contact_customer", "management_meeting"),
    *("propose_legal", "hand_over_to_agency"),
)
_CHANNELS: Final = ("email", "sms", "phone", "letter", "visit", "portal", "agency")


def form_shown(part: Part, now: VersionNow, files: Files) -> dict[str, Any]:
    """Return what the form of a part is shown with, besides the version; nothing of a part whose file is no YAML."""
    shown = _FORMS.get(part.kind)
    if shown is None:
        return {}
    try:
        return {**shown(part, now, files), "has_form": True}
    except PolicyTextError:
        return {"has_form": False}


def _cases(_part: Part, now: VersionNow, files: Files) -> dict[str, Any]:
    return {name: value for name, value in cases_shown(now, files).items() if name not in ("now", "version", "is_open")}


def _parameters(_part: Part, _now: VersionNow, files: Files) -> dict[str, Any]:
    return {"dials": dials_of(files), "kinds": list(Kind), "new": ParameterText()}


def _ladder(part: Part, now: VersionNow, files: Files) -> dict[str, Any]:
    ladder = ladder_of(part.file, files[part.file])
    policy = read_files(now.version.policy_id, files, the_house().settings.rules_dir).policy
    days = days_of_levels(policy, part.name)
    picture = ladder_picture(ladder.levels, days)
    return {
        "ladder": ladder,
        "picture": picture,
        "picture_size": (WIDTH, AXIS),
        # With the keys in the order in which they are written.
        "add_level": json.dumps([_inserted("levels", len(ladder.levels), new_level(ladder, days))]),
        "add_trigger": json.dumps([_inserted("triggers", len(ladder.triggers), new_trigger(ladder))]),
        "actions": _ACTIONS,
        "channels": _CHANNELS,
        "owners": ("sales", "sales_head", "accounts_receivable", "collector", *AUTHORITY),
        "ladder_facts": [(name, fact.title) for name, fact in sorted(policy.facts.items())] if policy else [],
    }


def _inserted(path: str, at: int, value: Mapping[str, PlainData]) -> dict[str, object]:
    return {"do": "insert", "path": [path], "at": at, "value": value}


def _formula(part: Part, now: VersionNow, files: Files) -> dict[str, Any]:
    formulas = formulas_of(part.file, files[part.file]) if part.file in files else ()
    policy = read_files(now.version.policy_id, files, the_house().settings.rules_dir).policy
    language = short_language()
    words = [{"name": one.name, "what": "output", "title": ""} for one in formulas]
    if policy and part.kind == "formula":
        parameters = policy.parameters.values()
        words += [{"name": p.name, "what": "parameter", "title": p.title.in_language(language)} for p in parameters]
        words += [{"name": name, "what": "output", "title": ""} for name in policy.outputs]
    words += [{"name": name, "what": "function", "title": ""} for name in sorted(BUILT_IN_FUNCTIONS)]
    return {"formulas": formulas, "formula_words": words, "kinds": list(Kind)}


def _facts(_part: Part, _now: VersionNow, files: Files) -> dict[str, Any]:
    return {
        "own_facts": own_facts(files),
        "kinds": list(Kind),
        "sources": (FactSource.CUSTOMER, FactSource.REQUEST, FactSource.LEDGER),
        "entry_sources": list(EntrySource),
        "fact": FactText(),
    }


_FORMS: Final[Mapping[str, Callable[[Part, VersionNow, Files], dict[str, Any]]]] = MappingProxyType(
    {
        "cases": _cases,
        "parameters": _parameters,
        "ladder": _ladder,
        "formula": _formula,
        "formulas": _formula,
        "facts": _facts,
    }
)
#: The kinds of parts whose forms are shown, unchangeable, to those who may not edit.
READ_AS_FORMS: Final = frozenset(_FORMS)
