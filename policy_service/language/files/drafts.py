"""Rule sets as written: their shape is checked, their texts are not yet typed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.language.rule_sets import Aggregation, HitPolicy, LadderMode, WhenUnknown


@dataclass(frozen=True, slots=True)
class Written:
    """A text and where it stands.

    `is_missing`: it could not be read, which has been complained about; nothing more is said of it.
    """

    text: str
    place: Place = field(default=NOWHERE, compare=False)
    is_missing: bool = False


#: Column texts with their cells.
WhenDraft: TypeAlias = tuple[tuple[Written, Written], ...]
#: Output names with their values.
ThenDraft: TypeAlias = tuple[tuple[Written, Written], ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of a rule set that names can stand in, by how it is read."""

    expressions: tuple[Written, ...] = ()
    tests: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A row or an otherwise (without `when`) of a table."""

    id: str
    when: WhenDraft
    then: ThenDraft
    reasons: tuple[Written, ...]
    release: WhenDraft | None
    note: str
    place: Place


@dataclass(frozen=True, slots=True)
class PriorityDraft:
    """The output that ranks, and its values in order, or a direction."""

    output: Written
    values: tuple[Written, ...]
    descending: bool


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A decision table; `declared` are its own outputs."""

    name: str
    title: Title
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    priority: PriorityDraft | None
    when_unknown: WhenUnknown
    declared: tuple[tuple[Written, Kind], ...]
    rows: tuple[RowDraft, ...]
    otherwise: RowDraft | None
    claims: tuple[Written, ...]
    place: Place

    @property
    def all_rows(self) -> tuple[RowDraft, ...]:
        """The rows, and the otherwise as the last."""
        return (*self.rows, self.otherwise) if self.otherwise else self.rows

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the outputs it sets."""
        return tuple(dict.fromkeys(name.text for row in self.all_rows for name, _ in row.then))

    @property
    def texts(self) -> Texts:
        """The texts that may read names."""
        whens = [pair for row in self.all_rows for pair in (*row.when, *(row.release or ()))]
        values = tuple(value for row in self.all_rows for _, value in row.then)
        return Texts((*(column for column, _ in whens), *values), tuple(cell for _, cell in whens))


@dataclass(frozen=True, slots=True)
class AttributeDraft:
    """A bin and its points (millionths)."""

    id: str
    cell: Written
    points: int
    place: Place


@dataclass(frozen=True, slots=True)
class CharacteristicDraft:
    """What is scored, with weight and points in millionths."""

    column: Written
    weight: int
    attributes: tuple[AttributeDraft, ...]
    unknown: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class KnockOutDraft:
    """A condition that sets the grade."""

    id: str
    when: WhenDraft
    grade: Written
    reasons: tuple[Written, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class BandDraft:
    """Scores that make a grade."""

    id: str
    grade: Written
    cell: Written
    reasons: tuple[Written, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ScorecardDraft:
    """A scorecard."""

    name: str
    title: Title
    characteristics: tuple[CharacteristicDraft, ...]
    knock_outs: tuple[KnockOutDraft, ...]
    bands: tuple[BandDraft, ...]
    when_unknown: WhenUnknown
    claims: tuple[Written, ...]
    place: Place

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the outputs it sets."""
        return ("score", "grade")

    @property
    def texts(self) -> Texts:
        """The texts that may read names."""
        whens = [pair for knock_out in self.knock_outs for pair in knock_out.when]
        bins = [attribute.cell for each in self.characteristics for attribute in each.attributes]
        return Texts(
            (*(each.column for each in self.characteristics), *(column for column, _ in whens)),
            (*bins, *(cell for _, cell in whens), *(band.cell for band in self.bands)),
        )


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A named formula; `kind` if it is declared."""

    name: Written
    text: Written
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class FormulaDraft:
    """Named formulas."""

    name: str
    title: Title
    values: tuple[ValueDraft, ...]
    claims: tuple[Written, ...]
    place: Place

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the outputs it sets."""
        return tuple(value.name.text for value in self.values)

    @property
    def texts(self) -> Texts:
        """The texts that may read names."""
        return Texts(tuple(value.text for value in self.values))


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A level (with `days_past_due`) or a trigger (with `when`) of a ladder."""

    id: str
    days_past_due: Written | None
    when: WhenDraft
    action: str
    channel: str
    owner: str
    deadline_days: int | None
    effects: ThenDraft
    release: WhenDraft | None
    approval: str
    reasons: tuple[Written, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class LadderDraft:
    """A ladder."""

    name: str
    title: Title
    mode: LadderMode | None
    when: WhenDraft | None
    levels: tuple[StepDraft, ...]
    triggers: tuple[StepDraft, ...]
    place: Place

    @property
    def steps(self) -> Iterator[StepDraft]:
        """Levels, then triggers."""
        yield from self.levels
        yield from self.triggers

    @property
    def sets(self) -> tuple[str, ...]:
        """Nothing that another rule set of the same decision reads."""
        return ()

    @property
    def texts(self) -> Texts:
        """The texts that may read names."""
        whens = [*(self.when or ())]
        expressions: list[Written] = []
        for step in self.steps:
            whens += [*step.when, *(step.release or ())]
            expressions += [value for _, value in step.effects]
            expressions += [step.days_past_due] if step.days_past_due else []
        return Texts((*expressions, *(column for column, _ in whens)), tuple(cell for _, cell in whens))


RuleSetDraft: TypeAlias = TableDraft | ScorecardDraft | FormulaDraft | LadderDraft
