"""Typed scorecards, formulas and ladders from drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from policy_service.domain.values import Kind
from policy_service.language.cells import Output, When
from policy_service.language.feel.expressions import Name, NameSource
from policy_service.language.files.drafts import (
    CharacteristicDraft,
    FormulaDraft,
    LadderDraft,
    ScorecardDraft,
    StepDraft,
    ValueDraft,
    Written,
)
from policy_service.language.files.reading_texts import words_of_expression
from policy_service.language.rule_sets import (
    Attribute,
    Band,
    Characteristic,
    FormulaSet,
    KnockOut,
    Ladder,
    LadderMode,
    Level,
    MonotonicityClaim,
    Scorecard,
    Trigger,
)
from policy_service.language.typing.text_typing import TextTyping, normal_expression


def typed_scorecard(draft: ScorecardDraft, typing: TextTyping, claims: tuple[MonotonicityClaim, ...]) -> Scorecard:
    """Return the typed scorecard; what has problems is left out after these are kept."""
    characteristics = [_characteristic(each, typing) for each in draft.characteristics]
    bands = []
    for band in draft.bands:
        if cell := typing.cell_of_kind(Kind.NUMBER, band.cell, band.id, "score"):
            reasons = tuple(reason.text for reason in band.reasons)
            grade, place = typing.scope.code_of(band.grade.text), replace(band.place, row=band.id)
            bands.append(Band(band.id, grade, cell, reasons, place))
    return Scorecard(
        name=draft.name,
        characteristics=tuple(each for each in characteristics if each),
        knock_outs=tuple(
            KnockOut(
                id=each.id,
                when=When(typing.pairs(each.when, each.id)),
                grade=typing.scope.code_of(each.grade.text),
                reasons=tuple(reason.text for reason in each.reasons),
                place=replace(each.place, row=each.id),
            )
            for each in draft.knock_outs
        ),
        bands=tuple(bands),
        when_unknown=draft.when_unknown,
        claims=claims,
        title=draft.title,
        place=draft.place,
    )


def _characteristic(draft: CharacteristicDraft, typing: TextTyping) -> Characteristic | None:
    column = typing.column(draft.column)
    if column is None:
        return None
    attributes = []
    for number, each in enumerate(draft.attributes, 1):
        if cell := typing.cell(column, each.cell, each.id):
            # The default id speaks of the column as written; the normal text of it is what prints.
            own_id = f"{column.text}.{number}" if each.id == f"{draft.column.text}.{number}" else each.id
            attributes.append(Attribute(own_id, cell, each.points, replace(each.place, row=own_id)))
    return Characteristic(column, draft.weight, tuple(attributes), draft.unknown, draft.place)


def typed_formula(draft: FormulaDraft, typing: TextTyping, standard: Mapping[str, Kind]) -> FormulaSet:
    """Return the typed formulas, each after those that it reads; `standard` are the kinds of standard outputs.

    `typing.names` gains its values, `typing.broken` those that could not be read.
    """
    values: list[Output] = []
    for value in _in_order_of_reading(draft, typing):
        name = value.name.text
        kind = standard.get(name, value.kind)
        if name == "outcome":
            typing.problems.report("L420", "a formula sets no outcome.", value.name.place, "Set it in a table's rows.")
        if value.kind not in (None, kind):
            message = f"{name} is a standard output of type {kind}, not {value.kind}."
            typing.problems.report("L422", message, value.name.place, "Delete type, or rename the value.")
        place = replace(value.text.place, row=name)
        output = None if value.text.is_missing else typing.value(name, value.text.text, kind, place)
        if output is None:
            typing.broken |= {name}
            continue
        values.append(output)
        typing.names[name] = Name(name, NameSource.OUTPUT, output.kind)
    return FormulaSet(draft.name, tuple(values), title=draft.title, place=draft.place)


def _in_order_of_reading(draft: FormulaDraft, typing: TextTyping) -> Sequence[ValueDraft]:
    by_name = {value.name.text: value for value in sorted(draft.values, key=lambda value: value.name.text)}
    reads = {name: _values_read(value, by_name, typing) for name, value in by_name.items()}
    try:
        order = tuple(TopologicalSorter(reads).static_order())
    except CycleError as error:
        cycle = " -> ".join(reversed(error.args[1]))
        place = by_name[error.args[1][0]].name.place
        message = f"the values read each other: {cycle}."
        typing.problems.report("L502", message, place, "Let one of them read facts only.")
        return ()
    return [by_name[name] for name in order]


def _values_read(value: ValueDraft, by_name: Mapping[str, ValueDraft], typing: TextTyping) -> Sequence[str]:
    own = value.name.text
    is_set_before = own in typing.names and typing.names[own].source is NameSource.OUTPUT
    words = words_of_expression(value.text.text) & by_name.keys()
    return sorted(words - {own} if is_set_before else words)


def typed_ladder(draft: LadderDraft, typing: TextTyping, default_mode: LadderMode) -> Ladder:
    """Return the typed ladder; what has problems is left out after these are kept."""
    levels = [_level(step, step.days_past_due, typing) for step in draft.levels if step.days_past_due]
    return Ladder(
        name=draft.name,
        mode=draft.mode or default_mode,
        levels=tuple(level for level in levels if level),
        triggers=tuple(_trigger(step, typing) for step in draft.triggers),
        when=typing.when(draft.when, "") if draft.when else None,
        title=draft.title,
        place=draft.place,
    )


def _level(step: StepDraft, days: Written, typing: TextTyping) -> Level | None:
    _give_codes(step, typing)
    effects, release = typing.outputs(step.effects, step.id), typing.when(step.release, step.id)
    place = replace(days.place, row=step.id, cell="days_past_due")
    expression = None if days.is_missing else typing.expression(days.text, place, Kind.DAYS)
    if expression is None:
        return None
    return Level(
        id=step.id,
        days_past_due=expression,
        days_text=normal_expression(days.text),
        action=step.action,
        channel=step.channel,
        owner=step.owner,
        deadline_days=step.deadline_days,
        effects=effects,
        release=release,
        approval=step.approval,
        reasons=tuple(reason.text for reason in step.reasons),
        place=replace(step.place, row=step.id),
    )


def _trigger(step: StepDraft, typing: TextTyping) -> Trigger:
    _give_codes(step, typing)
    return Trigger(
        id=step.id,
        when=When(typing.pairs(step.when, step.id)),
        action=step.action,
        channel=step.channel,
        owner=step.owner,
        deadline_days=step.deadline_days,
        effects=typing.outputs(step.effects, step.id),
        release=typing.when(step.release, step.id),
        approval=step.approval,
        reasons=tuple(reason.text for reason in step.reasons),
        place=replace(step.place, row=step.id),
    )


def _give_codes(step: StepDraft, typing: TextTyping) -> None:
    for text in (step.id, step.action, step.channel, step.owner, step.approval):
        if text:
            typing.scope.code_of(text)
