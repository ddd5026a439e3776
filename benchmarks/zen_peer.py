"""zen-engine, asked the two ways it can be: through decision objects, and through a loader of ready models."""

from collections.abc import Mapping, Sequence
from typing import Any

import zen

from benchmarks.jdm import model_of
from benchmarks.peers import Facts
from benchmarks.plain_steps import Step
from policy_service.domain.outcomes import DecisionType

Chains = Mapping[DecisionType, Sequence[Step]]


class ZenObjects:
    """`create_decision(model)` once per chain, then `.evaluate(facts)`: what its documentation begins with."""

    def __init__(self, chains: Chains, parameters: Mapping[str, int]) -> None:
        engine = zen.ZenEngine()
        self._decisions = {kind: engine.create_decision(model_of(steps, parameters)) for kind, steps in chains.items()}

    def ask(self, decision_type: DecisionType, facts: Facts) -> Mapping[str, Any]:
        """Return what the model's tables say."""
        answer: Mapping[str, Any] = self._decisions[decision_type].evaluate(facts)["result"]
        return answer


class ZenLoader:
    """`engine.evaluate(key, facts)` with a loader that returns models compiled once: its fastest way."""

    def __init__(self, chains: Chains, parameters: Mapping[str, int]) -> None:
        ready = {kind.value: zen.ZenDecisionContent(model_of(steps, parameters)) for kind, steps in chains.items()}
        self._engine = zen.ZenEngine({"loader": ready.__getitem__})

    def ask(self, decision_type: DecisionType, facts: Facts) -> Mapping[str, Any]:
        """Return what the model's tables say."""
        answer: Mapping[str, Any] = self._engine.evaluate(decision_type.value, facts)["result"]
        return answer
