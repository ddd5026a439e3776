"""Writes rule sets: tables, scorecards, formula sets and ladders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from policy_service.domain.values import MILLION, Kind
from policy_service.language.cells import Cell, Column, Output
from policy_service.language.feel.expressions import Constant, Multiply, Name, NameSource
from policy_service.language.rule_sets import (
    Aggregation,
    Characteristic,
    DecisionTable,
    FormulaSet,
    HitPolicy,
    Ladder,
    LadderMode,
    Level,
    Otherwise,
    Priority,
    Row,
    RuleSet,
    Scorecard,
    Trigger,
    WhenUnknown,
)
from simulations.columnar import layout
from simulations.columnar.hit_policy_numbers import AGGREGATIONS, HIT_POLICIES
from simulations.columnar.writing_rows import (
    OUTCOME,
    RowDraft,
    Written,
    facts_read,
    write_block,
    write_formulas,
    write_when,
)

_LISTING = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})


@dataclass(frozen=True, slots=True)
class Step:
    """A level or a trigger by numbers: its row, the formula of its day (-1: a trigger), conditions (-1: none).

    `effects` are places in the vector of values with the formula of what is put there.
    """

    row: int
    days: int
    when: int
    release: int
    effects: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class WrittenLadder:
    """A ladder by numbers; `when` is -1 where it stands for all customers."""

    name: str
    mode: LadderMode
    when: int
    levels: tuple[Step, ...]
    triggers: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class WrittenCharacteristic:
    """A characteristic: its column as text, the names that it reads, the address of its value, the rows' numbers."""

    text: str
    reads: frozenset[str]
    value: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WrittenRuleSet:
    """A rule set: its address, the names it may set, and what only some kinds have.

    `lists`: its outputs are lists of what its hits say. `knock_outs` are rows, `releases` conditions by the number of
    their table row.
    """

    name: str
    address: int
    output_names: tuple[str, ...]
    characteristics: tuple[WrittenCharacteristic, ...] = ()
    knock_outs: frozenset[int] = frozenset()
    lists: bool = False
    releases: Mapping[int, int] | None = None
    ladder: WrittenLadder | None = None


def write_rule_set(written: Written, rule_set: RuleSet, codes: Mapping[str, int]) -> WrittenRuleSet:
    """Write a rule set; `codes` are those of the policy's vocabulary. UnsupportedCondition E020."""
    written.writer.rule_set = rule_set.name
    match rule_set:
        case DecisionTable():
            return _write_table(written, rule_set)
        case Scorecard():
            return _write_scorecard(written, rule_set)
        case FormulaSet():
            formulas = write_formulas(written, [(value.name, value.expression) for value in rule_set.values])
            address = _place(written, layout.FORMULA_SET, rule_set, (0, 0), formulas)
            return WrittenRuleSet(rule_set.name, address, rule_set.output_names)
        case Ladder():
            return _write_ladder(written, rule_set, codes)
        case _:
            assert_never(rule_set)


def _write_table(written: Written, table: DecisionTable) -> WrittenRuleSet:
    first_row = len(written.rows)
    ranking = table.priority.output if table.priority else ""
    drafts = [_draft(row.id, tuple(zip(table.columns, row.cells, strict=True)), row, ranking) for row in table.rows]
    block = write_block(written, drafts)
    otherwise = 0
    if table.otherwise:
        said = write_block(written, [_draft("otherwise", (), table.otherwise, ranking)])
        otherwise = written.writer.words[said + layout.BLOCK_ROWS]
    releases = {
        first_row + place: write_when(written, row.id, row.release)
        for place, row in enumerate(table.rows)
        if row.release is not None
    }
    for_an_outcome = OUTCOME in table.output_names
    aggregates = table.hit_policy in _LISTING and not for_an_outcome
    lists = aggregates and not (table.hit_policy is HitPolicy.COLLECT and table.aggregation is not Aggregation.LIST)
    ranks_by, values = _ranking(table.priority)
    from_values = written.writer.place(values)
    own = (
        block,
        otherwise,
        HIT_POLICIES.index(table.hit_policy),
        AGGREGATIONS.index(table.aggregation),
        int(for_an_outcome),
        ranks_by,
        from_values,
        from_values + len(values),
        int(table.hit_policy is HitPolicy.FIRST and _ranks_at_once(written, block)),
        int(aggregates),
    )
    whens = _place_whens(written, releases.values())
    address = _place(written, layout.DECISION_TABLE, table, whens, own, table.when_unknown)
    return WrittenRuleSet(table.name, address, table.output_names, lists=lists, releases=releases)


