"""What a decision can come to, and which of several outcomes wins."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """The answer to an order: a hold is no rejection, a refer waits for a person."""

    APPROVE = "approve"
    HOLD = "hold"
    PREPAY = "prepay"
    REFER = "refer"
    DECLINE = "decline"


#: The most severe first; a policy may state another order.
DEFAULT_SEVERITY: Final[tuple[Outcome, ...]] = (
    Outcome.DECLINE,
    Outcome.REFER,
    Outcome.HOLD,
    Outcome.PREPAY,
    Outcome.APPROVE,
)


class DecisionType(StrEnum):
    """What is asked: a review sets the standing, an order check lets an order go, a ladder climbs."""

    REVIEW = "review"
    ORDER = "order"
    ESCALATION = "escalation"


class EngineReason(StrEnum):
    """Reasons that the engine itself gives, first among those of their severity."""

    MISSING_FACT = "missing_fact"
    NO_RULE_MATCHED = "no_rule_matched"
    ENGINE_FAULT = "engine_fault"


def most_severe(outcomes: Sequence[Outcome], severity: Sequence[Outcome]) -> Outcome:
    """Return the one of `outcomes` that stands first in `severity`."""
    return min(outcomes, key=severity.index)
