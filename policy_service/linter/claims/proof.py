"""What an attempt to prove a claim comes to: nothing left open, or the regions that are."""

from dataclasses import dataclass
from typing import Final

from policy_service.linter.regions.axes import Axis
from policy_service.linter.regions.grid import Box

#: So many regions that are left open are listed; then the proof is given up.
MOST_REGIONS: Final = 40
#: What is written where no row of those that move matches.
NO_ROW: Final = "no row"


@dataclass(frozen=True, slots=True)
class Open:
    """What is not proved: the rows that decide at the earlier and at the later point, and the two boxes."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = ()
    boxes: tuple[Box, Box] = ((), ())


@dataclass(frozen=True, slots=True)
class Proof:
    """Proved if nothing is left open; `is_complete` is False where there may be more regions left."""

    left_open: tuple[Open, ...] = ()
    is_complete: bool = True

    @property
    def holds(self) -> bool:
        """Whether the claim is proved."""
        return self.is_complete and not self.left_open
