"""The live engine: every rule set of a policy with its conditions as rules in durable-rules.

Making one writes the rules, tries them in a child process, and makes them in this process; a decision
computes the readings, asks the rule engine, and judges what it answers. `close` gives the memory back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

from policy_service.domain.decisions import RuleSetResult, Values
from policy_service.domain.errors import EngineFault
from policy_service.engines.durable.compile import try_out
from policy_service.engines.durable.ladders import LadderOnRules
from policy_service.engines.durable.matcher import Matcher
from policy_service.engines.durable.precompute import Parameters, reader
from policy_service.engines.durable.scorecards import ScorecardOnRules
from policy_service.engines.durable.tables import TableOnRules
from policy_service.engines.reasons import engine_fault, referred
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, RuleSet, Scorecard


@dataclass(frozen=True, slots=True)
class RuleSetReport:
    """What one rule set came to in the rule engine; the relaxed rulesets are those that look for unknowns."""

    rule_set: str
    rulesets: int
    relaxed_rulesets: int
    rules: int
    bins: int
    stack_bound: int
    seconds: float


class _OnRules(Protocol):
    @property
    def matchers(self) -> list[Matcher]: ...

    def decide(self, values: Values) -> RuleSetResult: ...


class FormulasOnRules:
    """A formula set: no conditions but those inside formulas, so nothing for the rule engine."""

    def __init__(self, formulas: FormulaSet, parameters: Parameters) -> None:
        self._name = formulas.name
        self._readers = [(value.name, reader(value.expression, parameters)) for value in formulas.values]

    @property
    def matchers(self) -> list[Matcher]:
        """None."""
        return []

    def decide(self, values: Values) -> RuleSetResult:
        """Return every value; EngineFault on overflow."""
        scope = dict(values)
        for name, read in self._readers:
            scope[name] = read(scope)
        return RuleSetResult(self._name, outputs={name: scope[name] for name, _ in self._readers})


class DurableEngine:
    """Evaluate the rule sets of one policy on durable-rules; `parameters` replace values of the policy's own.

    Threads may share it. EngineFault E011 or UnsupportedCondition if the policy cannot be run on rules.
    """

    def __init__(self, policy: Policy, parameters: Mapping[str, int] | None = None) -> None:
        self._severity = policy.severity
        values = _parameters(policy, parameters or {})
        self._rule_sets: dict[str, _OnRules] = {}
        self._seconds: dict[str, float] = {}
        for rule_set in policy.rule_sets:
            started = time.perf_counter()
            self._rule_sets[rule_set.name] = _on_rules(rule_set, policy, values)
            self._seconds[rule_set.name] = time.perf_counter() - started
        self._open()

    def evaluate(self, rule_set: str, values: Values) -> RuleSetResult:
        """Return the answer of that rule set; a fault inside it is a refer with `engine_fault`.

        KeyError if the policy has no such rule set.
        """
        on_rules = self._rule_sets[rule_set]
        try:
            return on_rules.decide(values)
        except EngineFault as fault:
            detail = str(fault)
        except Exception as error:  # Whatever happens in an engine, the order waits for a person.
            detail = f"{type(error).__name__}: {error}"
        return referred(rule_set, [engine_fault(rule_set, detail)], self._severity)

    def close(self) -> None:
        """Free what the rule engine holds; every later answer is a refer. May be called twice."""
        for on_rules in self._rule_sets.values():
            for matcher in on_rules.matchers:
                for group in matcher.groups:
                    group.close()

    def report(self) -> tuple[RuleSetReport, ...]:
        """Return, per rule set, how it was split, its stack bound, sizes, and the seconds it took to compile."""
        return tuple(self._report(name, on_rules) for name, on_rules in self._rule_sets.items())

    def _open(self) -> None:
        try_out(
            [
                source
                for each in self._rule_sets.values()
                for one in each.matchers
                for group in one.groups
                for source in group.sources
            ]
        )
        try:
            for name, on_rules in self._rule_sets.items():
                started = time.perf_counter()
                for matcher in on_rules.matchers:
                    for group in matcher.groups:
                        group.open()
                self._seconds[name] += time.perf_counter() - started
        except BaseException:
            self.close()
            raise

    def _report(self, name: str, on_rules: _OnRules) -> RuleSetReport:
        strict = [written for matcher in on_rules.matchers for written in matcher.groups[0].written]
        relaxed = [written for matcher in on_rules.matchers for written in matcher.groups[1].written]
        return RuleSetReport(
            rule_set=name,
            rulesets=len(strict),
            relaxed_rulesets=len(relaxed),
            rules=sum(written.rules for written in (*strict, *relaxed)),
            bins=sum(matcher.bins for matcher in on_rules.matchers),
            stack_bound=max((written.stack_bound for written in (*strict, *relaxed)), default=0),
            seconds=self._seconds[name],
        )


def _parameters(policy: Policy, replaced: Mapping[str, int]) -> Parameters:
    for name in replaced:
        if name not in policy.parameters:
            raise EngineFault(
                "E003",
                f"The policy {policy.id} has no parameter {name}.",
                remedy=f"It has: {', '.join(policy.parameters) or 'none'}.",
            )
    return {name: replaced.get(name, parameter.value) for name, parameter in policy.parameters.items()}


def _on_rules(rule_set: RuleSet, policy: Policy, parameters: Parameters) -> _OnRules:
    match rule_set:
        case DecisionTable():
            return TableOnRules(rule_set, policy, parameters)
        case Scorecard():
            return ScorecardOnRules(rule_set, policy, parameters)
        case Ladder():
            return LadderOnRules(rule_set, policy, parameters)
        case FormulaSet():
            return FormulasOnRules(rule_set, parameters)
        case _:
            assert_never(rule_set)
