"""Why a decision came out as it did, as plain data: every rule set's trace over the values it was decided with."""

from collections.abc import Iterator

from policy_service.domain.decisions import Values
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.trace import Explainer, PointsTrace, RuleSetTrace
from policy_service.engines.traced_rows import RowTrace
from policy_service.services.chain_decision import Decision
from policy_service.services.code_book import CodeBook


def traces(decision: Decision, explainer: Explainer, codes: CodeBook) -> Iterator[RuleSetTrace]:
    """Return the trace of each rule set that ran, each over what the earlier ones set."""
    for rule_set, values in values_by_rule_set(decision):
        yield explainer.explain(rule_set, values, codes.text)


def values_by_rule_set(decision: Decision) -> Iterator[tuple[str, Values]]:
    """Return each rule set that ran with the values it was given: facts, and what the earlier ones set."""
    values = dict(decision.values)
    for result in decision.chain.rule_sets:
        if result.rule_set:
            yield result.rule_set, dict(values)
            values.update({name: value for name, value in result.outputs.items() if isinstance(value, int)})


def explanation(decision: Decision, explainer: Explainer, codes: CodeBook) -> dict[str, object]:
    """Return rows, cells with their values, near misses and points by rule set."""
    return {trace.rule_set: _trace(trace, codes) for trace in traces(decision, explainer, codes)}


def _trace(trace: RuleSetTrace, codes: CodeBook) -> dict[str, object]:
    told: dict[str, object] = {"rows": [_row(row, codes) for row in trace.rows]}
    if trace.near_misses:
        told["near_misses"] = [{"row": miss.row, "cell": miss.cell, "text": miss.text} for miss in trace.near_misses]
    if trace.points:
        told["points"] = [_points(points, codes) for points in trace.points]
    if trace.next_step:
        # Points of a scorecard are a number, the way to the next level is days.
        kind = Kind.NUMBER if trace.points else Kind.DAYS
        told["next_step"] = {"row": trace.next_step.row, "distance": codes.plain(trace.next_step.distance, kind)}
    return told


def _row(row: RowTrace, codes: CodeBook) -> dict[str, object]:
    plain = codes.plain
    cells = [
        {"column": one.column, "cell": one.cell, "value": plain(one.value, one.kind), "verdict": one.verdict}
        for one in row.cells
    ]
    return {"row": row.row, "verdict": row.verdict, "cells": cells}


def _points(points: PointsTrace, codes: CodeBook) -> dict[str, object]:
    earned = None if points.points == UNKNOWN else codes.text(points.points, Kind.NUMBER)
    return {"characteristic": points.characteristic, "points": earned, "attributes": list(points.attributes)}
