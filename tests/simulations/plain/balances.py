"""What is owed on each day of a run: every entry by its own date, whatever the day it became known."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tests.simulations.plain.books import Settled, settle
from tests.simulations.plain.customer_day import day_of
from tests.simulations.plain.happened import Happened


@dataclass(frozen=True, slots=True)
class Book:
    """One customer's invoice of the run with all its entries applied by date."""

    customer_id: str
    settled: Settled

    @property
    def due(self) -> int:
        return self.settled.invoice.due

    def open_at_start_of(self, day: int) -> int:
        """Return what of it is open at the start of the day, in base currency; nothing before it is issued."""
        if self.settled.invoice.issued >= day:
            return 0
        applied = sum(part.base for part in self.settled.parts if part.posting.date < day)
        return self.settled.invoice.base - self.settled.prepaid_base - applied


def books_of(happened: Happened, customers: Iterable[str]) -> list[Book]:
    """Return the existing invoices of these customers."""
    return [
        Book(name, settle(invoice, lambda _: True))
        for name in customers
        for invoice in happened.books[name].invoices.values()
    ]


def open_balance(books: Iterable[Book], day: int) -> int:
    """Return the open amount at the start of the day."""
    return sum(book.open_at_start_of(day) for book in books)


def past_due_balance(books: Iterable[Book], day: int) -> int:
    """Return the part of it with a due date before the day: no grace, disputed included."""
    return sum(book.open_at_start_of(day) for book in books if book.due < day)


def ageing(books: Iterable[Book], day: int) -> dict[str, int]:
    """Return the open amount by days past due at the start of the day."""
    found = dict.fromkeys(("not_due", "1_30", "31_60", "61_90", "over_90"), 0)
    for book in books:
        late = day - book.due
        bucket = next(
            (name for last, name in ((0, "not_due"), (30, "1_30"), (60, "31_60"), (90, "61_90")) if late <= last),
            "over_90",
        )
        found[bucket] += book.open_at_start_of(day)
    return found


def receivables(books: list[Book], begins: int, ends: int) -> list[int]:
    """Return the open amount at the end of each day of the window, entries dated that day included."""
    return [open_balance(books, day + 1) for day in range(begins, ends)]


def months_back(day: int) -> Iterator[tuple[dt.date, int]]:
    """Yield the first of each month and its number of days, from the month of the day (up to it) backwards."""
    last = day_of(day)
    yield last.replace(day=1), last.day
    first = last.replace(day=1)
    while True:
        last = first - dt.timedelta(days=1)
        first = last.replace(day=1)
        yield first, last.day


def count_back(owed: int, sales_by_month: dict[dt.date, int], ends: int) -> Fraction | None:
    """Return the days of sales that the balance stands for (formulas.md F2); none where it exceeds all of them."""
    if owed == 0:
        return Fraction(0)
    if owed > sum(sales_by_month.values()):
        return None
    left, days = owed, Fraction(0)
    for first, length in months_back(ends - 1):
        sales = sales_by_month.get(first, 0)
        if left <= sales:
            return days + Fraction(left * length, sales)
        left, days = left - sales, days + length
    raise AssertionError("the months before the first sale are never reached")
