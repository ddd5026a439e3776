"""What happened in a run: every order, every firing, every review, and the books that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import Outcome
from simulations.replay.options import Options
from tests.simulations.plain.customer_books import AskedOrder, CustomerBooks


@dataclass(slots=True)
class DecidedOrder:
    """An order of the window: its first outcome, the first reason and row, and the day it went ahead (none: never)."""

    order: AskedOrder
    outcome: Outcome
    reason: str = ""
    hit: tuple[str, str] | None = None
    went_ahead: int | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """A level that fired for an invoice, or a trigger (no invoice); `opens` whether it opened a case."""

    customer_id: str
    day: int
    ladder: str
    level: str
    invoice_id: str
    opens: bool

    @property
    def key(self) -> str:
        """Return the level's name among those of all ladders."""
        return f"{self.ladder}.{self.level}"


@dataclass(slots=True)
class Happened:
    """A whole run. `grades` are those after each customer's last review that counted; `owners` by level.

    `has_ladder` is false of today's practice, which nobody has written down.
    """

    ledger: Ledger
    options: Options
    books: Mapping[str, CustomerBooks]
    decided: list[DecidedOrder] = field(default_factory=list)
    fired: list[Firing] = field(default_factory=list)
    reviews: dict[str, int] = field(default_factory=dict)
    grades: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    has_ladder: bool = True
