"""A customer's invoices and what was posted upon them, with the days and amounts that they had in a run.

All of it is worked out of recorded entries and of what the run did with each invoice, by the words of the replay's
contract and without its kernel.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from policy_service.facts.columns import first_of_each, running_sums
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import Column
from simulations.replay.moment import NO_ORDER, Moment
from simulations.runs.entries_of_customer import EntriesOfCustomer, UponInvoices

# The columns of `Moment.invoices`.
_EXISTS, _WAITED, _DUE, _MOVED, _PREPAID = range(5)


@dataclass(frozen=True, slots=True)
class InvoicesInRun:
    """All of a customer's invoices by number, of which those that do not exist in the run are not `there`.

    Those that the order under decision brought with it are not there either. `waited` and `moved` are the days by
    which earlier and later entries moved, `prepaid` is in the invoice's own currency.
    """

    there: npt.NDArray[np.bool_]
    recorded_issue: Column
    issued: Column
    due: Column
    known_from: Column
    waited: Column
    moved: Column
    prepaid: Column

    def shifted(self, days: Column, entries: Column, of: Column) -> Column:
        """Return the days in the run of what belongs to entries of those dates upon those invoices.

        From the issue on they are never before it.
        """
        is_before = entries < self.recorded_issue[of]
        found: Column = np.where(is_before, days + self.waited[of], np.maximum(days + self.moved[of], self.issued[of]))
        return found

    def rows_there(self, upon: UponInvoices) -> Column:
        """Return the numbers of the rows upon invoices that are there."""
        return np.flatnonzero(self.there[upon.of])


class PostingsInRun(NamedTuple):
    """Payments, credit notes and write-offs on their days in the run: the rows of `EntriesOfCustomer.postings`.

    They stand by invoice, then as they apply; `amount` is without what prepayments displaced.
    """

    row: Column
    invoice: Column
    kind: Column
    rank: Column
    date: Column
    known_from: Column
    amount: Column
    matures_on: Column

    def chosen(self, which: npt.NDArray[np.bool_] | Column) -> "PostingsInRun":
        """Return those of them, in the order of the choice."""
        return PostingsInRun(*(column[which] for column in self))


def invoices_in_run(own: EntriesOfCustomer, moment: Moment) -> InvoicesInRun:
    """Return the customer's invoices as they were at the moment."""
    told, recorded = moment.invoices, own.invoices
    return InvoicesInRun(
        (told[:, _EXISTS] != 0) & ~_are_of_the_order(own, moment),
        recorded["issued"],
        recorded["issued"] + told[:, _WAITED],
        told[:, _DUE],
        recorded["known_from"] + told[:, _WAITED],
        told[:, _WAITED],
        told[:, _MOVED],
        told[:, _PREPAID],
    )


def postings_in_run(own: EntriesOfCustomer, invoices: InvoicesInRun, day: int) -> PostingsInRun:
    """Return what is known on that morning of what was posted upon invoices that are there."""
    upon = own.postings
    row = invoices.rows_there(upon)
    of, recorded = upon.of[row], upon.columns["date"][row]
    date = invoices.shifted(recorded, recorded, of)
    known_from = date + upon.columns["known_from"][row] - recorded
    matures_on = upon.columns["matures_on"][row]
    matures_on = np.where(matures_on == -NEVER, -NEVER, invoices.shifted(matures_on, recorded, of))
    kind, rank, written = (upon.columns[name][row] for name in ("kind", "rank", "written"))
    every = PostingsInRun(row, of, kind, rank, date, known_from, written, matures_on)
    known = every.chosen((known_from < day) & (invoices.known_from[of] < day))
    in_order = known.chosen(np.lexsort((known.rank, known.kind, known.date, known.invoice)))
    return _without_displaced(own, invoices, in_order)


def _without_displaced(own: EntriesOfCustomer, invoices: InvoicesInRun, postings: PostingsInRun) -> PostingsInRun:
    # What would have applied without the prepayment, and does not with it, does not exist.
    of, amount = postings.invoice, postings.amount
    if not invoices.prepaid[of].any():
        return postings
    up_to = running_sums(amount, first_of_each(of))
    owed = own.invoices["written"][of]

    def applied(open_at_first: Column) -> Column:
        part: Column = np.minimum(up_to, open_at_first) - np.minimum(up_to - amount, open_at_first)
        return part

    exists = amount - applied(owed) + applied(owed - invoices.prepaid[of])
    return postings._replace(amount=exists.astype(np.int64)).chosen((exists != 0) | (invoices.prepaid[of] == 0))


def _are_of_the_order(own: EntriesOfCustomer, moment: Moment) -> npt.NDArray[np.bool_]:
    if not own.snapshot.has_orders_file:
        return np.equal(np.arange(len(moment.invoices)), moment.order)
    if moment.order == NO_ORDER:
        return np.zeros(len(moment.invoices), dtype=np.bool_)
    return np.equal(own.invoices["order"], int(own.snapshot.orders.begins[moment.customer]) + moment.order)
