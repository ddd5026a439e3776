"""Questions about edits as the worker reads them."""

from collections import OrderedDict
from typing import Final

from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.value_text import read_value
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import from_canonical
from simulations.jobs.asked import question_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.search.bounds import bound_named
from simulations.search.errors import unknown_parameter
from simulations.warm.asking import MOST_TOLD
from simulations.warm.curves import CurveQuestion
from simulations.warm.errors import not_understood
from simulations.warm.messages import Message
from simulations.warm.warm_runs import Asked

_TEXTS_KEPT: Final = 8


class Texts:
    """The policies of the last texts, each read once: asked about again it is the same policy."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, Policy] = OrderedDict()

    def policy(self, text: str) -> Policy:
        """Return the policy of a canonical text; PolicyTextError L510 if it is none."""
        found = self._read.pop(text, None) or from_canonical(text)
        self._read[text] = found
        if len(self._read) > _TEXTS_KEPT:
            self._read.popitem(last=False)
        return found


def as_asked(message: Message, snapshot: Snapshot, texts: Texts) -> Asked:
    """Return what a message asks of a ledger.

    RequestError R567 for a message that asks nothing; PolicyTextError for a text that cannot be read; R511 for a ledger
    without orders, R515 for a value that a parameter may not have.
    """
    try:
        texts_of = message["candidate"], message["baseline"]
        question = question_of("simulation", message["request"], *texts_of, texts.policy)
        told = min(max(int(message["told"]), 0), MOST_TOLD)
    except (KeyError, TypeError, ValueError, AssertionError, ArithmeticError) as error:
        raise not_understood() from error
    return Asked(question.baseline, question.candidate, question.options(snapshot), question.costs, told)


def curve_asked(message: Message, snapshot: Snapshot, texts: Texts) -> CurveQuestion:
    """Return the curve that a message asks for; the errors of `as_asked`, and R540 or R546 for a dial there is not."""
    try:
        question = question_of("simulation", message["request"], message["candidate"], None, texts.policy)
        policy, parameter, bound = question.candidate.policy, str(message["parameter"]), str(message["bound"])
        at = str(message["at"])
    except (KeyError, TypeError, ValueError, AssertionError, ArithmeticError) as error:
        raise not_understood() from error
    value = value_at(policy, parameter, bound, at) if at else None
    return CurveQuestion(policy, parameter, bound, value, question.options(snapshot), question.costs)


def value_at(policy: Policy, parameter: str, bound: str, written: str) -> int:
    """Return the value of a dial that is written as the policy writes it; PolicyTextError L233 if it is none."""
    if bound:
        kind = bound_named(policy, bound).kind
    elif parameter in policy.parameters:
        kind = policy.parameters[parameter].kind
    else:
        raise unknown_parameter(parameter, policy)
    return read_value(written, kind, policy.currency, lambda _: UNKNOWN)
