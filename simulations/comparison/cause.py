"""The cell that decided an order."""

from dataclasses import dataclass

from policy_service.domain.decisions import Value
from policy_service.domain.values import Kind


@dataclass(frozen=True, slots=True)
class Cause:
    """A cell as `column: cell`, the value it was asked about, and the value nearest to it of the other answer.

    `distance` is between the two, in steps of the representation of `kind`; both are none where no value would
    answer otherwise, or the column has no order. `row` is the cell's row: the row that was hit, or, where that has
    no cells (`otherwise`), one that missed by this cell alone.
    """

    row: str
    cell: str
    kind: Kind
    value: Value
    bound: Value | None
    distance: int | None
