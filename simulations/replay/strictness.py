"""Which of two values of a standing's output is the stricter, by numbers: as policy_service.services.standings says."""

from typing import Final

import numpy as np

from policy_service.domain.values import Kind
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.columns import Column
from simulations.replay.fact_rows import read_only
from simulations.replay.ladder_steps import OUTPUTS

# How the stricter of two values of an output is found.
SMALLEST: Final = 0
LARGEST: Final = 1
RANKED: Final = 2
_LARGEST: Final = frozenset(
    {"stop_credit", "watch_list", "prepay_percent", "interest_percent", "collateral_required", "collateral_amount"}
)
_GRANTS_NOTHING_UNSET: Final = frozenset(
    {"credit_limit", "grace_days", "discount_percent", "discount_days", "grade", "score"}
)
#: From the mildest to the strictest.
_TERM_KINDS: Final = ("end_of_month", "net", "prepayment")


def strictness(output: str) -> int:
    """Return how the stricter of two values of an output is found."""
    if STANDING_OUTPUTS[output] is Kind.CATEGORY:
        return RANKED
    return LARGEST if output in _LARGEST else SMALLEST


def grants_nothing_unset(output: str) -> bool:
    """Return whether an effect says nothing of an output that is not set: what grants nothing cannot be cut."""
    return output in _GRANTS_NOTHING_UNSET


def ranks(policy: Policy) -> Column:
    """Return ranks by output, then code: the worse, the higher; -1 for texts without an order.

    A policy names its grades from the best to the worst.
    """
    found = np.full((len(OUTPUTS), max(len(policy.vocabulary), 1)), -1, dtype=np.int64)
    for name, texts in (("grade", policy.grades), ("payment_term_kind", _TERM_KINDS)):
        for rank, text in enumerate(texts):
            if text in policy.vocabulary:
                found[OUTPUTS.index(name), policy.vocabulary.index(text)] = rank
    return read_only(found)
