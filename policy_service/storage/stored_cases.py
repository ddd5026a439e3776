"""What a case on a ladder consists of, as it is stored: the case, its steps and notes, and what is wanted of a list."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_service.domain.instants import Instant


@dataclass(frozen=True, slots=True)
class Doing:
    """What has to be done about a case: by which role, through which channel, until when."""

    level: str
    action: str = ""
    channel: str = ""
    owner_role: str = ""
    deadline: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case as it is now; a case of no ladder follows up what the daily run could not do."""

    case_id: str
    customer_id: str
    policy_id: str
    ladder: str
    level: str
    action: str
    channel: str
    owner_role: str
    assigned_to: str
    deadline: dt.date | None
    state: str
    opened_on: dt.date
    closed_on: dt.date | None
    revision: int

    @property
    def is_open(self) -> bool:
        """Whether it is still being worked on."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class NewStep:
    """A level that fires for an invoice, or a trigger (no invoice), with the effects it has, as texts by output."""

    ladder: str
    doing: Doing
    invoice_id: str
    fired_on: dt.date
    state: str = "fired"
    effects: Mapping[str, str] = field(default_factory=dict)
    approval_role: str = ""
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is stored."""

    step_number: int
    case_id: str
    customer_id: str
    ladder: str
    level: str
    invoice_id: str
    fired_on: dt.date
    state: str
    action: str
    channel: str
    owner_role: str
    deadline: dt.date | None
    effects: Mapping[str, str]
    approval_role: str
    decided_at: Instant | None
    decided_by: str
    decision_id: str | None
    released_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Note:
    """What was noted on a case; `entry_id` names the ledger entry it became."""

    note_number: int
    case_id: str
    kind: str
    at: Instant
    person: str
    text: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a worklist shows; what is empty does not matter. `waiting_for` is a role whose word is awaited."""

    state: str = "open"
    owner_role: str = ""
    assigned_to: str = ""
    customer_id: str = ""
    level: str = ""
    waiting_for: str = ""
    due_before: dt.date | None = None
