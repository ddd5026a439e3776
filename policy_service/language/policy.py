"""A policy as an immutable, typed tree: what the loader returns and every engine reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.outcomes import DEFAULT_SEVERITY, DecisionType, Outcome
from policy_service.domain.values import Currency, Kind
from policy_service.language.dictionary import FactDefinition, ReasonDefinition, Title
from policy_service.language.expressions import Anything, Expression, Test
from policy_service.language.scope import FunctionDefinition


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dial: a named value with its range, in the representation of its kind."""

    name: str
    kind: Kind
    value: int
    minimum: int | None = None
    maximum: int | None = None
    step: int | None = None
    unit: str = ""
    title: Title = field(default_factory=Title)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of one column test: most often a fact, else a formula; `text` is its printed form."""

    text: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Cell:
    """One test with the text it prints as."""

    text: str
    test: Test
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether it matches every value."""
        return isinstance(self.test, Anything)


@dataclass(frozen=True, slots=True)
class When:
    """A conjunction of cells, each against its own column."""

    cells: tuple[tuple[Column, Cell], ...]


@dataclass(frozen=True, slots=True)
class Output:
    """What a row sets: a name of a declared kind, and the formula (most often a constant) of its value."""

    name: str
    kind: Kind
    text: str
    expression: Expression


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


class ExposureComponent(StrEnum):
    """What counts towards, or (unapplied cash, insured part) against, the exposure."""

    OPEN_BALANCE = "open_balance"
    OPEN_ORDERS = "open_orders"
    UNMATURED_BILLS = "unmatured_bills"
    UNAPPLIED_CASH = "unapplied_cash"
    INSURED = "insured"


@dataclass(frozen=True, slots=True)
class Policy:
    """Named rule sets with their parameters; embeds the definition of every fact and reason it reads.

    `vocabulary` are the texts of all categories it mentions: a category's code is its index. `chains`
    name, for each decision type, the rule sets that run, in order.
    """

    id: str
    title: Title
    currency: Currency
    parameters: Mapping[str, Parameter]
    facts: Mapping[str, FactDefinition]
    reasons: Mapping[str, ReasonDefinition]
    rule_sets: tuple[RuleSet, ...]
    chains: Mapping[DecisionType, tuple[str, ...]]
    vocabulary: tuple[str, ...]
    outputs: Mapping[str, Kind]
    exposure: tuple[ExposureComponent, ...] = (ExposureComponent.OPEN_BALANCE, ExposureComponent.OPEN_ORDERS)
    exposure_of_group: bool = False
    severity: tuple[Outcome, ...] = DEFAULT_SEVERITY
    review_on: tuple[str, ...] = ()
    owner: str = ""
    change_notes: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    functions: Mapping[str, FunctionDefinition] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    def rule_set(self, name: str) -> RuleSet:
        """Return the rule set of that name; KeyError if there is none."""
        for rule_set in self.rule_sets:
            if rule_set.name == name:
                return rule_set
        raise KeyError(name)

    def chain(self, decision_type: DecisionType) -> tuple[RuleSet, ...]:
        """Return the rule sets that decide that type, in order."""
        return tuple(self.rule_set(name) for name in self.chains[decision_type])
