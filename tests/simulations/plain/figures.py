"""The figures of a run for some of its customers, each as REPLAY.md defines it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from policy_service.domain.outcomes import Outcome
from tests.simulations.plain.balances import (
    Book,
    ageing,
    books_of,
    count_back,
    open_balance,
    past_due_balance,
    receivables,
)
from tests.simulations.plain.books import PAYMENT, WRITE_OFF, rounded
from tests.simulations.plain.customer_day import day_of
from tests.simulations.plain.happened import DecidedOrder, Firing, Happened

COUNTED = {
    "approved": Outcome.APPROVE,
    "held": Outcome.HOLD,
    "prepaid": Outcome.PREPAY,
    "referred": Outcome.REFER,
    "declined": Outcome.DECLINE,
}
OF_THE_LADDER = ("notices", "case_steps", "cases_opened", "workload_peak")


@dataclass(frozen=True, slots=True)
class Rates:
    """What money costs and brings: yearly rates, loss given default, the cost of a case step in minor units."""

    carrying: Fraction = Fraction(8, 100)
    margin: Fraction = Fraction(20, 100)
    loss_given_default: Fraction = Fraction(1)
    cost_per_step: int = 0


USUAL = Rates()


def kpis(happened: Happened, rates: Rates = USUAL, customers: Iterable[str] | None = None) -> dict[str, object]:
    """Return every KPI of these customers (none: all); one that cannot be computed is none, with its reason."""
    chosen = sorted(happened.books if customers is None else customers)
    return _Figures(happened, rates, chosen).all()


class _Figures:
    def __init__(self, happened: Happened, rates: Rates, chosen: list[str]) -> None:
        self.happened, self.rates, self.chosen = happened, rates, chosen
        self.begins, self.ends = happened.options.begins, happened.options.ends
        self.books = books_of(happened, chosen)
        self.decided = [one for one in happened.decided if one.order.customer_id in chosen]
        self.fired = [one for one in happened.fired if one.customer_id in chosen]
        self.null_reasons: dict[str, str] = {}

    def all(self) -> dict[str, object]:
        found = self._of_orders() | self._of_money() | self._of_payments() | self._of_the_ladder() | self._of_results()
        return found | {"null_reasons": self.null_reasons}

    def _of_orders(self) -> dict[str, object]:
        found: dict[str, object] = {"orders": len(self.decided), "order_amount": total(self.decided)}
        for name, outcome in COUNTED.items():
            those = [one for one in self.decided if one.outcome is outcome]
            found |= {name: len(those), f"{name}_amount": total(those)}
        codes = sorted({one.reason for one in self.decided if one.reason})
        found["reasons"] = {
            code: {
                "orders": sum(one.reason == code for one in self.decided),
                "amount": total(one for one in self.decided if one.reason == code),
            }
            for code in codes
        }
        self.sales = total(one for one in self.decided if one.went_ahead is not None)
        return found | {"sales": self.sales}

    def _in_window(self, day: int) -> bool:
        return self.begins <= day < self.ends

    def _of_money(self) -> dict[str, object]:
        days, n = receivables(self.books, self.begins, self.ends), self.ends - self.begins
        self.owed = open_balance(self.books, self.ends)
        self.past_due = past_due_balance(self.books, self.ends)
        self.receivable_days = sum(days)
        peak = max(days)
        current = self.owed - self.past_due
        return {
            "open_balance_end": self.owed,
            "past_due_balance_end": self.past_due,
            "ageing": ageing(self.books, self.ends),
            "receivables_mean": rounded(Fraction(sum(days), n)),
            "receivables_peak": peak,
            "receivables_peak_date": day_of(self.begins + days.index(peak)).isoformat(),
            "dso_simple": self._ratio("dso_simple", self.owed * n, self.sales, "Nothing was sold in the window."),
            "dso_count_back": self._count_back(),
            "best_possible_dso": self._ratio(
                "best_possible_dso", current * n, self.sales, "Nothing was sold in the window."
            ),
            "average_days_delinquent": self._ratio(
                "average_days_delinquent", self.past_due * n, self.sales, "Nothing was sold in the window."
            ),
            "collection_effectiveness": self._effectiveness(current),
            "concentration_hhi": self._concentration(),
        }

    def _ratio(self, name: str, above: int, below: int, why_not: str) -> float | None:
        if below <= 0:
            self.null_reasons[name] = why_not
            return None
        return above / below

    def _count_back(self) -> float | None:
        sales: dict[dt.date, int] = defaultdict(int)
        for name in self.chosen:
            books = self.happened.books[name]
            for order in books.orders:
                if order.id in books.went_ahead:
                    sales[day_of(order.date).replace(day=1)] += order.base
        days = count_back(self.owed, sales, self.ends)
        if days is None:
            self.null_reasons["dso_count_back"] = "The balance exceeds all recorded sales."
            return None
        return days.numerator / days.denominator

    def _effectiveness(self, current: int) -> float | None:
        begin = open_balance(self.books, self.begins) + self.sales
        why_not = "Nothing could have been collected."
        return self._ratio("collection_effectiveness", (begin - self.owed) * 100, begin - current, why_not)

    def _concentration(self) -> float | None:
        owed = [
            open_balance([book for book in self.books if book.customer_id == name], self.ends) for name in self.chosen
        ]
        above = sum(one * one for one in owed) * 10_000
        return self._ratio("concentration_hhi", above, sum(owed) ** 2, "Nothing is open.")

    def _of_payments(self) -> dict[str, object]:
        collected, weight, late, on_time, self.written_off = 0, 0, 0, 0, 0
        for book in self.books:
            invoice = book.settled.invoice
            if invoice.prepaid_on is not None and self._in_window(invoice.prepaid_on):
                collected += book.settled.prepaid_base
            for part in book.settled.parts:
                if not self._in_window(part.posting.date):
                    continue
                if part.posting.kind == WRITE_OFF:
                    self.written_off += part.base
                if part.posting.kind == PAYMENT:
                    collected += part.base + part.surplus
                    if part.posting.date >= invoice.issued:
                        days_late = part.posting.date - invoice.due
                        weight, late = weight + part.base, late + part.base * days_late
                        on_time += part.base if days_late <= 0 else 0
        why_not = "Nothing was paid in the window."
        return {
            "collected": collected,
            "days_late_mean_weighted": self._ratio("days_late_mean_weighted", late, weight, why_not),
            "on_time_share": self._ratio("on_time_share", on_time, weight, why_not),
            "write_offs": self.written_off,
            "bad_debt_ratio": self._ratio(
                "bad_debt_ratio", self.written_off, self.sales, "Nothing was sold in the window."
            ),
        }

    def _of_the_ladder(self) -> dict[str, object]:
        if not self.happened.has_ladder:
            self.null_reasons |= dict.fromkeys(OF_THE_LADDER, "Nothing is recorded of reminders sent.")
            self.steps = 0
            return dict.fromkeys(OF_THE_LADDER)
        steps = {(one.customer_id, one.key, one.day) for one in self.fired}
        self.steps = len(steps)
        by_level = Counter(key for _, key, _ in steps)
        notices = Counter(one.key for one in self.fired)
        return {
            "notices": {key: notices[key] for key in self.happened.owners},
            "case_steps": {key: by_level[key] for key in self.happened.owners},
            "cases_opened": sum(one.opens for one in self.fired),
            "workload_peak": workload_peak(steps, self.happened.owners),
        }

    def _of_results(self) -> dict[str, object]:
        rates = self.rates
        carrying = self.receivable_days * rates.carrying / 365
        margin = self.sales * rates.margin
        lost = self.written_off * rates.loss_given_default
        adjusted: int | None = rounded(margin - lost - carrying - self.steps * rates.cost_per_step)
        if not self.happened.has_ladder and rates.cost_per_step:
            adjusted = None
            self.null_reasons["risk_adjusted_margin"] = "Nothing is recorded of the steps taken, which have a cost."
        grades = Counter(grade for name, grade in self.happened.grades.items() if name in self.chosen)
        return {
            "carrying_cost": rounded(carrying),
            "margin": rounded(margin),
            "risk_adjusted_margin": adjusted,
            "customers_by_grade": dict(sorted(grades.items())),
        }


def total(orders: Iterable[DecidedOrder]) -> int:
    """Return the amount of the orders, in base currency."""
    return sum(one.order.base for one in orders)


def workload_peak(steps: Iterable[tuple[str, str, int]], owners: Mapping[str, str]) -> dict[str, int]:
    """Return for each owner role the most case steps of one ISO week; a level without an owner is nobody's work."""
    weeks = Counter((owners[key], day_of(day).isocalendar()[:2]) for _, key, day in steps)
    roles = sorted({owner for owner in owners.values() if owner})
    return {role: max((count for (owner, _), count in weeks.items() if owner == role), default=0) for role in roles}


def timeline(happened: Happened) -> list[dict[str, object]]:
    """Return the flows of each calendar month's days inside the window, and the balances after the last of them."""
    begins, ends = happened.options.begins, happened.options.ends
    books = books_of(happened, happened.books)
    rows = []
    for month in sorted({day_of(day).replace(day=1) for day in range(begins, ends)}):
        days = [day for day in range(begins, ends) if day_of(day).replace(day=1) == month]
        rows.append({"month": month.isoformat()[:7], **_of_days(happened, books, days)})
    return rows


def _of_days(happened: Happened, books: list[Book], days: list[int]) -> dict[str, object]:
    decided = [one for one in happened.decided if one.order.date in days]
    fired: list[Firing] = [one for one in happened.fired if one.day in days]
    return {
        "sales": total(one for one in decided if one.went_ahead is not None),
        "held_amount": total(one for one in decided if one.outcome is Outcome.HOLD),
        "open_balance": open_balance(books, days[-1] + 1),
        "past_due_balance": past_due_balance(books, days[-1] + 1),
        "notices": len(fired) if happened.has_ladder else None,
    }