def _draft(row_id: str, cells: tuple[tuple[Column, Cell], ...], row: Row | Otherwise, ranking: str) -> RowDraft:
    reads = frozenset[str]().union(*(facts_read(output.expression) for output in row.outputs if output.name == OUTCOME))
    return RowDraft(row_id, cells, row.outputs, row.reasons, ranking, reads)


def _ranking(priority: Priority | None) -> tuple[int, tuple[int, ...]]:
    if priority is None:
        return layout.BY_SEVERITY, ()
    if priority.values:
        return layout.BY_LIST, priority.values
    return (layout.DOWNWARDS if priority.descending else layout.UPWARDS), ()


def _ranks_at_once(written: Written, block: int) -> bool:
    # Whether no row can fault by what ranks it, so that rows behind the first hit need not be asked.
    words = written.writer.words
    rows = range(words[block + layout.BLOCK_ROWS], words[block + layout.BLOCK_ROWS_END], layout.ROW_SIZE)
    formulas = [words[row + place] for row in rows for place in (layout.ROW_OUTCOME, layout.ROW_RANKING)]
    return all(words[formula + layout.FORMULA_RESULT] < 0 for formula in formulas if formula)


def _write_scorecard(written: Written, scorecard: Scorecard) -> WrittenRuleSet:
    records: list[int] = []
    characteristics = []
    for each in scorecard.characteristics:
        record, described = _write_characteristic(written, each)
        records += record
        characteristics.append(described)
    from_records = written.writer.place(records)
    first_row = len(written.rows)
    knock_outs = [
        write_when(written, "", None, RowDraft(each.id, each.when.cells, [_grade(each.grade)], each.reasons))
        for each in scorecard.knock_outs
    ]
    knocking = frozenset(range(first_row, len(written.rows)))
    score = Column("score", Name("score", NameSource.OUTPUT, Kind.NUMBER))
    bands = write_block(
        written,
        [RowDraft(band.id, [(score, band.cell)], [_grade(band.grade)], band.reasons) for band in scorecard.bands],
    )
    own = (from_records, from_records + len(records), *_place_whens(written, knock_outs), bands)
    address = _place(written, layout.SCORECARD, scorecard, (0, 0), own, scorecard.when_unknown)
    return WrittenRuleSet(scorecard.name, address, scorecard.output_names, tuple(characteristics), knocking)


def _grade(code: int) -> Output:
    return Output("grade", Kind.CATEGORY, "", Constant(code, Kind.CATEGORY))


def _write_characteristic(written: Written, each: Characteristic) -> tuple[list[int], WrittenCharacteristic]:
    first_row = len(written.rows)
    block = write_block(
        written,
        [
            RowDraft(attribute.id, [(each.column, attribute.cell)], [_points(each.weight, attribute.points)])
            for attribute in each.attributes
        ],
    )
    unknown = 0
    if each.unknown is not None:
        draft = RowDraft(f"{each.column.text}.unknown", (), [_points(each.weight, each.unknown)])
        unknown = written.writer.words[write_block(written, [draft]) + layout.BLOCK_ROWS]
    value, _ = write_formulas(written, [("", each.column.expression)])
    rows = tuple(range(first_row, len(written.rows)))
    return [block, value, unknown], WrittenCharacteristic(
        each.column.text, facts_read(each.column.expression), value, rows
    )


