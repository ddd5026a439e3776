"""Writes rows and their cells: constant bounds as pairs that are tested directly, moving ones as computed operands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from policy_service.domain.values import FALSE, TRUE, UNKNOWN, UNLIMITED
from policy_service.engines.conditions import ends as ends_of
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.feel.expressions import (
    AnyOf,
    Anything,
    Comparison,
    Expression,
    Interval,
    IsUnknown,
    NameSource,
    NoneOf,
    Test,
)
from policy_service.language.feel.reading_names import names_in
from simulations.columnar import layout
from simulations.columnar.constants import worked_out
from simulations.columnar.writer import Writer
from simulations.columnar.writing_formulas import OPERATIONS, write, write_test

OUTCOME: Final = "outcome"
_LOWEST: Final = UNKNOWN + 1
_HIGHEST: Final = UNLIMITED


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """A cell that asks for something: its address, and the names that it and its column read, parameters aside."""

    address: int
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """What a row's number stands for: all that the words of a reason are made of.

    `outputs` are names with the numbers of their formulas; `reads` are the names behind its outcome, or behind the
    day of a level.
    """

    rule_set: str
    id: str
    block: int
    cells: tuple[WrittenCell, ...] = ()
    outputs: tuple[tuple[str, int], ...] = ()
    reasons: tuple[str, ...] = ()
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A row to be written."""

    id: str
    cells: Sequence[tuple[Column, Cell]] = ()
    outputs: Sequence[Output] = ()
    reasons: tuple[str, ...] = ()
    ranking: str = ""
    reads: frozenset[str] = frozenset()


@dataclass(slots=True)
class Written:
    """What is numbered as a policy is written: rows, conditions and formulas (by address), reasons."""

    writer: Writer
    reasons: Mapping[str, int]
    rows: list[WrittenRow] = field(default_factory=list)
    whens: list[int] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)


def facts_read(node: Expression | Test) -> frozenset[str]:
    """Return the names that a formula or a test reads, parameters aside."""
    return frozenset(name.name for name in names_in(node) if name.source is not NameSource.PARAMETER)


def write_when(written: Written, row: str, when: When | None, draft: RowDraft | None = None) -> int:
    """Write a condition, of a release, a trigger, a knock-out or a ladder, and return its number."""
    written.whens.append(write_block(written, [draft or RowDraft(row, when.cells if when else ())]))
    return len(written.whens) - 1


def write_formulas(written: Written, formulas: Sequence[tuple[str, Expression]]) -> tuple[int, int]:
    """Write formulas, each for the place of a name (none: empty), and return from where up to where they stand."""
    return _place_formulas(written, [_formula(written, name, expression) for name, expression in formulas])


def write_block(written: Written, drafts: Sequence[RowDraft]) -> int:
    """Write rows that are asked together, and return the address of their block; UnsupportedCondition E020."""
    writer = written.writer
    writer.free = len(writer.slots)
    columns: dict[Expression, int] = {}
    cells = [[_cell(writer, columns, column, cell) for column, cell in _closed(draft.cells)] for draft in drafts]
    code = writer.place_code()
    return _place_rows(written, drafts, cells, code)


def _place_rows(
    written: Written, drafts: Sequence[RowDraft], cells: Sequence[Sequence[list[int]]], code: tuple[int, int]
) -> int:
    writer = written.writer
    first_number = len(written.rows)
    records: list[int] = []
    placed = []
    for number, (draft, own_cells) in enumerate(zip(drafts, cells, strict=True)):
        outputs = write_formulas(written, [(output.name, output.expression) for output in draft.outputs])
        names = [output.name for output in draft.outputs]
        said = {name: outputs[0] + place * layout.FORMULA_SIZE for place, name in enumerate(names)}
        reasons = [written.reasons[code_of_reason] for code_of_reason in draft.reasons]
        from_reasons = writer.place(reasons)
        from_cells = writer.place([word for cell in own_cells for word in cell])
        placed.append((from_cells, {name: writer.words[place + layout.FORMULA_NUMBER] for name, place in said.items()}))
        records += [first_number + number, from_cells, from_cells + len(own_cells) * layout.CELL_SIZE, *outputs]
        records += [said.get(OUTCOME, 0), said.get(draft.ranking, 0), from_reasons, from_reasons + len(reasons)]
    rows = writer.place(records)
    block = writer.place([*code, rows, rows + len(records)])
    for draft, (from_cells, numbers) in zip(drafts, placed, strict=True):
        written_cells = tuple(
            WrittenCell(from_cells + place * layout.CELL_SIZE, facts_read(column.expression) | facts_read(cell.test))
            for place, (column, cell) in enumerate(_closed(draft.cells))
        )
        written.rows.append(
            WrittenRow(
                writer.rule_set, draft.id, block, written_cells, tuple(numbers.items()), draft.reasons, draft.reads
            )
        )
    return block


