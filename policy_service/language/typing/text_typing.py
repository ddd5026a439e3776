"""Types the texts of one rule set: columns, cells, outputs. Each problem is kept and reading goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import Kind
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.feel.category_texts import with_quoted_ratings
from policy_service.language.feel.checker import type_expression, type_test
from policy_service.language.feel.expressions import Constant, Expression, Name, Test
from policy_service.language.feel.misread_cells import refuse_misread
from policy_service.language.feel.parser import parse_expression, parse_test
from policy_service.language.feel.scope import Scope
from policy_service.language.feel.syntax import expression_text, quoted, test_text
from policy_service.language.feel.syntax_trees import Conditional, NameUse, NullLiteral, TextLiteral
from policy_service.language.files.drafts import ThenDraft, WhenDraft, Written
from policy_service.language.files.reading_texts import words_of_expression, words_of_test
from policy_service.language.typing.vocabulary import Vocabulary
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.yaml_reader import remedy_for_unknown

#: A cell of a row that does not test the column.
OPEN_TEXT = "-"


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """Texts of one rule set that have been typed, by text and kind."""

    expressions: dict[tuple[str, Kind | None], Expression] = field(default_factory=dict)
    tests: dict[tuple[str, Kind], Test] = field(default_factory=dict)


@dataclass(slots=True)
class TextTyping:
    """What the texts of one rule set are typed with.

    `names` is what the scope looks names up in: a formula's values join it one by one. `kinds` are those of
    the outputs it may set. `listed` names outputs of earlier rule sets that are lists,
    with the rule set; `broken` names whose own definition could not be read: what mentions them is not
    complained about again. Where not `is_complete`, rule sets are missing, and so may be any name.
    `done` is kept for the next pass: what needed no code of the `vocabulary`.
    """

    scope: Scope
    names: dict[str, Name]
    problems: Problems
    kinds: Mapping[str, Kind]
    listed: Mapping[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    is_complete: bool = True
    done: TypedTexts = field(default_factory=TypedTexts)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _with_codes: TypedTexts = field(default_factory=TypedTexts)

    def expression(self, text: str, place: Place, kind: Kind | None = None) -> Expression | None:
        """Return the typed formula; None after keeping the problem."""
        key = (text, kind)
        known = self.done.expressions.get(key) or self._with_codes.expressions.get(key)
        if known is None:
            asked = self.vocabulary.asked
            try:
                self._refuse_lists(words_of_expression(text), place)
                known = type_expression(text, self.scope, place, kind)
            except PolicyTextError as error:
                self._keep(error, words_of_expression(text))
                return None
            self._kept_with(asked).expressions[key] = known
        return known

    def _kept_with(self, asked: int) -> TypedTexts:
        return self.done if self.vocabulary.asked == asked else self._with_codes

    def column(self, written: Written, row: str = "") -> Column | None:
        """Return the column of that text in its normal form."""
        if written.is_missing:
            return None
        expression = self.expression(written.text, replace(written.place, row=row))
        return None if expression is None else Column(normal_expression(written.text), expression)

    def cell(self, column: Column, written: Written, row: str) -> Cell | None:
        """Return the cell of a row under `column`."""
        return self.cell_of_kind(column.expression.kind, written, row, column.text)

    def cell_of_kind(self, kind: Kind, written: Written, row: str, name: str) -> Cell | None:
        """Return a cell that tests values of `kind`; `name` is the cell's in messages."""
        if written.is_missing:
            return None
        place = replace(written.place, row=row, cell=name)
        text = with_quoted_ratings(written.text) if kind is Kind.CATEGORY else written.text
        key = (text, kind)
        test = self.done.tests.get(key) or self._with_codes.tests.get(key)
        if test is None:
            asked = self.vocabulary.asked
            try:
                self._refuse_lists(words_of_test(text), place)
                refuse_misread(text, kind, place)
                test = type_test(text, kind, self.scope, place)
            except PolicyTextError as error:
                self._keep(error, words_of_test(text))
                return None
            self._kept_with(asked).tests[key] = test
        return Cell(normal_test(text), test, place)

    def pairs(self, when: WhenDraft, row: str) -> tuple[tuple[Column, Cell], ...]:
        """Return the columns with their cells, sorted by column; those that match anything are left out."""
        found: dict[str, tuple[Column, Cell]] = {}
        for written_column, written_cell in when:
            column = self.column(written_column, row)
            cell = self.cell(column, written_cell, row) if column else None
            if column is None or cell is None:
                continue
            if column.text in found:
                message = f"the column {column.text} stands twice in row {row}."
                self.problems.report("L418", message, written_column.place, "Write both tests in one cell.")
            found[column.text] = (column, cell)
        return tuple(found[text] for text in sorted(found) if not found[text][1].is_open)

    def when(self, when: WhenDraft | None, row: str) -> When | None:
        """Return the condition, None if there is none."""
        return None if when is None else When(self.pairs(when, row))

    def outputs(self, then: ThenDraft, row: str) -> tuple[Output, ...]:
        """Return what a row sets, in the order in which outputs are known."""
        found = [self.output(name, value, row) for name, value in then]
        order = list(self.kinds)
        return tuple(sorted((output for output in found if output), key=lambda output: order.index(output.name)))

    def output(self, name: Written, value: Written, row: str) -> Output | None:
        """Return one output; its name must be standard or declared, its value of that kind."""
        if name.text not in self.kinds:
            message = f"{name.text} is no output."
            near = remedy_for_unknown(name.text, tuple(self.kinds))
            remedy = f"{near} An output of your own is declared under outputs."
            self.problems.report("L419", message, replace(name.place, row=row), remedy)
            return None
        place = replace(value.place, row=row, cell=name.text)
        kind = self.kinds[name.text]
        if name.text == "outcome" and value.text not in frozenset(Outcome):
            remedy = remedy_for_unknown(value.text, [outcome.value for outcome in Outcome])
            self.problems.report("L420", f"the outcome is {value.text}.", place, remedy)
            return None
        return self.value(name.text, value.text, kind, place)

    def value(self, name: str, written: str, kind: Kind | None, place: Place) -> Output | None:
        """Return the output `name` with the value `written`, whose kind is inferred where none is given."""
        if kind is Kind.CATEGORY:
            text = quoted(written) if name == "outcome" else category_text(written)
        else:
            text = "null" if written == "none" else written
        expression = self.expression(text, place, kind)
        if expression is None:
            return None
        normal = normal_expression(text)
        if expression.kind is Kind.CATEGORY and isinstance(expression, Constant):
            normal = self._bare(normal, name)
        return Output(name, expression.kind, normal, expression)

    def _bare(self, normal: str, name: str) -> str:
        literal = parse_expression(normal, NOWHERE)
        bare = literal.text if isinstance(literal, TextLiteral) else normal
        means_itself = category_text(bare) == quoted(bare) or _is_free_word(bare, self.names)
        return bare if means_itself or name == "outcome" else normal

    def _refuse_lists(self, words: frozenset[str], place: Place) -> None:
        for name in sorted(words & self.listed.keys()):
            message = f"{name} is a list: {self.listed[name]} collects it from every row that matches."
            remedy = "Aggregate it there: aggregation: sum, min, max or count."
            raise PolicyTextError("L506", message, place=place, remedy=remedy)

    def _keep(self, error: PolicyTextError, words: frozenset[str]) -> None:
        is_known = self.is_complete or words <= self.names.keys()
        if is_known and not words & self.broken:
            self.problems.add(error)


def category_text(text: str) -> str:
    """Return the formula of a category output: a bare text stands for itself, `if` is worked out."""
    try:
        syntax = parse_expression(text, NOWHERE)
    except PolicyTextError:
        return quoted(text)
    return text if isinstance(syntax, NameUse | TextLiteral | NullLiteral | Conditional) else quoted(text)


def _is_free_word(text: str, names: Mapping[str, Name]) -> bool:
    return category_text(text) == text and text not in names and isinstance(parse_expression(text, NOWHERE), NameUse)


@lru_cache(maxsize=20_000)
def normal_expression(text: str) -> str:
    """Return the normal text of a formula that can be read."""
    return expression_text(parse_expression(text, NOWHERE))


@lru_cache(maxsize=20_000)
def normal_test(text: str) -> str:
    """Return the normal text of a cell that can be read."""
    return test_text(parse_test(text, NOWHERE))
