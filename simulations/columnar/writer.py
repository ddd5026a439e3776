"""The words of a program as they are written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policy_service.domain.errors import UnsupportedCondition
from simulations.columnar import layout


@dataclass(slots=True)
class Writer:
    """The words of a program as far as they are written.

    `slots` are the places of names in the vector of values, `parameters` constants. `code` are instructions not yet
    placed, their jumps counted from the first of them; `free` is the next place for an intermediate result, `width`
    how long the vector must be. `rule_set` says where one is, for errors.
    """

    slots: Mapping[str, int]
    parameters: Mapping[str, int]
    words: list[int]
    free: int
    width: int
    rule_set: str = ""
    code: list[list[int]] = field(default_factory=list)
    constants: dict[int, int] = field(default_factory=dict)

    def place(self, words: Sequence[int]) -> int:
        """Append words and return the address of the first."""
        address = len(self.words)
        self.words.extend(words)
        return address

    def place_code(self) -> tuple[int, int]:
        """Append the instructions that wait, and return from where up to where they stand."""
        start = len(self.words)
        for instruction in self.code:
            operation, to, first, second, third = instruction
            if operation in (layout.JUMP, layout.BRANCH):
                second += start
            if operation == layout.BRANCH:
                third += start
            self.words.extend((operation, to, first, second, third))
        self.code.clear()
        return start, len(self.words)

    def constant(self, value: int) -> int:
        """Return the operand that is always that value."""
        if value not in self.constants:
            self.constants[value] = -self.place([value])
        return self.constants[value]

    def value_of_constant(self, operand: int) -> int | None:
        """Return the value of an operand that is constant, none if it is not."""
        return self.words[-operand] if operand < 0 else None

    def new_place(self, count: int = 1) -> int:
        """Return the first of so many places for intermediate results."""
        place = self.free
        self.free += count
        self.width = max(self.width, self.free)
        return place

    def unsupported(self, what: str) -> UnsupportedCondition:
        """Return the error that says that this engine cannot run something."""
        return UnsupportedCondition(
            "E020",
            f"Rule set {self.rule_set}: {what} cannot be replayed.",
            remedy="Write the condition in another way.",
        )