def _points(weight: int, points: int) -> Output:
    earned = Multiply(Constant(weight, Kind.NUMBER), Constant(points, Kind.NUMBER), MILLION, Kind.NUMBER)
    return Output("score", Kind.NUMBER, "", earned)


def _write_ladder(written: Written, ladder: Ladder, codes: Mapping[str, int]) -> WrittenRuleSet:
    when = -1 if ladder.when is None else write_when(written, "", ladder.when)
    levels = [_write_level(written, level, codes) for level in ladder.levels]
    triggers = [_write_trigger(written, trigger) for trigger in ladder.triggers]
    releases = [step.release for step in (*levels, *triggers) if step.release >= 0]
    records = [word for step in levels for word in (_row_address(written, step.row), written.formulas[step.days])]
    from_records = written.writer.place(records)
    own = (
        written.whens[when] if when >= 0 else 0,
        from_records,
        from_records + len(records),
        *_place_whens(written, [step.when for step in triggers]),
    )
    whens = _place_whens(written, releases)
    address = _place(written, layout.LADDER, ladder, whens, own, ladder.when_unknown)
    described = WrittenLadder(ladder.name, ladder.mode, when, tuple(levels), tuple(triggers))
    return WrittenRuleSet(ladder.name, address, ladder.output_names, ladder=described)


def _row_address(written: Written, row: int) -> int:
    # A level stands alone in its block.
    return written.writer.words[written.rows[row].block + layout.BLOCK_ROWS]


def _write_level(written: Written, level: Level, codes: Mapping[str, int]) -> Step:
    row = len(written.rows)
    reads = facts_read(level.days_past_due)
    write_block(written, [RowDraft(level.id, (), _level_outputs(level, codes), level.reasons, reads=reads)])
    write_formulas(written, [("", level.days_past_due)])
    days = len(written.formulas) - 1
    release = -1 if level.release is None else write_when(written, level.id, level.release)
    return Step(row, days, -1, release, _write_effects(written, level))


def _write_trigger(written: Written, trigger: Trigger) -> Step:
    row = len(written.rows)
    draft = RowDraft(trigger.id, trigger.when.cells, (), trigger.reasons)
    when = write_when(written, trigger.id, None, draft)
    release = -1 if trigger.release is None else write_when(written, trigger.id, trigger.release)
    return Step(row, -1, when, release, _write_effects(written, trigger))


def _write_effects(written: Written, step: Level | Trigger) -> tuple[tuple[int, int], ...]:
    first = len(written.formulas)
    write_formulas(written, [(effect.name, effect.expression) for effect in step.effects])
    return tuple((written.writer.slots[effect.name], first + place) for place, effect in enumerate(step.effects))


def _level_outputs(level: Level, codes: Mapping[str, int]) -> list[Output]:
    texts = {"level": level.id, "action": level.action, "channel": level.channel, "owner": level.owner}
    outputs = [
        Output(name, Kind.CATEGORY, "", Constant(codes[text], Kind.CATEGORY)) for name, text in texts.items() if text
    ]
    if level.deadline_days is not None:
        outputs.append(Output("deadline_days", Kind.DAYS, "", Constant(level.deadline_days, Kind.DAYS)))
    return outputs


def _place_whens(written: Written, numbers: Iterable[int]) -> tuple[int, int]:
    addresses = [written.whens[number] for number in numbers]
    first = written.writer.place(addresses)
    return first, first + len(addresses)


def _place(
    written: Written,
    kind: int,
    rule_set: RuleSet,
    releases: tuple[int, int],
    own: tuple[int, ...],
    when_unknown: WhenUnknown = WhenUnknown.REFER,
) -> int:
    slots = [written.writer.slots[name] for name in rule_set.output_names]
    first = written.writer.place(slots)
    skips = int(when_unknown is WhenUnknown.SKIP)
    record = [kind, first, first + len(slots), *releases, skips, *own]
    return written.writer.place(record + [0] * (layout.RULE_SET_SIZE - len(record)))
