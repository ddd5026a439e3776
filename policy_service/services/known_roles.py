"""The roles that cases and standings can wait for: those of people, and others that policies name."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Role
from policy_service.language.feel.expressions import Constant, Expression, If, Null
from policy_service.language.policy import Policy
from policy_service.language.rule_set_parts import OutputPart, parts_of_rule_set
from policy_service.language.rule_sets import Ladder, Level, Trigger
from policy_service.storage.policy_periods_ahead import beginning, counting
from policy_service.storage.policy_store import PolicyStore
from policy_service.storage.work_waiting import stored_roles

_THE_LATEST: Final[Instant] = 2**63 - 1


def known_roles(session: Session, at: Instant) -> frozenset[str] | None:
    """Return every role that a case or a standing can have; none where a policy reads it off facts: any may be one.

    These are the roles of people, those that versions name which count at the instant or are scheduled, and those of
    what is stored, which a version may have named that counts no more. StorageError S214 for an altered text.
    """
    known = {*Role, *stored_roles(session)}
    for named in (*counting(session, at), *beginning(session, at, _THE_LATEST)):
        for role in _roles_of(PolicyStore(session).policy(*named)):
            if role is None:
                return None
            known.add(role)
    return frozenset(known - {""})


def _roles_of(policy: Policy) -> Iterator[str | None]:
    for rule_set in policy.rule_sets:
        if isinstance(rule_set, Ladder):
            steps: tuple[Level | Trigger, ...] = (*rule_set.levels, *rule_set.triggers)
            for step in steps:
                yield from (step.owner, step.approval)
        for part in parts_of_rule_set(rule_set):
            if isinstance(part, OutputPart) and part.output.name == "approval_role":
                yield from _texts(part.output.expression, policy)


def _texts(expression: Expression, policy: Policy) -> Iterator[str | None]:
    match expression:
        case Constant(value):
            yield policy.vocabulary[value]
        case Null():
            return
        case If():
            yield from _texts(expression.yes, policy)
            yield from _texts(expression.no, policy)
        case _:
            yield None
