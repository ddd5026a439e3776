"""rule-engine: every line of a table is one rule over the facts, asked in order.

Its formulas run there too. A column that is a formula is computed once per table, not once per line, and
what the language lacks around the rules (taking the first line, gathering lists) is plain Python here.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Final

import rule_engine

from benchmarks.formula_text import Dialect, FormulaText
from benchmarks.peers import Facts
from benchmarks.plain_steps import POINTS, SCORE, Formulas, Line, PlainTable, PointsSum, Step
from policy_service.domain.outcomes import DecisionType
from policy_service.language.feel.expressions import AnyOf, Anything, Constant, Expression, IsUnknown, Name, Test

#: Half goes up, which for amounts is away from zero.
_DIALECT: Final = Dialect(
    quotient=lambda product, divisor: f"((2 * ({product}) + {divisor}) // {2 * divisor})",
    ratio=lambda dividend, divisor: f"((2 * ({dividend}) + {divisor}) // (2 * {divisor}))",
    floor=lambda value, unit: f"({value} // {unit} * {unit})",
    extreme=lambda which, values: f"${which}([{', '.join(values)}])",
)
_CONTEXT: Final = rule_engine.Context(resolver=rule_engine.resolve_item)


class RuleEngine:
    """The chains of a policy as rules of rule-engine."""

    def __init__(self, chains: Mapping[DecisionType, Sequence[Step]], parameters: Mapping[str, int]) -> None:
        formulas = FormulaText(_DIALECT, parameters)
        self._chains = {kind: [_ready(step, formulas) for step in steps] for kind, steps in chains.items()}

    def ask(self, decision_type: DecisionType, facts: Facts) -> Mapping[str, Any]:
        """Return what the rules say."""
        scope: dict[str, Any] = dict(facts)
        for step in self._chains[decision_type]:
            step.run(scope)
        return scope


def _ready(step: Step, formulas: FormulaText) -> "_Table | _Sum | _Values":
    match step:
        case PlainTable():
            return _Table(step, formulas)
        case PointsSum():
            return _Sum(step)
        case Formulas():
            return _Values(step, formulas)


class _Sum:
    def __init__(self, step: PointsSum) -> None:
        self._table = step.table

    def run(self, scope: MutableMapping[str, Any]) -> None:
        scope[SCORE] = sum(line[POINTS] for line in scope[self._table])


class _Values:
    def __init__(self, step: Formulas, formulas: FormulaText) -> None:
        self._values = {name: _value(value, formulas) for name, value in step.values.items()}

    def run(self, scope: MutableMapping[str, Any]) -> None:
        for name, value in self._values.items():
            scope[name] = _run(value, scope)


class _Table:
    def __init__(self, table: PlainTable, formulas: FormulaText) -> None:
        self._table = table
        self._formulas = formulas
        self._columns: dict[Expression, str] = {}
        self._rules: dict[str, rule_engine.Rule] = {}
        self._lines = [
            (line.id, self._condition(line), {name: _value(value, formulas) for name, value in line.says.items()})
            for line in table.lines
        ]

    def run(self, scope: MutableMapping[str, Any]) -> None:
        columns = {name: _run(rule, scope) for name, rule in self._rules.items()}
        asked = {**scope, **columns}
        found = []
        for row, condition, says in self._lines:
            if _holds(condition, asked):
                found.append({"row": row} | {name: _run(value, asked) for name, value in says.items()})
                if not self._table.all_count:
                    scope.update(found[0])
                    scope[f"{self._table.name}_row"] = row
                    return
        if self._table.all_count:
            scope[self._table.name] = found

    def _condition(self, line: Line) -> rule_engine.Rule:
        tests = [(column.expression, cell.test) for column, cell in line.cells if not isinstance(cell.test, Anything)]
        texts = [self._cell(self._subject(expression), test) for expression, test in tests]
        return rule_engine.Rule(" and ".join(texts) or "true", context=_CONTEXT)

    def _cell(self, subject: str, test: Test) -> str:
        holds = self._formulas.holds(subject, test)
        takes_null = isinstance(test, IsUnknown) or (
            isinstance(test, AnyOf) and any(isinstance(part, IsUnknown) for part in test.tests)
        )
        return holds if takes_null else f"({subject} != null and {holds})"

    def _subject(self, expression: Expression) -> str:
        if isinstance(expression, Name):
            return expression.name
        if expression not in self._columns:
            name = self._columns[expression] = f"column_{len(self._columns)}"
            self._rules[name] = rule_engine.Rule(self._formulas.known(expression), context=_CONTEXT)
        return self._columns[expression]


def _value(expression: Expression, formulas: FormulaText) -> "int | rule_engine.Rule":
    if isinstance(expression, Constant):
        return expression.value
    return rule_engine.Rule(formulas.of(expression), context=_CONTEXT)


def _run(value: "int | rule_engine.Rule", scope: Mapping[str, Any]) -> Any:
    if isinstance(value, int):
        return value
    try:
        return value.evaluate(scope)
    except rule_engine.EvaluationError:
        return None


def _holds(condition: rule_engine.Rule, scope: Mapping[str, Any]) -> bool:
    try:
        return bool(condition.matches(scope))
    except rule_engine.EvaluationError:
        # A null as an end point: the cell does not match.
        return False
