"""What an engine answers and what a decision records: plain values, byte-identical when replayed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome

#: A 64-bit integer as in `values`.
Value: TypeAlias = int
#: Inputs or outputs by name; a name that is absent reads as unknown.
Values: TypeAlias = Mapping[str, Value]
_OF_ENGINES: Final = frozenset(EngineReason)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the code, the rule set and row that gave it, and the severity it ranks by."""

    code: str
    rule_set: str
    row: str = ""
    outcome: Outcome | None = None
    facts: tuple[str, ...] = ()
    detail: str = ""

    @property
    def is_of_the_engine(self) -> bool:
        """Whether the engine itself gave it, not a row."""
        return self.code in _OF_ENGINES


@dataclass(frozen=True, slots=True)
class RuleSetResult:
    """One rule set's answer.

    `outcome` is set where the rule set decides one or ends in refer. `outputs` hold what was set
    (an output not set is absent, that is unknown); under a hit policy that lists, a tuple of values.
    `hits` are the ids of the rows that matched, in the order of the table; `releases` the ids of those
    rows, levels and triggers with a release condition whose condition holds.
    """

    rule_set: str
    outcome: Outcome | None = None
    outputs: Mapping[str, Value | tuple[Value, ...]] = field(default_factory=dict)
    hits: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def ends_the_chain(self) -> bool:
        """Whether nothing behind it in the chain may run."""
        return self.outcome is Outcome.REFER


@dataclass(frozen=True, slots=True)
class ChainResult:
    """The answer of one chain of rule sets: what a decision of one type comes to.

    A chain that decides no outcome (a review, an escalation) has none, unless it ends in refer.
    """

    decision_type: DecisionType
    rule_sets: tuple[RuleSetResult, ...]
    outputs: Mapping[str, Value | tuple[Value, ...]]
    outcome: Outcome | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word over the rules': which outputs or outcome, why, and until when (inclusive).

    `override_id` is the id it is kept under; empty for one of a file.
    """

    customer_id: str
    person: str
    reason: str
    expires_on: date
    outputs: Mapping[str, str]
    decision_type: DecisionType
    override_id: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A person's word that a decision leaves aside, save where it is stricter than what it is said over; and why."""

    override: Override
    why: str
