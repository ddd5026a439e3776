"""The figures of a run as one would work them out by hand: day by day, invoice by invoice, with fractions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from simulations.replay.options import Mode, Options
from tests.simulations.accounting.worlds import (
    APPROVE,
    PAYMENT,
    WRITE_OFF,
    Buyer,
    Sale,
    World,
    exists,
    is_decided,
    to_base,
)

PREPAYMENT = -1
NAMES = {0: "approved", 1: "prepaid", 2: "held", 3: "referred", 4: "declined"}


@dataclass(frozen=True)
class Entry:
    """An entry of the run: its day, kind, what of it applied and what did not, in base currency."""

    day: int
    kind: int
    applied: int
    surplus: int


@cache
def entries(sale: Sale) -> list[Entry]:
    """What is posted upon an invoice of the run, whenever, in the order in which it applies."""
    issued = sale.issued + sale.waited
    asked = []
    for posting in sale.postings:
        day = max(posting.day + sale.moved_in_run, issued)
        if posting.day < sale.issued:
            day = posting.day + sale.waited
        asked.append((day, posting.kind, posting.id, posting.written))
    asked.sort()
    fits, left = [], sale.written
    for *_, amount in asked:
        fits.append(min(amount, left))
        left -= fits[-1]
    if sale.prepaid:
        asked.insert(0, (sale.day + sale.waited, PREPAYMENT, "", sale.prepaid))
        fits.insert(0, sale.prepaid)
    found, left, parts, still_open = [], sale.written, 0, sale.amount
    for (day, kind, _, amount), fit in zip(asked, fits, strict=True):
        part = min(amount, left)
        left -= part
        parts += to_base(part, sale.rate)
        after = 0 if left == 0 else max(sale.amount - parts, 0)
        surplus = to_base(amount - fit, sale.rate) if kind != PREPAYMENT else 0
        found.append(Entry(day, kind, still_open - after, surplus))
        still_open = after
    return found


def open_at_end_of(day: int, sale: Sale) -> int:
    """What is open of an invoice of the run when `day` ends."""
    if sale.issued + sale.waited > day:
        return 0
    return sale.amount - sum(entry.applied for entry in entries(sale) if entry.day <= day)


def figures(world: World, buyers: Iterable[Buyer], *, has_ladder: bool = True) -> dict[str, Any]:
    """Return the KPIs of these customers; a ratio as a fraction, what there is none of as None."""
    chosen, options = list(buyers), world.options
    begins, ends = options.begins, options.ends
    sales = [sale for buyer in chosen for sale in buyer.sales]
    there = [sale for sale in sales if exists(sale, options)]
    decided = [sale for sale in sales if is_decided(sale, options)]
    sold = sum(sale.amount for sale in decided if went_ahead(sale, options))
    window = [entry_of for sale in there for entry_of in _in_window(sale, options)]
    balances = [sum(open_at_end_of(day, sale) for sale in there) for day in range(begins - 1, ends)]
    ageing = dict.fromkeys(("not_due", "1_30", "31_60", "61_90", "over_90"), 0)
    for sale in there:
        ageing[_bucket(ends - sale.due_in_run)] += open_at_end_of(ends - 1, sale)
    balance = sum(ageing.values())
    paid = [(entry.applied, entry.day - sale.due_in_run) for sale, entry in window
            if entry.kind == PAYMENT and entry.day >= sale.issued + sale.waited]  # fmt: skip
    written_off = sum(entry.applied for _, entry in window if entry.kind == WRITE_OFF)
    peak = max(balances[1:])
    of_customers = [
        sum(open_at_end_of(ends - 1, sale) for sale in buyer.sales if exists(sale, options)) for buyer in chosen
    ]
    steps = {(place, firing.day, firing.level) for place, buyer in enumerate(chosen) for firing in buyer.firings}
    carrying = Fraction(sum(balances[1:])) * Fraction(8, 100) / 365
    firings = [firing for buyer in chosen for firing in buyer.firings]
    return {
        "orders": len(decided),
        "order_amount": sum(sale.amount for sale in decided),
        **{name: sum(1 for sale in decided if sale.outcome == code) for code, name in NAMES.items()},
        **{f"{name}_amount": sum(s.amount for s in decided if s.outcome == code) for code, name in NAMES.items()},
        "reasons": _reasons(decided, world),
        "sales": sold,
        "collected": sum(entry.applied + entry.surplus for _, entry in window if entry.kind in (PAYMENT, PREPAYMENT)),
        "open_balance_end": balance,
        "past_due_balance_end": balance - ageing["not_due"],
        "ageing": ageing,
        "receivables_mean": half_away(Fraction(sum(balances[1:]), ends - begins)),
        "receivables_peak": peak,
        "receivables_peak_date": (date(1970, 1, 1) + timedelta(begins + balances[1:].index(peak))).isoformat(),
        "days_late_mean_weighted": _over(sum(a * late for a, late in paid), sum(a for a, _ in paid)),
        "on_time_share": _over(sum(a for a, late in paid if late <= 0), sum(a for a, _ in paid)),
        "dso_simple": _over(balance * (ends - begins), sold),
        "dso_count_back": count_back(balance, sales, options),
        "best_possible_dso": _over(ageing["not_due"] * (ends - begins), sold),
        "average_days_delinquent": _over((balance - ageing["not_due"]) * (ends - begins), sold),
        "collection_effectiveness": _over(100 * (balances[0] + sold - balance), balances[0] + sold - ageing["not_due"]),
        "write_offs": written_off,
        "bad_debt_ratio": _over(written_off, sold),
        "notices": _ladder(_by_level([f.level for f in firings], world), has_ladder),
        "case_steps": _ladder(_by_level([level for *_, level in steps], world), has_ladder),
        "cases_opened": _ladder(sum(firing.opens for firing in firings), has_ladder),
        "workload_peak": _ladder(_workload(steps, world), has_ladder),
        "carrying_cost": half_away(carrying),
        "margin": half_away(Fraction(sold, 5)),
        "risk_adjusted_margin": half_away(Fraction(sold, 5) - written_off - carrying),
        "customers_by_grade": _grades(chosen, world),
        "concentration_hhi": _over(10_000 * sum(one * one for one in of_customers), balance * balance),
    }  # fmt: skip


def went_ahead(sale: Sale, options: Options) -> bool:
    """Whether an order of the window was sold."""
    return options.mode is Mode.OPEN or sale.goes_ahead


def count_back(balance: int, sales: Iterable[Sale], options: Options) -> Fraction | None:
    """Days of the newest months whose sales make up the balance."""
    by_month: dict[tuple[int, int], int] = defaultdict(int)
    for sale in sales:
        if sale.day < options.begins or (sale.day < options.ends and went_ahead(sale, options)):
            day = date(1970, 1, 1) + timedelta(sale.day)
            by_month[day.year, day.month] += sale.amount
    last = date(1970, 1, 1) + timedelta(options.ends - 1)
    year, month, days, counted = last.year, last.month, last.day, 0
    while balance > 0:
        if not any(sold for when, sold in by_month.items() if when <= (year, month)):
            return None
        sold = by_month[year, month]
        if balance <= sold:
            return counted + Fraction(balance * days, sold)
        balance -= sold
        counted += days
        before = date(year, month, 1) - timedelta(1)
        year, month, days = before.year, before.month, before.day
    return Fraction(counted)


def half_away(exact: Fraction) -> int:
    """Return the nearest whole number, halves away from zero."""
    nearest = int(abs(exact) + Fraction(1, 2))
    return nearest if exact >= 0 else -nearest


def _in_window(sale: Sale, options: Options) -> Iterator[tuple[Sale, Entry]]:
    for entry in entries(sale):
        if options.begins <= entry.day < options.ends:
            yield sale, entry


def _bucket(late: int) -> str:
    names = ((0, "not_due"), (30, "1_30"), (60, "31_60"), (90, "61_90"))
    return next((name for most, name in names if late <= most), "over_90")


def _reasons(decided: list[Sale], world: World) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for sale in decided:
        if sale.outcome != APPROVE:
            told = found.setdefault(world.reasons[sale.reason], {"orders": 0, "amount": 0})
            told["orders"] += 1
            told["amount"] += sale.amount
    return found


def _workload(steps: Iterable[tuple[int, int, int]], world: World) -> dict[str, int]:
    weeks: dict[tuple[str, tuple[int, int]], int] = defaultdict(int)
    for _, day, level in steps:
        year, week, _ = (date(1970, 1, 1) + timedelta(day)).isocalendar()
        weeks[world.owners[level], (year, week)] += 1
    return {owner: max((n for (who, _), n in weeks.items() if who == owner), default=0) for owner in world.owners}


def _grades(buyers: Iterable[Buyer], world: World) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for buyer in buyers:
        if buyer.grade >= 0:
            found[world.grades[buyer.grade]] += 1
    return dict(found)


def _by_level(levels: list[int], world: World) -> dict[str, int]:
    return {name: levels.count(level) for level, name in enumerate(world.levels)}


def _ladder(figure: Any, has_ladder: bool) -> Any:
    return figure if has_ladder else None


def _over(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator > 0 else None
