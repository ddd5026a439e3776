"""What rule sets are made of: columns, cells, conditions of cells, and what a row sets."""

from dataclasses import dataclass, field

from policy_service.domain.errors import NOWHERE, Place
from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Anything, Expression, Test


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
