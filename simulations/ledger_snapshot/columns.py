"""The columns of a snapshot: entries side by side, those of a customer or an invoice next to each other.

Days are numbers from 1970-01-01; NEVER and -NEVER (policy_service.facts.knowledge) stand for none. Amounts are whole
minor units: `written` in the entry's own currency, `amount` in the base currency. `begins` has one more element than
what it divides: what belongs to number n stands from `begins[n]` up to `begins[n + 1]`. Every `known_from` is the
later of the entry's own day and its `posted_on`: it is known on days after it, if its invoice is. All columns are
int64, contiguous and read-only, so that one compiled kernel takes them all.

`rank` is the place of an id among all ids of its table by code point: it decides between entries of one day.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[np.int64]


class Versions(NamedTuple):
    """Rows of the customers file, by customer, then by when they count.

    The earliest of a customer counts from -NEVER, any other from `counts_from` on, until the next one does. Rows that
    never count, as a later one is known before them, are left out. `since` is -NEVER where the file says none.
    """

    begins: Column
    counts_from: Column
    since: Column


class Invoices(NamedTuple):
    """Invoices by customer, then issue date, then id.

    `ordered` is the order's date, or the issue date. `order` is the place in `Orders` of the order that it names, or
    -1. `rate` is the place in `Rates`, -1 for the base currency.
    """

    begins: Column
    customer: Column
    issued: Column
    due: Column
    ordered: Column
    known_from: Column
    written: Column
    amount: Column
    rate: Column
    rank: Column
    order: Column


class Postings(NamedTuple):
    """Payments (kind 0), credit notes (1) and write-offs (2) upon invoices: by invoice, then date, kind, id.

    `matures_on` is -NEVER for what is no bill. `rank` is the place of its id among all of its kind.
    """

    begins: Column
    date: Column
    known_from: Column
    kind: Column
    written: Column
    matures_on: Column
    rank: Column


class Unapplied(NamedTuple):
    """Payments without an invoice, in base currency: by customer, then date, id."""

    begins: Column
    date: Column
    known_from: Column
    amount: Column


class Disputes(NamedTuple):
    """Disputes by invoice, then opening; `closed` is NEVER while open."""

    begins: Column
    opened: Column
    known_from: Column
    closed: Column


class Promises(NamedTuple):
    """Promises by invoice, then the day they were made; `written` is -1 where all of the invoice is promised."""

    begins: Column
    made: Column
    known_from: Column
    promised: Column
    written: Column


class Events(NamedTuple):
    """Events by customer, then date, id; `kind` and `text` are places in `Snapshot.words`.

    `value` is the text as a number in millionths, UNKNOWN where it is none.
    """

    begins: Column
    date: Column
    known_from: Column
    kind: Column
    text: Column
    value: Column


class Orders(NamedTuple):
    """Rows of the orders file by customer, then date, id; empty without one. `rate` as of invoices."""

    begins: Column
    date: Column
    known_from: Column
    written: Column
    amount: Column
    rate: Column
    rank: Column


class Standings(NamedTuple):
    """Recorded standings by customer, then day; `limit` and `term` are UNKNOWN where none is said.

    `grade` is a place in `Snapshot.words`.
    """

    begins: Column
    since: Column
    known_from: Column
    grade: Column
    limit: Column
    term: Column


class Rates(NamedTuple):
    """Conversions: base = written x numerator / denominator, rounded half away from zero; one row per (rate, currency).

    Of an invoice the latest rate at or before its issue date, of an order at or before its own. `currency` is a place
    in `Snapshot.words`: an invoice lowers its order in the order's currency if it is in the same, else in the base
    currency. A rate beyond 64 bits, which then no entry uses, is UNKNOWN.
    """

    currency: Column
    numerator: Column
    denominator: Column


class Groups(NamedTuple):
    """Which customers belong together: `root` by customer and era; an era begins at each day of `eras`.

    Row e of `root` (one element per customer) holds for days from `eras[e]` on; the first era begins at -NEVER. `unit`
    numbers the sets of customers that ever stood in one group, by their first customer: no group fact reaches beyond
    a unit.
    """

    eras: Column
    root: Column
    unit: Column


def read_only(column: Column) -> Column:
    """Return the column, contiguous, and not to be written into."""
    own = np.ascontiguousarray(column, dtype=np.int64)
    own.setflags(write=False)
    return own