def _closed(cells: Sequence[tuple[Column, Cell]]) -> Sequence[tuple[Column, Cell]]:
    return [(column, cell) for column, cell in cells if not isinstance(cell.test, Anything)]


def _formula(written: Written, name: str, expression: Expression) -> list[int]:
    writer = written.writer
    writer.free = len(writer.slots)
    result = write(writer, expression)
    return [writer.slots[name] if name else -1, result, *writer.place_code()]


def _place_formulas(written: Written, records: Sequence[list[int]]) -> tuple[int, int]:
    writer = written.writer
    first = len(writer.words)
    for record in records:
        written.formulas.append(writer.place([*record, len(written.formulas)]))
    return first, len(writer.words)


def _cell(writer: Writer, columns: dict[Expression, int], column: Column, cell: Cell) -> list[int]:
    if column.expression not in columns:
        columns[column.expression] = write(writer, column.expression)
    operand, test = columns[column.expression], cell.test
    ranges = _constant_ranges(writer, test)
    if ranges is not None:
        return _cell_of_ranges(writer, operand, *ranges)
    if isinstance(test, Comparison):
        return [layout.COMPARES, operand, OPERATIONS[test.operator], write(writer, test.end), 0, 0, 0]
    return [layout.VERDICT, write_test(writer, operand, test), 0, 0, 0, 0, 0]


def _cell_of_ranges(writer: Writer, operand: int, of_unknown: int, ranges: Sequence[tuple[int, int]]) -> list[int]:
    # Nothing matches from the highest down to the lowest.
    (low, high), *others = ranges or [(_HIGHEST, _LOWEST)]
    more = [bound for pair in others for bound in pair]
    from_more = writer.place(more)
    return [layout.BOUNDS, operand, low, high, of_unknown, from_more, from_more + len(more)]


def _constant_ranges(writer: Writer, test: Test) -> tuple[int, list[tuple[int, int]]] | None:
    # What the cell says of the unknown, and from where to where it says yes; none if an end point is not constant.
    ends = _constant_ends(writer, test)
    if ends is None or UNKNOWN in ends.values():
        return None
    ranges: list[tuple[int, int]] = []
    for low, high in _pieces(sorted(set(ends.values()))):
        if _says(test, low, ends) == TRUE:
            if ranges and ranges[-1][1] == low - 1:
                low = ranges.pop()[0]  # noqa: PLW2901 - one range with the piece below it
            ranges.append((low, high))
    return _says(test, UNKNOWN, ends), ranges


def _constant_ends(writer: Writer, test: Test) -> Mapping[Expression, int] | None:
    found: dict[Expression, int] = {}
    instructions, free = len(writer.code), writer.free
    for end in ends_of(test):
        value = writer.value_of_constant(write(writer, end))
        if value is None:
            del writer.code[instructions:]
            writer.free = free
            return None
        found[end] = value
    return found


def _pieces(bounds: Sequence[int]) -> Iterator[tuple[int, int]]:
    low = _LOWEST
    for bound in bounds:
        if low < bound:
            yield low, bound - 1
        yield bound, bound
        low = bound + 1
    if low <= _HIGHEST:
        yield low, _HIGHEST


def _says(test: Test, value: int, ends: Mapping[Expression, int]) -> int:
    match test:
        case Anything():
            return TRUE
        case IsUnknown():
            return TRUE if value == UNKNOWN else FALSE
        case Comparison(operator, end):
            return worked_out(OPERATIONS[operator], value, ends[end], 0)
        case Interval(low, high):
            above = layout.GREATER_OR_EQUAL if test.includes_low else layout.GREATER
            below = layout.LESS_OR_EQUAL if test.includes_high else layout.LESS
            is_above, is_below = worked_out(above, value, ends[low], 0), worked_out(below, value, ends[high], 0)
            return worked_out(layout.BOTH, is_above, is_below, 0)
        case AnyOf(tests):
            found = FALSE
            for part in tests:
                found = worked_out(layout.EITHER, found, _says(part, value, ends), 0)
            return found
        case NoneOf(negated):
            return worked_out(layout.NOT, _says(negated, value, ends), 0, 0)
        case _:
            assert_never(test)
