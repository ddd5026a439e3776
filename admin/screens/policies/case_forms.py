"""A test case in a form: what stands in it when it is opened, and what it says when it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from admin.numbers import day
from admin.wording import titled, word_said
from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.recorded import Recorded
from policy_service.services.policy_editing.case_texts import CaseText, Texts

#: Whether a case says which reasons or rows it expects: nothing, that there are none, or these.
ANY, NONE, THESE = "any", "none", "these"
_DECISION: Final = "decision:"
_RULE_SET: Final = "rule_set:"


def case_in_form(form: MultiDict[str, str]) -> CaseText:
    """Return the case that a form says; lines that name nothing are left out."""
    asks = form.get("asks", "")
    return CaseText(
        name=" ".join(form.get("name", "").split()),
        as_of=form.get("as_of", "").strip(),
        facts=_texts(form, "fact"),
        rule_set=asks.removeprefix(_RULE_SET) if asks.startswith(_RULE_SET) else "",
        decision=asks.removeprefix(_DECISION) if asks.startswith(_DECISION) else "",
        outcome=form.get("outcome", ""),
        outputs=_texts(form, "output"),
        reasons=_listed(form, "reasons"),
        rows=_listed(form, "rows"),
    )


def asked_of(case: CaseText) -> str:
    """Return what a case asks, as the form's choice has it."""
    if case.rule_set:
        return _RULE_SET + case.rule_set
    return _DECISION + case.decision if case.decision else ""


def choices(rule_sets: Iterable[str]) -> list[tuple[str, str]]:
    """Return what a case can ask, each with how the form names it."""
    decisions = [(_DECISION + one, gettext("decision: %(type)s", type=word_said(one))) for one in DecisionType]
    sets = [(_RULE_SET + name, gettext("rule set: %(name)s", name=name)) for name in rule_sets]
    return [("", gettext("the whole policy")), *decisions, *sets]


def listing(codes: tuple[str, ...] | None) -> str:
    """Return how far a case says which reasons or rows it expects."""
    if codes is None:
        return ANY
    return THESE if codes else NONE


def name_of_decision(found: Recorded, taken: Iterable[str]) -> str:
    """Return a name for the case that is made of a decision: what was decided and why, and no other case's."""
    result: Mapping[str, object] = found.result
    outcome = word_said(str(result["outcome"])) if result["outcome"] else word_said(found.decision_type.value)
    reasons = list(dict.fromkeys(titled(reason) for reason in found.result["reasons"]))[:2]
    name = gettext("As decided on %(day)s: %(outcome)s", day=day(found.stored.as_of), outcome=outcome)
    name = f"{name} ({'; '.join(reasons)})" if reasons else name
    names, number, made = set(taken), 2, name
    while made in names:
        made, number = f"{name} [{number}]", number + 1
    return made


def copied_name(case: CaseText) -> CaseText:
    """Return a copy of a case, with a name that says so."""
    return replace(case, name=gettext("Copy: %(name)s", name=case.name))


def _texts(form: MultiDict[str, str], what: str) -> Texts:
    pairs = zip(form.getlist(f"{what}_name"), form.getlist(f"{what}_value"), strict=False)
    return tuple((name.strip(), value.strip() or "null") for name, value in pairs if name.strip())


def _listed(form: MultiDict[str, str], what: str) -> tuple[str, ...] | None:
    match form.get(f"{what}_said", ANY):
        case "these":
            return tuple(form.get(what, "").replace(",", " ").replace("，", " ").split())
        case "none":
            return ()
        case _:
            return None
