"""Rule sets as immutable, typed trees: tables, scorecards, formulas and ladders, down to their cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import Kind
from policy_service.language.cells import Cell, Column, Output, When
from policy_service.language.definitions.dictionary import Title
from policy_service.language.feel.expressions import Expression


class WhenUnknown(StrEnum):
    """What a rule set does about a row that failed only on unknown cells and would have come first."""

    REFER = "refer"
    SKIP = "skip"


class HitPolicy(StrEnum):
    """As in DMN: how many rows may match and which of them count."""

    UNIQUE = "unique"
    ANY = "any"
    PRIORITY = "priority"
    FIRST = "first"
    RULE_ORDER = "rule_order"
    OUTPUT_ORDER = "output_order"
    COLLECT = "collect"


class Aggregation(StrEnum):
    """What `collect` makes of the values of all hits."""

    LIST = "list"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


class Direction(StrEnum):
    """Which way an output goes as a fact rises."""

    NEVER_RISES = "never_rises"
    NEVER_FALLS = "never_falls"


@dataclass(frozen=True, slots=True)
class MonotonicityClaim:
    """Declared in the policy: `output` never rises (falls) with `fact`, other facts held fixed."""

    output: str
    direction: Direction
    fact: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: cells aligned with the table's columns, outputs, reason codes.

    `release` says when a `stop_credit` that the row sets ends.
    """

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Output, ...]
    reasons: tuple[str, ...] = ()
    release: When | None = None
    note: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    def output(self, name: str) -> Output | None:
        """Return the output of that name, if the row sets it."""
        return next((output for output in self.outputs if output.name == name), None)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a rule set says when no row matches; its hit row is called `otherwise`."""

    outputs: tuple[Output, ...]
    reasons: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Priority:
    """Which output ranks the rows, and its values (representation) from the first to the last rank.

    For ordered kinds `values` is empty and `descending` says whether the largest comes first.
    """

    output: str
    values: tuple[int, ...] = ()
    descending: bool = True


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rows tried together under a hit policy."""

    name: str
    hit_policy: HitPolicy
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    otherwise: Otherwise | None = None
    aggregation: Aggregation = Aggregation.LIST
    priority: Priority | None = None
    when_unknown: WhenUnknown = WhenUnknown.REFER
    claims: tuple[MonotonicityClaim, ...] = ()
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Every output that a row or the otherwise sets, in the order of first mention."""
        found: dict[str, None] = {}
        for row in self.rows:
            found.update(dict.fromkeys(output.name for output in row.outputs))
        if self.otherwise:
            found.update(dict.fromkeys(output.name for output in self.otherwise.outputs))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A bin of a characteristic and the points it earns (a number, in millionths)."""

    id: str
    cell: Cell
    points: int
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What is scored: `weight` (millionths) times the points of the one attribute that matches.

    `unknown` are the points (millionths) when the value is unknown; none: a missing fact.
    """

    column: Column
    weight: int
    attributes: tuple[Attribute, ...]
    unknown: int | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class KnockOut:
    """A condition that sets the grade whatever the score."""

    id: str
    when: When
    grade: int
    reasons: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Band:
    """The scores (a cell over a number) that make a grade; hit row `band.<grade>`."""

    id: str
    grade: int
    cell: Cell
    reasons: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points per characteristic, summed to `score`, cut into bands that make `grade`."""

    name: str
    characteristics: tuple[Characteristic, ...]
    knock_outs: tuple[KnockOut, ...]
    bands: tuple[Band, ...]
    when_unknown: WhenUnknown = WhenUnknown.REFER
    claims: tuple[MonotonicityClaim, ...] = ()
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def output_names(self) -> tuple[str, ...]:
        """A scorecard sets the score and the grade."""
        return ("score", "grade")


@dataclass(frozen=True, slots=True)
class FormulaSet:
    """Named values, each a formula over facts, parameters, earlier outputs and the values above it."""

    name: str
    values: tuple[Output, ...]
    claims: tuple[MonotonicityClaim, ...] = ()
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of its values."""
        return tuple(value.name for value in self.values)


class LadderMode(StrEnum):
    """When several levels are due on one day: the highest at once, or one a day from the lowest."""

    STEP = "step"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Level:
    """A step of the ladder: fires for an invoice `days_past_due` days after its due date (negative: before)."""

    id: str
    days_past_due: Expression
    days_text: str
    action: str
    channel: str = ""
    owner: str = ""
    deadline_days: int | None = None
    effects: tuple[Output, ...] = ()
    release: When | None = None
    approval: str = ""
    reasons: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Trigger:
    """An action on a condition over facts, not on the age of an invoice."""

    id: str
    when: When
    action: str
    channel: str = ""
    owner: str = ""
    deadline_days: int | None = None
    effects: tuple[Output, ...] = ()
    release: When | None = None
    approval: str = ""
    reasons: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels by days past due and triggers; `when` (none: all customers) says for whom it stands."""

    name: str
    mode: LadderMode
    levels: tuple[Level, ...]
    triggers: tuple[Trigger, ...]
    when: When | None = None
    when_unknown: WhenUnknown = WhenUnknown.REFER
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def output_names(self) -> tuple[str, ...]:
        """What a ladder says of the highest level that an invoice has reached."""
        return tuple(LADDER_KINDS)


#: What a ladder says of an invoice, with the kinds.
LADDER_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "level": Kind.CATEGORY,
        "action": Kind.CATEGORY,
        "channel": Kind.CATEGORY,
        "owner": Kind.CATEGORY,
        "deadline_days": Kind.DAYS,
    }
)


RuleSet: TypeAlias = DecisionTable | Scorecard | FormulaSet | Ladder
