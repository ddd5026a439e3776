"""How much work a search may do: counted in steps, never in seconds, so that equal policies get equal answers."""

from dataclasses import dataclass
from typing import Final

#: So many comparisons of formulas and pairs of cells may one proof take: a second or two.
MOST_OF_A_PROOF: Final = 60_000
#: So many cells and formulas may one search for a counterexample work out: about a second.
MOST_OF_A_SEARCH: Final = 60_000


@dataclass(slots=True)
class Work:
    """What may still be done; what is done beyond it is not done at all."""

    left: int = MOST_OF_A_PROOF

    @property
    def is_over(self) -> bool:
        """Whether the search has come to its end before its answer."""
        return self.left < 0

    def spend(self, steps: int = 1) -> bool:
        """Take so many steps off; return whether they may be done."""
        self.left -= steps
        return self.left >= 0
