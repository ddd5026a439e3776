"""Customers by the money that moves with their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.accounting.calendar import text_of
from simulations.comparison.moves import Moves
from simulations.ledger_snapshot.columns import Column

#: So many of those that changed stand in the report; the files have all customers.
FIRST_CUSTOMERS = 1000
FIGURES = ("orders", "approved_amount", "sales", "open_balance_end", "past_due_balance_end")


@dataclass(frozen=True, slots=True)
class Why:
    """What changed a customer's first moved order: its day, the candidate's first hit row, and the row's first cell.

    `order` is the order's place in the snapshot's orders (invoices, without an orders file). Rule set and row are
    empty where no row was hit, the cell where it has none. `before` are rule set and row that the baseline hit first.
    """

    day: int
    order: int
    rule_set: str
    row: str
    cell: str
    before: tuple[str, str] = ("", "")

    @property
    def date(self) -> str:
        """The day as an ISO date."""
        return text_of(self.day)


@dataclass(frozen=True, slots=True)
class MovedCustomers:
    """All customers by number: what moved, their figures in both runs, and which rows the numbers of `first` mean.

    `cells` are the first cells of the candidate's rows. `told` is how many of those that changed are told of.
    """

    ids: Sequence[str]
    moves: Moves
    baseline: Column
    candidate: Column
    rows: Sequence[tuple[str, str]]
    baseline_rows: Sequence[tuple[str, str]]
    cells: Sequence[str]
    told: int = FIRST_CUSTOMERS

    def by_money_moved(self) -> Sequence[int]:
        """Return the numbers of all customers, the most money moved first, ties by id."""
        in_order: list[int] = np.argsort(-self.moves.moved, kind="stable").tolist()
        return in_order

    def changed(self) -> Sequence[int]:
        """Return those of which an order's first outcome differs, at most the first `told`."""
        changed = np.flatnonzero(self.moves.first[:, 1] >= 0)
        in_order: list[int] = changed[np.argsort(-self.moves.moved[changed], kind="stable")].tolist()
        return in_order[: self.told]

    def figures(self, customer: int) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Return a customer's figures in the baseline and in the candidate."""
        sides = (self.baseline[customer].tolist(), self.candidate[customer].tolist())
        old, new = (dict(zip(FIGURES, figures, strict=True)) for figures in sides)
        return old, new

    def why(self, customer: int) -> Why | None:
        """Return why a customer's first moved order was decided otherwise; None if none moved."""
        day, order, hit, hit_before = self.moves.first[customer].tolist()
        if order < 0:
            return None
        if hit < 0:
            return Why(day, order, "", "", "")
        before = self.baseline_rows[hit_before] if hit_before >= 0 else ("", "")
        rule_set, row = self.rows[hit]
        return Why(day, order, rule_set, row, self.cells[hit], before)
