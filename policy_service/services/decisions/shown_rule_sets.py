"""The rule sets of a policy as tables, with what each of their cells said when a decision was taken."""

from dataclasses import dataclass

from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.services.code_book import Plain


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell's text, and what it said: `match`, `no`, `unknown`, `fault`, or nothing for one that takes anything."""

    text: str
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column with what its value was, if any cell asked for it."""

    text: str
    kind: Kind
    value: Plain = None
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row: its cells in the order of the columns, what it sets, the codes of its reasons, and whether it was hit."""

    row: str
    cells: tuple[ShownCell, ...]
    sets: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    note: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class ShownRows:
    """Rows tried together; `part` says which of the rule set, `left_out` how many of them are not shown."""

    part: str
    columns: tuple[ShownColumn, ...]
    rows: tuple[ShownRow, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ShownBin:
    """An attribute of a characteristic: its test (none: of an unknown value), its points, whether it was hit."""

    text: str
    points: str | None
    is_hit: bool


@dataclass(frozen=True, slots=True)
class ShownPoints:
    """A characteristic with its value, its bins, and the points it earned (none: it could not be said)."""

    characteristic: str
    kind: Kind
    value: Plain
    bins: tuple[ShownBin, ...]
    earned: str | None


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A formula, or a level's days past due: its name, its text, and what it came to."""

    name: str
    text: str
    kind: Kind
    value: Plain
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class ShownMiss:
    """A row that all cells but one matched: what the value was, and the nearest that would have done (none: none)."""

    row: str
    column: str
    cell: str
    kind: Kind
    value: Plain
    needed: Plain


@dataclass(frozen=True, slots=True)
class ShownStep:
    """The next band or level above, and how far it is: points or days."""

    row: str
    kind: Kind
    distance: Plain


@dataclass(frozen=True, slots=True)
class ShownRuleSet:
    """A rule set with what it said; what does not apply to its kind is empty."""

    name: str
    title: Title
    kind: str
    hits: tuple[str, ...]
    parts: tuple[ShownRows, ...] = ()
    points: tuple[ShownPoints, ...] = ()
    values: tuple[ShownValue, ...] = ()
    misses: tuple[ShownMiss, ...] = ()
    next_step: ShownStep | None = None
