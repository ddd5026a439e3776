"""Two engines over one policy that must agree; where they do not, a person decides."""

from collections.abc import Mapping

from policy_service.domain.decisions import ChainResult, Reason, RuleSetResult, Values
from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome
from policy_service.engines.chain import run_chain
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.interpreter import Interpreter
from policy_service.language.policy import Policy

#: Part of every decision record: raise it when the same inputs may come to another result.
ENGINE_VERSION = "1"


class EnginePair:
    """The durable engine decides, the interpreter checks: one pair per policy version and process."""

    def __init__(self, policy: Policy, parameters: Mapping[str, int] | None = None) -> None:
        self.policy = policy
        self.interpreter = Interpreter(policy, parameters)
        self.durable = DurableEngine(policy, parameters)

    def decide(self, decision_type: DecisionType, values: Values) -> ChainResult:
        """Return what both engines say; refer with `engine_fault` where outcome, outputs or hit rows differ."""
        live = run_chain(self.durable, self.policy, decision_type, values)
        reference = run_chain(self.interpreter, self.policy, decision_type, values)
        difference = first_difference(live, reference)
        return live if difference is None else _disagreement(decision_type, *difference)

    def close(self) -> None:
        """Free what the durable engine holds outside Python."""
        self.durable.close()


def first_difference(live: ChainResult, reference: ChainResult) -> tuple[RuleSetResult, str] | None:
    """Return the first rule set on which two engines differ and what differs, or None."""
    for ours, theirs in zip(live.rule_sets, reference.rule_sets, strict=False):
        for what in ("outcome", "outputs", "hits", "releases"):
            if getattr(ours, what) != getattr(theirs, what):
                return ours, what
    if live.outcome is not reference.outcome or len(live.rule_sets) != len(reference.rule_sets):
        return live.rule_sets[-1] if live.rule_sets else RuleSetResult(""), "chain"
    return None


def _disagreement(decision_type: DecisionType, rule_set: RuleSetResult, what: str) -> ChainResult:
    reason = Reason(
        code=EngineReason.ENGINE_FAULT,
        rule_set=rule_set.rule_set,
        outcome=Outcome.REFER,
        detail=f"The two engines differ on {rule_set.rule_set}: {what}.",
    )
    referred = RuleSetResult(rule_set.rule_set, outcome=Outcome.REFER, reasons=(reason,))
    return ChainResult(decision_type, (referred,), {}, Outcome.REFER, (reason,))
