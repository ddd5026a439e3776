"""The text of a rule set's file: words before symbols, one row per line."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import assert_never

from policy_service.domain.amounts import decimal_text, from_scaled
from policy_service.domain.values import MILLION
from policy_service.language.cells import Output, When
from policy_service.language.definitions.fact_text import title_entry
from policy_service.language.definitions.standing import ORDER_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import (
    Aggregation,
    Band,
    Characteristic,
    DecisionTable,
    Direction,
    FormulaSet,
    KnockOut,
    Ladder,
    Level,
    MonotonicityClaim,
    Priority,
    Row,
    RuleSet,
    Scorecard,
    Trigger,
    WhenUnknown,
)
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.language.yaml_text.yaml_writing import lines

Entry = dict[str, PlainData]

_VERBS = {Direction.NEVER_RISES: "never rises", Direction.NEVER_FALLS: "never falls"}


def rule_set_text(rule_set: RuleSet, policy: Policy) -> str:
    """Return the text of the file that holds `rule_set`, a part of `policy`."""
    match rule_set:
        case DecisionTable():
            return lines(_table(rule_set, policy), ("claims", "rows"))
        case Scorecard():
            return lines(_scorecard(rule_set, policy), ("claims", "characteristics", "knock_outs", "bands"))
        case FormulaSet():
            return lines(_formula(rule_set), ("claims", "values"))
        case Ladder():
            return lines(_ladder(rule_set), ("levels", "triggers"))
        case _:
            assert_never(rule_set)


def _table(table: DecisionTable, policy: Policy) -> Entry:
    own = [name for name in table.output_names if name not in STANDING_OUTPUTS and name not in ORDER_OUTPUTS]
    entry: Entry = {"decision_table": table.name, **_titled(table), "hit_policy": table.hit_policy.value}
    entry |= {} if table.aggregation is Aggregation.LIST else {"aggregation": table.aggregation.value}
    entry |= {"priority": _priority(table.priority, policy)} if table.priority else {}
    entry |= _when_unknown(table.when_unknown)
    entry |= {"outputs": {name: {"type": policy.outputs[name].value} for name in sorted(own)}} if own else {}
    entry |= _claims(table.claims)
    entry["rows"] = [_row(row, table) for row in table.rows]
    if table.otherwise:
        entry["otherwise"] = {**_outputs(table.otherwise.outputs), **_reasons(table.otherwise.reasons)}
    return entry


def _row(row: Row, table: DecisionTable) -> Entry:
    cells = zip(table.columns, row.cells, strict=True)
    when: Entry = {column.text: cell.text for column, cell in cells if not cell.is_open}
    entry: Entry = {"id": row.id, "when": when} if when else {"id": row.id}
    entry["then"] = _outputs(row.outputs)
    entry |= _reasons(row.reasons)
    entry |= {"release": _when(row.release)} if row.release is not None else {}
    return entry | ({"note": row.note} if row.note else {})


def _priority(priority: Priority, policy: Policy) -> Entry:
    if not priority.values:
        return {"output": priority.output, "order": "descending" if priority.descending else "ascending"}
    kind = policy.outputs[priority.output]
    order: list[PlainData] = [write_value(value, kind, policy.currency, policy.vocabulary) for value in priority.values]
    return {"output": priority.output, "order": order}


def _scorecard(scorecard: Scorecard, policy: Policy) -> Entry:
    entry: Entry = {"scorecard": scorecard.name, **_titled(scorecard), **_when_unknown(scorecard.when_unknown)}
    entry |= _claims(scorecard.claims)
    entry["characteristics"] = [_characteristic(each) for each in scorecard.characteristics]
    if scorecard.knock_outs:
        entry["knock_outs"] = [_knock_out(each, policy) for each in scorecard.knock_outs]
    return entry | {"bands": [_band(band, policy) for band in scorecard.bands]}


def _characteristic(each: Characteristic) -> Entry:
    attributes: list[PlainData] = []
    for number, attribute in enumerate(each.attributes, 1):
        own_id: Entry = {} if attribute.id == f"{each.column.text}.{number}" else {"id": attribute.id}
        attributes.append({**own_id, "when": attribute.cell.text, "points": _number(attribute.points)})
    entry: Entry = {"fact": each.column.text, "weight": _number(each.weight), "attributes": attributes}
    return entry | ({} if each.unknown is None else {"unknown": _number(each.unknown)})


def _knock_out(each: KnockOut, policy: Policy) -> Entry:
    grade = policy.vocabulary[each.grade]
    return {"id": each.id, "when": _when(each.when), "grade": grade, **_reasons(each.reasons)}


def _band(band: Band, policy: Policy) -> Entry:
    grade = policy.vocabulary[band.grade]
    own_id: Entry = {} if band.id == f"band.{grade}" else {"id": band.id}
    return {**own_id, "grade": grade, "when": band.cell.text, **_reasons(band.reasons)}


def _formula(formula: FormulaSet) -> Entry:
    entry: Entry = {"formula": formula.name, **_titled(formula), **_claims(formula.claims)}
    values: Entry = {}
    for value in formula.values:
        is_standard = value.name in STANDING_OUTPUTS
        values[value.name] = value.text if is_standard else {"value": value.text, "type": value.kind.value}
    return {**entry, "values": values}


def _ladder(ladder: Ladder) -> Entry:
    entry: Entry = {"ladder": ladder.name, **_titled(ladder), "mode": ladder.mode.value}
    entry |= {"when": _when(ladder.when)} if ladder.when is not None else {}
    entry |= {"levels": [_level(level) for level in ladder.levels]} if ladder.levels else {}
    return entry | ({"triggers": [_trigger(each) for each in ladder.triggers]} if ladder.triggers else {})


def _level(level: Level) -> Entry:
    return {"id": level.id, "days_past_due": level.days_text, **_action(level)}


def _trigger(trigger: Trigger) -> Entry:
    return {"id": trigger.id, "when": _when(trigger.when), **_action(trigger)}


def _action(step: Level | Trigger) -> Entry:
    entry: Entry = {"action": step.action}
    entry |= {"channel": step.channel} if step.channel else {}
    entry |= {"owner": step.owner} if step.owner else {}
    entry |= {} if step.deadline_days is None else {"deadline_days": step.deadline_days}
    entry |= {"effects": _outputs(step.effects)} if step.effects else {}
    entry |= {"release": _when(step.release)} if step.release is not None else {}
    entry |= {"approval": step.approval} if step.approval else {}
    return entry | _reasons(step.reasons)


def _titled(rule_set: RuleSet) -> Entry:
    wording = title_entry(rule_set.title)
    return {"title": dict(wording)} if wording else {}


def _when_unknown(when_unknown: WhenUnknown) -> Entry:
    return {} if when_unknown is WhenUnknown.REFER else {"when_unknown": when_unknown.value}


def _claims(claims: Iterable[MonotonicityClaim]) -> Entry:
    written: list[PlainData] = [f"{claim.output} {_VERBS[claim.direction]} with {claim.fact}" for claim in claims]
    return {"claims": written} if written else {}


def _when(when: When) -> Entry:
    return {column.text: cell.text for column, cell in when.cells}


def _outputs(outputs: Iterable[Output]) -> Entry:
    return {output.name: output.text for output in outputs}


def _reasons(reasons: Sequence[str]) -> Entry:
    if len(reasons) == 1:
        return {"reason": reasons[0]}
    return {"reasons": list(reasons)} if reasons else {}


def _number(millionths: int) -> str:
    return decimal_text(Decimal(from_scaled(millionths, MILLION)))
