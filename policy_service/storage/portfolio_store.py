"""The portfolio kept: what each customer was last counted with, and the summary of each day."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from policy_service.storage.bulk import insert_rows
from policy_service.storage.errors import changed_since_read
from policy_service.storage.models.portfolio import PortfolioCustomer, PortfolioDay

#: Behind which customer a page begins: its amount, and its id.
AmountKey: TypeAlias = tuple[int, str]


class Owed(StrEnum):
    """An amount that is kept of each customer, by its column."""

    EXPOSURE = "exposure"
    OPEN_BALANCE = "open_balance"
    OVERDUE = "overdue"
    DISPUTED = "disputed"
    UNAPPLIED_CASH = "unapplied_cash"
    OPEN_ORDERS = "open_orders"
    UNMATURED_BILLS = "unmatured_bills"
    NOT_DUE = "not_due"
    DAYS_1_30 = "days_1_30"
    DAYS_31_60 = "days_31_60"
    DAYS_61_90 = "days_61_90"
    DAYS_OVER_90 = "days_over_90"


@dataclass(frozen=True, slots=True)
class CountedCustomer:
    """A customer as it was counted; columns of the same names say what each figure is."""

    customer_id: str
    has_standing: bool = False
    grade: str = ""
    is_stopped: bool = False
    exposure: int = 0
    open_balance: int = 0
    overdue: int = 0
    disputed: int = 0
    unapplied_cash: int = 0
    open_orders: int = 0
    unmatured_bills: int = 0
    not_due: int = 0
    days_1_30: int = 0
    days_31_60: int = 0
    days_61_90: int = 0
    days_over_90: int = 0
    invoices_not_due: int = 0
    invoices_1_30: int = 0
    invoices_31_60: int = 0
    invoices_61_90: int = 0
    invoices_over_90: int = 0
    sales_90d: int = 0
    months: bytes = b""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count is of: the business day, the last posting, the policy version, and the ends of the chains.

    `chains` are by log and writer: how many records each has.
    """

    day: dt.date
    posting: int
    policy_id: str
    policy_version: int
    chains: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A count that is stored; `summary` is JSON, empty until all customers are counted."""

    of: Counted
    counted_at: int
    summary: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class CustomersWanted:
    """Which customers are asked for: those with something of the amount, narrowed by what else is given.

    `amount` none: every customer, by exposure.
    """

    amount: Owed | None = None
    has_standing: bool | None = None
    grade: str | None = None
    is_stopped: bool | None = None


_CUSTOMERS: Final = PortfolioCustomer.metadata.tables["portfolio_customers"]
_NAMES: Final = tuple(field.name for field in fields(CountedCustomer))
_CELLS: Final = attrgetter(*_NAMES)
_COLUMNS: Final = [_CUSTOMERS.c[name] for name in _NAMES]
#: All that is added up.
SUMMED: Final = tuple(name for name in _NAMES[_NAMES.index("exposure") : _NAMES.index("months")])
_DAYS: Final = PortfolioDay.metadata.tables["portfolio_days"]


class PortfolioStore:
    """The portfolio within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last(self) -> CountedDay | None:
        """Return the count of the latest day; none before the first one."""
        return self._day(select(_DAYS).order_by(_DAYS.c.day.desc()).limit(1))

    def held(self, seen: CountedDay | None) -> None:
        """Keep others from counting until the transaction ends; Conflict S208 if the latest count is another one."""
        now = self._day(select(_DAYS).order_by(_DAYS.c.day.desc()).limit(1).with_for_update())
        if (now and (now.of.day, now.revision)) != (seen and (seen.of.day, seen.revision)):
            raise changed_since_read("the portfolio")

    def keep(self, counted: Counted, at: int, summary: str) -> CountedDay:
        """Store the count of a day in the place of an earlier one of the same day, and return it."""
        values = {
            "counted_at": at,
            "posting": counted.posting,
            "policy_id": counted.policy_id,
            "policy_version": counted.policy_version,
            "chains": json.dumps(dict(counted.chains), sort_keys=True),
            "summary": summary,
        }
        of_day = _DAYS.c.day == counted.day
        changed = self._session.execute(
            update(_DAYS).where(of_day).values(**values, revision=_DAYS.c.revision + 1),
        )
        if isinstance(changed, CursorResult) and changed.rowcount != 1:
            self._session.execute(insert(_DAYS).values(day=counted.day, revision=1, **values))
        kept = self._day(select(_DAYS).where(of_day))
        if kept is None:
            raise RuntimeError("A count that was stored is not there.")
        return kept

    def replace(self, customers: Sequence[CountedCustomer]) -> None:
        """Store these customers in the place of what was counted of them before."""
        ids = [one.customer_id for one in customers]
        self._session.execute(delete(_CUSTOMERS).where(_CUSTOMERS.c.customer_id.in_(ids)))
        insert_rows(self._session, _CUSTOMERS, _NAMES, [_CELLS(one) for one in customers])

    def sums(self) -> Sequence[Mapping[str, Any]]:
        """Return for each (has_standing, grade, is_stopped) the number of `customers` and the sum of every amount."""
        by = (_CUSTOMERS.c.has_standing, _CUSTOMERS.c.grade, _CUSTOMERS.c.is_stopped)
        sums = [func.sum(_CUSTOMERS.c[name]).label(name) for name in SUMMED]
        rows = self._session.execute(select(*by, func.count().label("customers"), *sums).group_by(*by)).mappings()
        # PostgreSQL adds whole numbers up to decimals.
        return [{**row, **{name: int(row[name]) for name in SUMMED}} for row in rows]

    def owing(self) -> Mapping[Owed, int]:
        """Return how many customers have something of each amount."""
        counts = [func.count().filter(_CUSTOMERS.c[one.value] != 0).label(one.value) for one in Owed]
        row = self._session.execute(select(*counts)).mappings().one()
        return {one: int(row[one.value]) for one in Owed}

    def exposures(self) -> Sequence[int]:
        """Return the exposure of every customer that has one."""
        column = _CUSTOMERS.c.exposure
        return self._session.scalars(select(column).where(column != 0)).all()

    def months(self) -> Iterator[bytes]:
        """Yield the months of every customer that has any."""
        yield from self._session.scalars(select(_CUSTOMERS.c.months).where(func.length(_CUSTOMERS.c.months) > 0))

    def faulty(self, limit: int) -> tuple[tuple[str, str], ...]:
        """Return the first customers of whom nothing can be counted, each with the code of the error."""
        rows = select(_CUSTOMERS.c.customer_id, _CUSTOMERS.c.fault).where(_CUSTOMERS.c.fault != "")
        found = self._session.execute(rows.order_by(_CUSTOMERS.c.customer_id).limit(limit))
        return tuple((customer_id, code) for customer_id, code in found)

    def page(
        self, wanted: CustomersWanted, after: AmountKey | None = None, limit: int = 50
    ) -> tuple[CountedCustomer, ...]:
        """Return at most `limit` customers, the one with the largest amount first, behind `after`."""
        amount, customer_id = _CUSTOMERS.c[(wanted.amount or Owed.EXPOSURE).value], _CUSTOMERS.c.customer_id
        conditions = list(_conditions(wanted))
        if after:
            conditions.append(or_(amount < after[0], and_(amount == after[0], customer_id > after[1])))
        query = select(*_COLUMNS).where(*conditions).order_by(amount.desc(), customer_id).limit(limit)
        return tuple(CountedCustomer(*row) for row in self._session.execute(query))

    def _day(self, query: Any) -> CountedDay | None:
        row = self._session.execute(query).one_or_none()
        if row is None:
            return None
        of = Counted(row.day, row.posting, row.policy_id, row.policy_version, json.loads(row.chains))
        return CountedDay(of, row.counted_at, row.summary, row.revision)


def _conditions(wanted: CustomersWanted) -> Iterator[ColumnElement[bool]]:
    if wanted.amount is not None:
        yield _CUSTOMERS.c[wanted.amount.value] != 0
    for name in ("has_standing", "grade", "is_stopped"):
        value = getattr(wanted, name)
        if value is not None:
            yield _CUSTOMERS.c[name] == value
