"""A decision kept as a test case: the facts that a policy reads of it, and what was decided on them."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from policy_service.domain.errors import RequestError
from policy_service.domain.values import Kind
from policy_service.language.definitions.built_in_facts import AS_OF
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.feel.syntax import quoted
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from policy_service.language.rule_sets import LADDER_KINDS
from policy_service.language.yaml_text.yaml_writing import flow
from policy_service.services.code_book import Plain
from policy_service.services.decisions.recorded import Recorded
from policy_service.services.policy_editing.case_texts import CaseText
from policy_service.storage.policy_store import EDITABLE, PolicyStore, PolicyVersion

#: A category may be called so; as a value these words mean that nobody knows.
_WORDS_FOR_UNKNOWN: Final = frozenset({"unknown", "null", "none"})


def open_drafts(session: Session, policy_id: str) -> tuple[PolicyVersion, ...]:
    """Return the versions that can be edited, those of the policy first, each policy's newest first."""
    store = PolicyStore(session)
    named = sorted(store.policy_ids(), key=lambda each: (each != policy_id, each))
    return tuple(one for each in named for one in reversed(store.versions(each)) if one.state in EDITABLE)


def kept_case(found: Recorded, policy: Policy | None, name: str) -> CaseText:
    """Return the decision as a case: its facts as it read them, and the outcome, outputs and reasons it came to.

    Facts that `policy` does not read for a decision of that type are left out. RequestError R591 for a decision that
    the rules alone did not make: a fault, or a person's word over them.
    """
    if found.fault or found.result.get("overrides"):
        raise RequestError(
            "R591",
            "This decision is not what the rules alone say: nothing could be decided, or a person's word stood.",
            remedy="Keep another decision, or write the case by hand.",
        )
    read = {fact.name for fact in facts_read_by(policy, found.decision_type)} if policy else None
    result = found.result
    facts = tuple(
        (fact, _text(said["value"], Kind(said["type"])))
        for fact, said in result["facts"].items()
        if fact != AS_OF and (read is None or fact in read)
    )
    reasons = tuple(dict.fromkeys(reason["code"] for reason in result["reasons"]))
    return CaseText(
        name=name,
        as_of=found.stored.as_of.isoformat(),
        facts=facts,
        decision=found.decision_type.value,
        outcome=result["outcome"] or "",
        outputs=tuple(_outputs(result["outputs"], policy)),
        reasons=reasons,
    )


def _outputs(said: Mapping[str, Any], policy: Policy | None) -> list[tuple[str, str]]:
    known = {**LADDER_KINDS, **STANDING_OUTPUTS, **(policy.outputs if policy else {})}
    return [
        (name, _listed(value, known.get(name, Kind.CATEGORY)))
        for name, value in said.items()
        if name != "outcome" and (policy is None or name in known)
    ]


def _listed(value: Plain | list[Plain], kind: Kind) -> str:
    if isinstance(value, list):
        return flow([None if one is None else _text(one, kind) for one in value])
    return _text(value, kind)


def _text(value: Plain, kind: Kind) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
    is_unsure = kind is Kind.CATEGORY and (value in _WORDS_FOR_UNKNOWN or value.startswith('"'))
    return quoted(value) if is_unsure else value
