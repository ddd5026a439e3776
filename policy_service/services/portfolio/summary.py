"""The sum of all counted customers, as it is stored for a day: whole numbers only, of which figures are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from policy_service.services.portfolio.months import added_up
from policy_service.storage.portfolio_store import SUMMED, CustomersWanted, Owed, PortfolioStore

#: As many of the largest are named.
LARGEST: Final = 10
_FAULTY: Final = 100


@dataclass(frozen=True, slots=True)
class OfGrade:
    """The customers of a grade, with their exposure; none without a standing."""

    has_standing: bool
    grade: str
    customers: int
    exposure: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer and what it owes."""

    customer_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All customers added up, in minor units of the base currency.

    `sums` are by the names of what is counted of a customer, `owing` how many customers have something of it.
    `squares` is the sum of the squared exposures, written out, as it may be of any length. `flows` are by flow and
    month, up to the month of the day.
    """

    currency: str
    customers: int
    stopped: int
    stopped_exposure: int
    sums: dict[str, int]
    owing: dict[str, int]
    grades: tuple[OfGrade, ...]
    squares: str
    largest_exposures: tuple[Holder, ...]
    largest_overdue: tuple[Holder, ...]
    flows: tuple[tuple[int, ...], ...]
    faulty: tuple[tuple[str, str], ...]


def summary_of(store: PortfolioStore, currency: str) -> Summary:
    """Return the sum of what is stored of all customers."""
    rows = store.sums()
    exposures = store.exposures()
    return Summary(
        currency=currency,
        customers=_sum(rows, "customers"),
        stopped=_sum([row for row in rows if row["is_stopped"]], "customers"),
        stopped_exposure=_sum([row for row in rows if row["is_stopped"]], "exposure"),
        sums={name: _sum(rows, name) for name in SUMMED},
        owing={owed.value: number for owed, number in store.owing().items()},
        grades=_grades(rows),
        squares=str(sum(one * one for one in exposures)),
        largest_exposures=_largest(store, Owed.EXPOSURE),
        largest_overdue=_largest(store, Owed.OVERDUE),
        flows=added_up(store.months()),
        faulty=store.faulty(_FAULTY),
    )


def written(summary: Summary) -> str:
    """Return the summary as JSON."""
    return msgspec.json.encode(summary).decode()


def read(text: str) -> Summary:
    """Return the summary that `written` wrote."""
    return msgspec.json.decode(text, type=Summary)


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> int:
    return sum(int(row[name]) for row in rows)


def _grades(rows: Sequence[Mapping[str, Any]]) -> tuple[OfGrade, ...]:
    keys = sorted({(bool(row["has_standing"]), row["grade"]) for row in rows}, key=lambda key: (not key[0], key[1]))
    of_grade = {key: [row for row in rows if (bool(row["has_standing"]), row["grade"]) == key] for key in keys}
    return tuple(OfGrade(*key, _sum(own, "customers"), _sum(own, "exposure")) for key, own in of_grade.items())


def _largest(store: PortfolioStore, amount: Owed) -> tuple[Holder, ...]:
    page = store.page(CustomersWanted(amount), limit=LARGEST)
    return tuple(Holder(one.customer_id, getattr(one, amount.value)) for one in page)
