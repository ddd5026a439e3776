"""A chain as a JSON decision model, the graph of nodes that zen-engine evaluates."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from benchmarks.formula_text import OPERATORS, Dialect, FormulaText
from benchmarks.plain_steps import POINTS, SCORE, Formulas, Line, NotPlain, PlainTable, PointsSum, Step, reads, sets
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Interval,
    IsUnknown,
    NoneOf,
    Operator,
    Test,
)

ZEN: Final = Dialect(
    quotient=lambda product, divisor: f"round({product} / {divisor})",
    ratio=lambda dividend, divisor: f"round({dividend} / {divisor})",
    floor=lambda value, unit: f"(floor({value} / {unit}) * {unit})",
    extreme=lambda which, values: f"{which}([{', '.join(values)}])",
)
#: What a line says besides its outputs.
ROW: Final = "row"
_FACTS, _ANSWER = "facts", "answer"


def model_of(steps: Sequence[Step], parameters: Mapping[str, int]) -> str:
    """Return the steps as the JSON text of one graph.

    A node gets the facts and what earlier ones said as far as it reads them, and the answer is what all of
    them said. A table of which all lines count gives a list under its name; another one gives its outputs
    and `<name>_row`.
    """
    formulas = FormulaText(ZEN, parameters)
    nodes, edges = [_node("inputNode", _FACTS)], []
    said_by: dict[str, str] = {}
    for step in steps:
        node = _step(step, formulas)
        sources = dict.fromkeys(said_by.get(name, _FACTS) for name in sorted(reads(step)))
        edges += [_edge(source, step.name) for source in sources]
        said_by |= dict.fromkeys(sets(step), step.name)
        nodes.append(node)
    nodes.append(_node("outputNode", _ANSWER))
    return json.dumps({"nodes": nodes, "edges": [*edges, *(_edge(step.name, _ANSWER) for step in steps)]})


def _edge(source: str, target: str) -> dict[str, str]:
    return {"id": f"{source} {target}", "type": "edge", "sourceId": source, "targetId": target}


def _node(kind: str, name: str, content: object = None) -> dict[str, object]:
    node: dict[str, object] = {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
    return node | ({"content": content} if content else {})


def _step(step: Step, formulas: FormulaText) -> dict[str, object]:
    match step:
        case PlainTable():
            return _node("decisionTableNode", step.name, _Table(step, formulas).content())
        case PointsSum():
            return _assigning(step.name, {SCORE: f"sum(map({step.table}, #.{POINTS}))"})
        case Formulas():
            return _assigning(step.name, {name: formulas.of(value) for name, value in step.values.items()})
        case _:
            assert_never(step)


def _assigning(name: str, texts: Mapping[str, str]) -> dict[str, object]:
    expressions = [{"id": key, "key": key, "value": text} for key, text in texts.items()]
    return _node("expressionNode", name, {"expressions": expressions})


class _Table:
    def __init__(self, table: PlainTable, formulas: FormulaText) -> None:
        self._table = table
        self._formulas = formulas
        tested = (column for line in table.lines for column, cell in line.cells if not isinstance(cell.test, Anything))
        self._inputs = {column: f"in {place}" for place, column in enumerate(dict.fromkeys(tested))}
        self._outputs = list(dict.fromkeys([ROW, *(name for line in table.lines for name in line.says)]))

    def content(self) -> dict[str, object]:
        inputs = [
            {"id": id_, "name": column.text, "field": self._formulas.known(column.expression)}
            for column, id_ in self._inputs.items()
        ]
        outputs = [{"id": f"out {name}", "name": name, "field": self._field(name)} for name in self._outputs]
        rules = [self._rule(line) for line in self._table.lines]
        policy = {"hitPolicy": "collect", "outputPath": self._table.name}
        return (policy if self._table.all_count else {"hitPolicy": "first"}) | {
            "inputs": inputs,
            "outputs": outputs,
            "rules": rules,
        }

    def _field(self, name: str) -> str:
        return f"{self._table.name}_{ROW}" if name == ROW and not self._table.all_count else name

    def _rule(self, line: Line) -> dict[str, str]:
        cells = dict.fromkeys(self._inputs.values(), "")
        asked = [(self._inputs[column], cell.test) for column, cell in line.cells if column in self._inputs]
        cells |= {id_: self._cell(test) for id_, test in asked}
        said = {name: self._formulas.of(value) for name, value in line.says.items()} | {ROW: f"'{line.id}'"}
        return {"_id": line.id} | cells | {f"out {name}": said.get(name, "") for name in self._outputs}

    def _cell(self, test: Test) -> str:
        match test:
            case Anything():
                return ""
            case IsUnknown():
                return "null"
            case Comparison():
                end = self._formulas.of(test.end)
                return end if test.operator is Operator.EQUAL else f"{OPERATORS[test.operator]} {end}"
            case Interval():
                left, right = "[" if test.includes_low else "(", "]" if test.includes_high else ")"
                return f"{left}{self._formulas.of(test.low)}..{self._formulas.of(test.high)}{right}"
            case AnyOf():
                # The test for null comes first, as the others fail on a null and end the list.
                parts = sorted(test.tests, key=lambda part: not isinstance(part, IsUnknown))
                return ", ".join(map(self._cell, parts))
            case NoneOf():
                raise NotPlain("a cell with not(...)")
            case _:
                assert_never(test)
