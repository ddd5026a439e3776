"""The reference engine: what a policy means, in plain Python over its trees.

A rule set is made ready once, when the interpreter is made: formulas become closures, parameters become
constants, rows become bits. What each kind of rule set means stands in its own module:
`decision_tables` with `hit_policies`, `scorecards`, `ladders`; a formula set is four lines below.
"""

from collections.abc import Mapping
from typing import Protocol, assert_never

from policy_service.domain.decisions import RuleSetResult, Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.engines.decision_tables import PreparedTable
from policy_service.engines.formulas import Parameters, prepare, run
from policy_service.engines.ladders import PreparedLadder
from policy_service.engines.parameters import parameters_of
from policy_service.engines.reasons import engine_fault, referred
from policy_service.engines.scorecards import PreparedScorecard
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard


class _Prepared(Protocol):
    def evaluate(self, values: Values) -> RuleSetResult: ...


class _PreparedFormulas:
    def __init__(self, formulas: FormulaSet, parameters: Parameters) -> None:
        self._name = formulas.name
        self._formulas = {value.name: prepare(value.expression, parameters) for value in formulas.values}

    def evaluate(self, values: Values) -> RuleSetResult:
        outputs: dict[str, Value] = {}
        scope = dict(values)
        for name, formula in self._formulas.items():
            outputs[name] = scope[name] = run(formula, scope)
        return RuleSetResult(self._name, outputs=outputs)


class Interpreter:
    """Evaluate the rule sets of one policy; `parameters` replace values of the policy's own."""

    def __init__(self, policy: Policy, parameters: Mapping[str, Value] | None = None) -> None:
        self._severity = policy.severity
        values = parameters_of(policy, parameters)
        self._prepared = {rule_set.name: _prepared(rule_set, policy, values) for rule_set in policy.rule_sets}

    def evaluate(self, rule_set: str, values: Values) -> RuleSetResult:
        """Return the answer of that rule set; a fault inside it is a refer with `engine_fault`.

        KeyError if the policy has no such rule set.
        """
        prepared = self._prepared[rule_set]
        try:
            return prepared.evaluate(values)
        except EngineFault as fault:
            detail = str(fault)
        except Exception as error:  # Whatever happens in an engine, the order waits for a person.
            detail = f"{type(error).__name__}: {error}"
        return referred(rule_set, [engine_fault(rule_set, detail)], self._severity)


def _prepared(rule_set: RuleSet, policy: Policy, parameters: Parameters) -> _Prepared:
    match rule_set:
        case DecisionTable():
            return PreparedTable(rule_set, policy, parameters)
        case Scorecard():
            return PreparedScorecard(rule_set, policy, parameters)
        case Ladder():
            return PreparedLadder(rule_set, policy, parameters)
        case FormulaSet():
            return _PreparedFormulas(rule_set, parameters)
        case _:
            assert_never(rule_set)
