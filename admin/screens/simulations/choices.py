"""What can be chosen for a simulation: versions of policies, parameters of one, the days of the ledger's orders."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin.screens.policies.rule_tables import dial
from policy_service.domain.instants import Instant
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.language.policy import Parameter
from policy_service.services.policy_life.in_hand import state_at
from policy_service.storage.errors import StorageError
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.policy_store import PolicyStore


@dataclass(frozen=True, slots=True)
class Version:
    """A version that can be chosen, drafts included; `state` is what its period says of the day."""

    policy_id: str
    number: int
    state: str

    @property
    def value(self) -> str:
        """What stands for it in a form."""
        return f"{self.policy_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class Turnable:
    """A parameter that can be turned through a range, with its value, least and largest value and step as texts."""

    parameter: Parameter
    value: str
    least: str
    most: str
    step: str


def versions_to_choose(session: Session, at: Instant) -> Sequence[Version]:
    """Return every version that has a text, by policy, the latest first."""
    store = PolicyStore(session)
    return [
        Version(policy_id, version.number, state_at(version, at))
        for policy_id in store.policy_ids()
        for version in reversed(store.versions(policy_id))
        if version.sha256
    ]


def first_choice(versions: Sequence[Version], default_policy: str, asked: str = "") -> tuple[str, str]:
    """Return the candidate and the baseline that a form begins with: what is in work against what is in force.

    `asked` is the candidate that leads to the form, if one does; without one it is of the default policy.
    """
    policy_id = asked.partition("/")[0] or default_policy
    own = [version for version in versions if version.policy_id == policy_id] or list(versions)
    active = next((version.value for version in own if version.state == "active"), "")
    in_work = next((version.value for version in own if version.state in ("draft", "submitted", "approved")), "")
    candidate = asked or in_work or active or (own[0].value if own else "")
    return candidate, active if active and active != candidate else "recorded"


def turnable(session: Session, version: str) -> Sequence[Turnable]:
    """Return the parameters of a version that have a range; none of a version that there is not."""
    policy_id, _, number = version.partition("/")
    try:
        policy = PolicyStore(session).policy(policy_id, parse_whole_number(number) or 0)
    except StorageError:
        return ()
    return [Turnable(one, *dial(one, policy)) for one in policy.parameters.values() if one.kind.is_ordered]


def order_days(session: Session) -> tuple[dt.date, dt.date] | None:
    """Return the days of the ledger's earliest and latest order; none of a ledger without any, or without a ledger."""
    try:
        return LedgerStore(session).order_days()
    except StorageError:
        return None
