"""Rule sets laid out as tables: what a manager reads, in the words and the order of the policy's own text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from flask_babel import gettext

from admin.values import OUTPUTS, output_said, set_to
from admin.wording import role_said, word_said
from policy_service.domain.amounts import from_scaled
from policy_service.domain.values import MILLION, scale
from policy_service.language.cells import Cell, Output, When
from policy_service.language.policy import Parameter, Policy
from policy_service.language.rule_sets import DecisionTable, FormulaSet, Ladder, Level, RuleSet, Scorecard, Trigger

#: The cells of a row, without its id.
Cells: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column: its wording, the name it has in the policy, and whether it is what a row says."""

    text: str
    name: str = ""
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row with its id and its note."""

    id: str
    cells: Cells
    note: str = ""


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A part of a rule set as a table."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rule set with what kind it is and how its rows count."""

    name: str
    title: str
    kind: str
    tables: tuple[RuleTable, ...]


def sheets_of(policy: Policy, language: str) -> tuple[Sheet, ...]:
    """Return every rule set of a policy as tables, titled in that language."""
    layout = _Layout(policy, language)
    return tuple(layout.sheet(rule_set) for rule_set in policy.rule_sets)


def dial(parameter: Parameter, policy: Policy) -> tuple[str, str, str, str]:
    """Return a parameter's value, least and largest value and step as texts; an empty one where there is none."""
    per_unit = scale(parameter.kind, policy.currency)
    numbers = (parameter.value, parameter.minimum, parameter.maximum, parameter.step)
    value, least, most, step = ("" if number is None else _plain(number, per_unit) for number in numbers)
    return value, least, most, step


class _Layout:
    def __init__(self, policy: Policy, language: str) -> None:
        self._policy = policy
        self._language = language

    def sheet(self, rule_set: RuleSet) -> Sheet:
        title = rule_set.title.in_language(self._language) or rule_set.name
        match rule_set:
            case DecisionTable():
                kind = gettext("decision table, %(hit)s", hit=word_said(rule_set.hit_policy.value))
                return Sheet(rule_set.name, title, kind, (self._table(rule_set),))
            case Scorecard():
                return Sheet(rule_set.name, title, gettext("scorecard"), tuple(self._scorecard(rule_set)))
            case FormulaSet():
                return Sheet(rule_set.name, title, gettext("formulas"), (self._formulas(rule_set),))
            case Ladder():
                kind = gettext("ladder, one step a day") if rule_set.mode == "step" else gettext("ladder, jumping")
                return Sheet(rule_set.name, title, kind, tuple(self._ladder(rule_set)))
            case _:
                assert_never(rule_set)

    def _table(self, table: DecisionTable) -> RuleTable:
        outputs = table.output_names
        rows = [
            RuleRow(row.id, (*map(_cell, row.cells), *_outputs(outputs, row.outputs), self._why(row.reasons)), row.note)
            for row in table.rows
        ]
        if table.otherwise:
            said = (*_outputs(outputs, table.otherwise.outputs), self._why(table.otherwise.reasons))
            rows.append(RuleRow("otherwise", ("",) * len(table.columns) + said))
        headings = (
            *(self._fact(column.text) for column in table.columns),
            *(Heading(output_said(name), name, is_output=True) for name in outputs),
            Heading(gettext("why"), is_output=True),
        )
        return RuleTable("", headings, tuple(rows))

    def _scorecard(self, card: Scorecard) -> Iterable[RuleTable]:
        rows = [
            RuleRow(
                attribute.id,
                (
                    self._fact(each.column.text).text,
                    _plain(each.weight, MILLION),
                    attribute.cell.text,
                    _plain(attribute.points, MILLION),
                ),
            )
            for each in card.characteristics
            for attribute in each.attributes
        ]
        headings = (gettext("characteristic"), gettext("weight"), gettext("value"), gettext("points"))
        yield RuleTable(gettext("Points"), _headings(headings), tuple(rows))
        if card.knock_outs:
            knock_outs = tuple(
                RuleRow(one.id, (self._when(one.when), self._word(one.grade), self._why(one.reasons)))
                for one in card.knock_outs
            )
            said = _headings((gettext("when"), gettext("grade"), gettext("why")))
            yield RuleTable(gettext("Whatever the score"), said, knock_outs)
        bands = tuple(RuleRow(band.id, (band.cell.text, self._word(band.grade))) for band in card.bands)
        yield RuleTable(gettext("Grades"), _headings((gettext("score"), gettext("grade"))), bands)

    def _formulas(self, formulas: FormulaSet) -> RuleTable:
        rows = tuple(RuleRow(value.name, (value.text,)) for value in formulas.values)
        return RuleTable("", (Heading(gettext("formula")),), rows)

    def _ladder(self, ladder: Ladder) -> Iterable[RuleTable]:
        common = (
            gettext("action"),
            gettext("channel"),
            gettext("owner"),
            gettext("days to do it"),
            gettext("effects"),
            gettext("until"),
            gettext("approved by"),
        )
        title = gettext("Levels, for customers with %(when)s", when=self._when(ladder.when)) if ladder.when else ""
        levels = tuple(RuleRow(level.id, (level.days_text, *self._step(level))) for level in ladder.levels)
        yield RuleTable(title, _headings((gettext("days past due"), *common)), levels)
        if ladder.triggers:
            triggers = tuple(RuleRow(one.id, (self._when(one.when), *self._step(one))) for one in ladder.triggers)
            yield RuleTable(gettext("Triggers"), _headings((gettext("when"), *common)), triggers)

    def _step(self, step: Level | Trigger) -> Cells:
        effects = gettext(", ").join(
            gettext(": ").join((output_said(effect.name), set_to(effect.text, effect.name))) for effect in step.effects
        )
        days = "" if step.deadline_days is None else str(step.deadline_days)
        until = self._when(step.release) if step.release else ""
        return (
            word_said(step.action),
            word_said(step.channel),
            role_said(step.owner),
            days,
            effects,
            until,
            role_said(step.approval),
        )

    def _when(self, when: When) -> str:
        return str(gettext("; ")).join(f"{self._fact(column.text).text} {cell.text}" for column, cell in when.cells)

    def _fact(self, text: str) -> Heading:
        fact = self._policy.facts.get(text)
        return Heading((fact.title.in_language(self._language) if fact else "") or str(OUTPUTS.get(text, text)), text)

    def _why(self, codes: Sequence[str]) -> str:
        reasons = self._policy.reasons
        said = (reasons[code].title.in_language(self._language) if code in reasons else code for code in codes)
        return str(gettext(", ")).join(said)

    def _word(self, code: int) -> str:
        return self._policy.vocabulary[code]


def _headings(texts: Iterable[str]) -> tuple[Heading, ...]:
    return tuple(Heading(text) for text in texts)


def _cell(cell: Cell) -> str:
    return "" if cell.is_open else cell.text


def _outputs(names: Sequence[str], outputs: Sequence[Output]) -> Iterable[str]:
    said = {output.name: set_to(output.text, output.name) for output in outputs}
    return (said.get(name, "") for name in names)


def _plain(value: int, per_unit: int) -> str:
    text = from_scaled(value, per_unit)
    return text.rstrip("0").rstrip(".") if "." in text else text
