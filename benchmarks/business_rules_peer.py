"""business-rules: every line of a table is a rule of nested conditions over numeric variables.

It has no arithmetic, no nulls and no end points that are facts: columns, and differences between a column
and such an end point, are computed in Python by our interpreter's formulas, and an unknown is handed over
as the number that stands for it here. What that gives it for free counts as its own speed.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Final

from business_rules.actions import BaseActions, rule_action
from business_rules.engine import run_all
from business_rules.fields import FIELD_NUMERIC
from business_rules.variables import BaseVariables, numeric_rule_variable

from benchmarks.peers import Facts
from benchmarks.plain_steps import POINTS, SCORE, Formulas, Line, NotPlain, PlainTable, PointsSum, Step
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.formulas import Formula, as_formula, prepare
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Expression,
    Interval,
    IsUnknown,
    Operator,
    Test,
)

_OPERATORS: Final = {
    Operator.EQUAL: "equal_to",
    Operator.LESS: "less_than",
    Operator.LESS_OR_EQUAL: "less_than_or_equal_to",
    Operator.GREATER: "greater_than",
    Operator.GREATER_OR_EQUAL: "greater_than_or_equal_to",
}
_BELOW: Final = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL})
_Condition = dict[str, Any]


class BusinessRules:
    """The chains of a policy as rules of business-rules."""

    def __init__(self, chains: Mapping[DecisionType, Sequence[Step]], parameters: Mapping[str, int]) -> None:
        self._chains = {kind: [_ready(step, parameters) for step in steps] for kind, steps in chains.items()}

    def ask(self, decision_type: DecisionType, facts: Facts) -> Mapping[str, Any]:
        """Return what the rules say."""
        scope: dict[str, Any] = {name: UNKNOWN if value is None else value for name, value in facts.items()}
        for run in self._chains[decision_type]:
            run(scope)
        return scope


def _ready(step: Step, parameters: Mapping[str, int]) -> Callable[[MutableMapping[str, Any]], None]:
    match step:
        case PlainTable():
            return _Table(step, parameters).run
        case PointsSum():
            return lambda scope: scope.update({SCORE: sum(line[POINTS] for line in scope[step.table])})
        case Formulas():
            formulas = _formulas(step.values, parameters)
            return lambda scope: scope.update({name: formula(scope) for name, formula in formulas.items()})


def _formulas(values: Mapping[str, Expression], parameters: Mapping[str, int]) -> dict[str, Formula]:
    return {name: as_formula(prepare(value, parameters)) for name, value in values.items()}


class _Scope(BaseVariables):  # type: ignore[misc]
    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.scope = scope


class _Found(BaseActions):  # type: ignore[misc]
    def __init__(self) -> None:
        self.lines: list[int] = []

    @rule_action(params={"line": FIELD_NUMERIC})  # type: ignore[untyped-decorator]
    def found(self, line: int) -> None:
        self.lines.append(line)


class _Table:
    def __init__(self, table: PlainTable, parameters: Mapping[str, int]) -> None:
        self._table = table
        self._parameters = parameters
        self._names: dict[tuple[Expression, Expression | None], str] = {}
        self._variables: dict[str, Any] = {}
        self._rules = [
            {"conditions": self._conditions(line), "actions": [{"name": "found", "params": {"line": place}}]}
            for place, line in enumerate(table.lines)
        ]
        self._scope = type("Variables", (_Scope,), self._variables)
        self._says = [_formulas(line.says, parameters) for line in table.lines]

    def run(self, scope: MutableMapping[str, Any]) -> None:
        found = _Found()
        run_all(self._rules, self._scope(scope), found, stop_on_first_trigger=not self._table.all_count)
        lines = [{"row": self._table.lines[line].id} | self._said(line, scope) for line in found.lines]
        if self._table.all_count:
            scope[self._table.name] = lines
        elif lines:
            scope.update(lines[0])
            scope[f"{self._table.name}_row"] = lines[0]["row"]

    def _said(self, line: int, scope: Mapping[str, Any]) -> dict[str, Any]:
        return {name: formula(scope) for name, formula in self._says[line].items()}

    def _conditions(self, line: Line) -> _Condition:
        tests = [(column.expression, cell.test) for column, cell in line.cells if not isinstance(cell.test, Anything)]
        cells = [self._cell(expression, test) for expression, test in tests]
        return {"all": cells or [self._always()]}

    def _cell(self, column: Expression, test: Test) -> _Condition:
        match test:
            case IsUnknown():
                return self._asked(column, None, "equal_to", UNKNOWN)
            case Comparison():
                return {"all": list(self._comparison(column, test))}
            case Interval():
                above = Operator.GREATER_OR_EQUAL if test.includes_low else Operator.GREATER
                below = Operator.LESS_OR_EQUAL if test.includes_high else Operator.LESS
                sides = (Comparison(above, test.low), Comparison(below, test.high))
                return {"all": [one for side in sides for one in self._comparison(column, side)]}
            case AnyOf():
                return {"any": [self._cell(column, part) for part in test.tests]}
            case _:
                raise NotPlain(type(test).__name__)

    def _comparison(self, column: Expression, test: Comparison) -> Iterator[_Condition]:
        if test.operator is Operator.NOT_EQUAL:
            raise NotPlain("!=")
        end = prepare(test.end, self._parameters)
        operator = _OPERATORS[test.operator]
        against = None if isinstance(end, int) else test.end
        if test.operator in _BELOW:
            yield self._asked(column, against, "greater_than", UNKNOWN)
        yield self._asked(column, against, operator, end if isinstance(end, int) else 0)

    def _asked(self, column: Expression, end: Expression | None, operator: str, value: int) -> _Condition:
        key = (column, end)
        if key not in self._names:
            self._names[key] = f"variable_{len(self._names)}"
            self._variables[self._names[key]] = _variable(column, end, self._parameters)
        return {"name": self._names[key], "operator": operator, "value": value}

    def _always(self) -> _Condition:
        self._variables["always"] = numeric_rule_variable()(lambda _: 1)
        return {"name": "always", "operator": "equal_to", "value": 1}


def _variable(column: Expression, end: Expression | None, parameters: Mapping[str, int]) -> Any:
    value = as_formula(prepare(column, parameters))
    if end is None:
        return numeric_rule_variable()(lambda self: value(self.scope))
    bound = as_formula(prepare(end, parameters))

    def difference(self: Any) -> int:
        left, right = value(self.scope), bound(self.scope)
        return UNKNOWN if UNKNOWN in (left, right) else left - right

    return numeric_rule_variable()(difference)
