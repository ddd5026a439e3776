"""Two engines over one policy that must agree; where they do not, a person decides."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Final, Protocol

from policy_service.domain.decisions import ChainResult, Reason, RuleSetResult, Values
from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome
from policy_service.engines.chain import Chains
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.engines.port import Engine
from policy_service.language.policy import Policy

#: What the engines must agree on, rule set by rule set.
COMPARED: Final = ("rule_set", "outcome", "outputs", "hits", "releases")
_COMPARED: Final = attrgetter(*COMPARED)


class Engines(Protocol):
    """What decides chains under one policy text."""

    def decide(self, decision_type: DecisionType, values: Values) -> ChainResult:
        """Return what the chain of that type comes to; whatever goes wrong inside is a refer with `engine_fault`."""
        ...

    def close(self) -> None:
        """Free what is held outside Python."""
        ...


class EnginePair:
    """The durable engine decides, the interpreter checks: one pair per policy version and process.

    Where `live` is given that engine decides instead.
    """

    def __init__(self, policy: Policy, parameters: Mapping[str, int] | None = None, live: Engine | None = None) -> None:
        self.policy = policy
        self.interpreter = Interpreter(policy, parameters)
        self.durable = DurableEngine(policy, parameters)
        self._live = Chains(live or self.durable, policy)
        self._reference = Chains(self.interpreter, policy)

    def decide(self, decision_type: DecisionType, values: Values) -> ChainResult:
        """Return what both engines say; refer with `engine_fault` where outcome, outputs or hit rows differ."""
        try:
            live = self._live.run(decision_type, values)
            reference = self._reference.run(decision_type, values)
        except Exception as error:  # Whatever happens in an engine, the order waits for a person.
            return referred_chain(decision_type, f"An engine failed: {type(error).__name__}.")
        difference = first_difference(live, reference)
        if difference is None:
            return live
        rule_set, what = difference
        return referred_chain(decision_type, f"The two engines differ on {rule_set}: {what}.", rule_set)

    def close(self) -> None:
        """Free what the durable engine holds outside Python."""
        self.durable.close()


class BrokenEngines:
    """The engines of a policy text that could not be compiled: whatever is asked waits for a person."""

    def __init__(self, detail: str) -> None:
        self._detail = detail

    def decide(self, decision_type: DecisionType, values: Values) -> ChainResult:  # noqa: ARG002
        """Return a refer with `engine_fault`."""
        return referred_chain(decision_type, self._detail)

    def close(self) -> None:
        """Do nothing: nothing is held."""


def first_difference(live: ChainResult, reference: ChainResult) -> tuple[str, str] | None:
    """Return the first rule set on which two engines differ and what differs, or None."""
    for ours, theirs in zip(live.rule_sets, reference.rule_sets, strict=False):
        said, meant = _COMPARED(ours), _COMPARED(theirs)
        if said != meant:
            differing = (what for what, one, other in zip(COMPARED, said, meant, strict=True) if one != other)
            return ours.rule_set, next(differing)
    if live.outcome is not reference.outcome or len(live.rule_sets) != len(reference.rule_sets):
        return live.rule_sets[-1].rule_set if live.rule_sets else "", "chain"
    return None


def referred_chain(
    decision_type: DecisionType, detail: str, rule_set: str = "", missing: tuple[str, ...] = ()
) -> ChainResult:
    """Return the answer where no engine can be asked or believed: refer with `engine_fault`, which says why.

    Where facts are `missing` that is the reason, and no engine's fault.
    """
    code = EngineReason.MISSING_FACT if missing else EngineReason.ENGINE_FAULT
    reason = Reason(code.value, rule_set, outcome=Outcome.REFER, facts=missing, detail=detail)
    referred = RuleSetResult(rule_set, outcome=Outcome.REFER, reasons=(reason,))
    return ChainResult(decision_type, (referred,), {}, Outcome.REFER, (reason,))
