"""Typed decision tables from drafts."""

from collections.abc import Sequence
from dataclasses import replace

from policy_service.domain.errors import Place
from policy_service.domain.outcomes import DEFAULT_SEVERITY, Outcome
from policy_service.domain.values import Kind
from policy_service.language.cells import Cell, Column
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.feel.expressions import Anything
from policy_service.language.feel.value_text import read_value
from policy_service.language.files.drafts import PriorityDraft, RowDraft, TableDraft, Written
from policy_service.language.rule_sets import (
    Aggregation,
    DecisionTable,
    HitPolicy,
    MonotonicityClaim,
    Otherwise,
    Priority,
    Row,
)
from policy_service.language.typing.text_typing import OPEN_TEXT, TextTyping, category_text
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

_RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
_MULTIPLE = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
_NUMERIC_AGGREGATIONS = frozenset({Aggregation.SUM, Aggregation.MIN, Aggregation.MAX})
_OPEN = Cell(OPEN_TEXT, Anything())


def lists_outputs(draft: TableDraft) -> bool:
    """Whether the table's outputs are lists of the values of every hit."""
    is_aggregated = draft.aggregation not in (None, Aggregation.LIST)
    return draft.hit_policy in _MULTIPLE and "outcome" not in draft.sets and not is_aggregated


def typed_table(
    draft: TableDraft, typing: TextTyping, severity: Sequence[Outcome], claims: tuple[MonotonicityClaim, ...]
) -> DecisionTable:
    """Return the typed table; rows and cells with problems are left out after these are kept."""
    pairs = [typing.pairs(row.when, row.id) for row in draft.rows]
    columns = tuple(dict.fromkeys(column for row in pairs for column, _ in row))
    rows = tuple(_row(row, cells, columns, typing) for row, cells in zip(draft.rows, pairs, strict=True))
    _check_aggregation(draft, typing)
    return DecisionTable(
        name=draft.name,
        hit_policy=draft.hit_policy,
        columns=columns,
        rows=rows,
        otherwise=_otherwise(draft.otherwise, typing) if draft.otherwise else None,
        aggregation=draft.aggregation or Aggregation.LIST,
        priority=_priority(draft, typing, severity),
        when_unknown=draft.when_unknown,
        claims=claims,
        title=draft.title,
        place=draft.place,
    )


def _row(
    draft: RowDraft, pairs: tuple[tuple[Column, Cell], ...], columns: tuple[Column, ...], typing: TextTyping
) -> Row:
    cells = dict(pairs)
    _check_reasons(draft, typing)
    return Row(
        id=draft.id,
        cells=tuple(cells.get(column, _OPEN) for column in columns),
        outputs=typing.outputs(draft.then, draft.id),
        reasons=tuple(reason.text for reason in draft.reasons),
        release=typing.when(draft.release, draft.id),
        note=draft.note,
        place=replace(draft.place, row=draft.id),
    )


def _otherwise(draft: RowDraft, typing: TextTyping) -> Otherwise:
    _check_reasons(draft, typing)
    outputs = typing.outputs(draft.then, draft.id)
    return Otherwise(outputs, tuple(reason.text for reason in draft.reasons), replace(draft.place, row=draft.id))


def _check_reasons(draft: RowDraft, typing: TextTyping) -> None:
    for name, value in draft.then:
        if name.text == "outcome" and value.text != Outcome.APPROVE and not draft.reasons:
            what = draft.id if draft.id == "otherwise" else f"row {draft.id}"
            message = f"{what} says {value.text} and names no reason."
            typing.problems.report("L421", message, draft.place, "Add reason: CODE.")


def _check_aggregation(draft: TableDraft, typing: TextTyping) -> None:
    aggregation = draft.aggregation
    if aggregation is not None and draft.hit_policy is not HitPolicy.COLLECT:
        message = f"the table aggregates ({aggregation}) under the hit policy {draft.hit_policy}."
        _report(typing, "L430", message, draft.place, "Write hit_policy: collect, or delete aggregation.")
    for name in draft.sets if lists_outputs(draft) else ():
        if name in STANDING_OUTPUTS:
            message = f"{name} would be a list: under {draft.hit_policy} every row that matches adds its value."
            _report(typing, "L433", message, draft.place, "Use hit_policy: unique, first or priority, or aggregate.")
    for name in draft.sets:
        kind = typing.kinds.get(name)
        if kind is None or aggregation in (None, Aggregation.LIST):
            continue
        if name == "outcome":
            message = f"the table aggregates ({aggregation}) and sets an outcome."
            remedy = "Delete aggregation: of several outcomes the most severe wins."
            _report(typing, "L430", message, draft.place, remedy)
        elif aggregation is Aggregation.COUNT and kind is not Kind.INTEGER:
            message = f"{name} is of type {kind}, and a count is an integer."
            _report(typing, "L431", message, draft.place, f"Declare {name} with type: integer.")
        elif aggregation in _NUMERIC_AGGREGATIONS and not _fits(aggregation, kind):
            message = f"{name} is of type {kind}, of which there is no {aggregation}."
            _report(typing, "L431", message, draft.place, "Use aggregation: list or count, or another hit policy.")


def _fits(aggregation: Aggregation, kind: Kind) -> bool:
    return kind.is_numeric if aggregation is Aggregation.SUM else kind.is_ordered


def _priority(draft: TableDraft, typing: TextTyping, severity: Sequence[Outcome]) -> Priority | None:
    if draft.hit_policy not in _RANKED:
        if draft.priority:
            message = f"the table has priority under the hit policy {draft.hit_policy}."
            place = draft.priority.output.place
            _report(typing, "L432", message, place, "Write hit_policy: priority or output_order, or delete priority.")
        return None
    if draft.priority:
        return _stated_priority(draft, draft.priority, typing)
    if "outcome" in draft.sets:
        return Priority("outcome", tuple(typing.scope.code_of(outcome) for outcome in severity or DEFAULT_SEVERITY))
    message = f"the hit policy {draft.hit_policy} needs to know which output ranks the rows."
    _report(typing, "L432", message, draft.place, "Add priority: {output: ..., order: [first, second]}.")
    return None


def _stated_priority(draft: TableDraft, priority: PriorityDraft, typing: TextTyping) -> Priority | None:
    name = priority.output.text
    kind = typing.kinds.get(name)
    if name not in draft.sets or kind is None:
        message = f"{name} ranks the rows, but no row sets it."
        _report(typing, "L432", message, priority.output.place, f"Name one of {', '.join(draft.sets)}.")
        return None
    if not priority.values:
        if not kind.is_ordered:
            message = f"{name} is of type {kind}, which has no order of its own."
            _report(typing, "L432", message, priority.output.place, "List its values: order: [first, second].")
        return Priority(name, (), priority.descending)
    values: list[int] = []
    for written in priority.values:
        with typing.problems.collecting():
            values.append(read_value(written.text, kind, typing.scope.currency, typing.scope.code_of, written.place))
            _check_rank(draft, written, name, typing)
            if values[-1] in values[:-1]:
                message = f"{written.text} stands twice in the order of {name}."
                _report(typing, "L432", message, written.place, "Delete one of the two.")
    return Priority(name, tuple(values), descending=True)


def _check_rank(draft: TableDraft, written: Written, name: str, typing: TextTyping) -> None:
    if typing.kinds[name] is not Kind.CATEGORY:
        return
    texts = [value.text.strip('"') for row in draft.all_rows for key, value in row.then if key.text == name]
    is_open = any(text in typing.names or category_text(text).startswith("if ") for text in texts)
    known = [outcome.value for outcome in Outcome] if name == "outcome" else texts
    if written.text.strip('"') not in known and not is_open:
        message = f"{written.text} stands in the order of {name}, which no row sets to it."
        _report(typing, "L432", message, written.place, remedy_for_unknown(written.text, tuple(dict.fromkeys(known))))


def _report(typing: TextTyping, code: str, message: str, place: Place, remedy: str) -> None:
    typing.problems.report(code, message, place, remedy)
