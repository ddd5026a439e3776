"""Two runs compared, in the shape of the report of REPLAY.md, bootstrap bands and key of the run left out."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from policy_service.domain.days import day_number
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import Outcome
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable
from simulations.replay.options import HeldOrders, Mode, Options
from tests.simulations.plain.balances import books_of, open_balance, past_due_balance
from tests.simulations.plain.customer_day import CustomerDay
from tests.simulations.plain.figures import COUNTED, USUAL, Rates, kpis, timeline, total
from tests.simulations.plain.happened import DecidedOrder, Happened
from tests.simulations.plain.recorded import replay_recorded
from tests.simulations.plain.replay import replay

APPROVED = (Outcome.APPROVE, Outcome.PREPAY)
MOST_CUSTOMERS = 1000
NONE = "none"
COUNTS_OF_ORDERS = ("orders", "order_amount", *COUNTED, *(f"{name}_amount" for name in COUNTED))


def report(
    ledger: Ledger, baseline: Policy | None, candidate: Policy, options: Options, rates: Rates = USUAL
) -> dict[str, object]:
    """Return the report on a candidate against a baseline (none: today's practice as recorded)."""
    before = replay_recorded(ledger, options) if baseline is None else replay(ledger, baseline, options)
    after = replay(ledger, candidate, options)
    return compared(before, after, candidate, rates)


def compared(before: Happened, after: Happened, candidate: Policy, rates: Rates = USUAL) -> dict[str, object]:
    """Return the report on two runs over one ledger."""
    ledger, options = before.ledger, before.options
    figures = (kpis(before, rates), kpis(after, rates))
    return {
        "run": _run(before),
        "baseline": figures[0],
        "candidate": figures[1],
        "difference": difference(*figures),
        "swap_set": swap_set(before, after),
        "customers": changed_customers(before, after, candidate),
        "cohorts": cohorts(before, after, rates),
        "grade_migration": grade_migration(before, after),
        "timeline": [
            {"month": one["month"], "baseline": without_month(one), "candidate": without_month(other)}
            for one, other in zip(timeline(before), timeline(after), strict=True)
        ],
        "caveats": caveats(ledger, candidate, options),
        "evidence": {name: evidence(name, options) for name in figures[0] if name != "null_reasons"},
    }


def _run(before: Happened) -> dict[str, object]:
    options = before.options
    return {
        "mode": options.mode.value,
        "window": [options.begins, options.ends],
        "customers": len(before.books),
        "orders": len(before.decided),
        "leak_alarm": leak_alarm(before.ledger),
    }


def difference(one: object, other: object) -> object:
    """Return candidate less baseline; none if either is, dates in days, what only one side names counted as 0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = {**one, **other}
        return {
            name: difference(one.get(name, zero_like(names[name])), other.get(name, zero_like(names[name])))
            for name in names
            if name != "null_reasons"
        }
    if one is None or other is None:
        return None
    if isinstance(one, str) and isinstance(other, str):
        return (dt.date.fromisoformat(other) - dt.date.fromisoformat(one)).days
    return other - one


def zero_like(value: object) -> object:
    """Return nothing of the same shape."""
    return {name: zero_like(one) for name, one in value.items()} if isinstance(value, Mapping) else 0


def swap_set(before: Happened, after: Happened) -> dict[str, dict[str, int]]:
    """Return who moves between approved and not approved, by the first outcome."""
    names = {
        (True, True): "approved_both",
        (True, False): "approved_only_baseline",
        (False, True): "approved_only_candidate",
        (False, False): "neither",
    }
    found: dict[str, list[DecidedOrder]] = {name: [] for name in names.values()}
    for one, other in pairs(before, after):
        found[names[one.outcome in APPROVED, other.outcome in APPROVED]].append(other)
    return {name: {"orders": len(those), "amount": total(those)} for name, those in found.items()}


def pairs(before: Happened, after: Happened) -> list[tuple[DecidedOrder, DecidedOrder]]:
    """Return each order as both sides decided it, in the order of the orders."""
    others = {(one.order.customer_id, one.order.id): one for one in after.decided}
    return [(one, others[one.order.customer_id, one.order.id]) for one in before.decided]


def changed_customers(before: Happened, after: Happened, candidate: Policy) -> list[dict[str, object]]:
    """Return the customers of whose orders some have another first outcome, by the money moved, ties by id."""
    moved: dict[str, list[DecidedOrder]] = defaultdict(list)
    for one, other in pairs(before, after):
        if one.outcome is not other.outcome:
            moved[one.order.customer_id].append(other)
    found = [
        {
            "customer_id": name,
            "moved_amount": total(those),
            "baseline": of_customer(before, name),
            "candidate": of_customer(after, name),
            "why": why(min(those, key=lambda one: one.order.place), candidate),
        }
        for name, those in moved.items()
    ]
    return sorted(found, key=lambda one: (-one["moved_amount"], one["customer_id"]))[:MOST_CUSTOMERS]


def of_customer(happened: Happened, name: str) -> dict[str, int]:
    """Return what a changed customer's orders and balances come to on one side."""
    own = [one for one in happened.decided if one.order.customer_id == name]
    books, ends = books_of(happened, [name]), happened.options.ends
    return {
        "orders": len(own),
        "approved_amount": total(one for one in own if one.outcome is Outcome.APPROVE),
        "sales": total(one for one in own if one.went_ahead is not None),
        "open_balance_end": open_balance(books, ends),
        "past_due_balance_end": past_due_balance(books, ends),
    }


def why(order: DecidedOrder, policy: Policy) -> dict[str, object]:
    """Return the candidate's first hit row, and of a table its first cell that is not open."""
    rule_set, row = order.hit or ("", "")
    return {"date": order.order.date, "rule_set": rule_set, "row": row, "cell": first_cell(policy, rule_set, row)}


def first_cell(policy: Policy, rule_set: str, row: str) -> str:
    """Return the first cell of a row that is not open, under its column; empty without one."""
    table = policy.rule_set(rule_set) if rule_set else None
    if not isinstance(table, DecisionTable):
        return ""
    cells = next((one.cells for one in table.rows if one.id == row), ())
    closed = (
        f"{column.text}: {cell.text}" for column, cell in zip(table.columns, cells, strict=False) if not cell.is_open
    )
    return next(closed, "")


def cohorts(before: Happened, after: Happened, rates: Rates) -> dict[str, dict[str, dict[str, object]]]:
    """Return the figures by segment and industry as known at the window's end, and by the baseline's last grade."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for kind in ("grade", "segment", "industry"):
        members = defaultdict(list)
        for name, books in before.books.items():
            if kind == "grade":
                members[before.grades.get(name, NONE)].append(name)
            else:
                customer = CustomerDay(books, before.options.ends, 0, 0).customer
                members[getattr(customer, kind) or NONE].append(name)
        found[kind] = {
            value: {"baseline": kpis(before, rates, those), "candidate": kpis(after, rates, those)}
            for value, those in sorted(members.items())
        }
    return found


def grade_migration(before: Happened, after: Happened) -> dict[str, dict[str, int]]:
    """Return how many customers of each of the baseline's grades have which of the candidate's; never graded: none."""
    counts = Counter(
        (before.grades.get(name, NONE), after.grades.get(name, NONE))
        for name in before.books
        if name in before.grades or name in after.grades
    )
    found: dict[str, dict[str, int]] = {}
    for (one, other), count in sorted(counts.items()):
        found.setdefault(one, {})[other] = count
    return found


def without_month(row: Mapping[str, object]) -> dict[str, object]:
    """Return one side of a month."""
    return {name: value for name, value in row.items() if name != "month"}


def evidence(name: str, options: Options) -> str:
    """Return whether a figure is in the record, holds whatever is assumed, or is assumed.

    In the open loop both sides are on recorded terms.
    """
    if options.mode is Mode.OPEN:
        return "observed"
    is_of_orders = name == "sales" or name in COUNTS_OF_ORDERS
    return "bounded" if is_of_orders and options.held_orders is HeldOrders.LOST else "assumed"


def leak_alarm(ledger: Ledger) -> int:
    """Return how many entries were posted after their own date."""
    return sum(day_number(on) > day_number(date) for date, on in _dates(ledger))


def _dates(ledger: Ledger) -> Iterable[tuple[dt.date, dt.date]]:
    for history in ledger.histories.values():
        yield from ((one.issue_date, one.posted_on) for one in history.invoices)
        yield from ((one.date, one.posted_on) for one in (*history.payments, *history.adjustments))
        yield from ((one.opened, one.posted_on) for one in history.disputes)
        yield from ((one.made, one.posted_on) for one in history.promises)
        yield from ((one.date, one.posted_on) for one in (*history.events, *history.orders))
        yield from ((one.valid_from, one.posted_on or one.valid_from) for one in history.standings)


def caveats(ledger: Ledger, policy: Policy, options: Options) -> list[dict[str, str]]:
    """Return what a reader of the report must know."""
    found = [("behaviour_is_not_predicted", "Nobody knows how customers would have behaved under other terms.")]
    if options.mode is Mode.CLOSED:
        found.append(("refused_orders_have_no_outcome", "Whether a refused order would have been paid is not known."))
    without_history = all(len(history.versions) == 1 for history in ledger.histories.values())
    if without_history and any(fact.source.value == "customer" for fact in policy.facts.values()):
        found.append(
            ("customer_facts_without_history", "Customer facts are read at their present value on every date.")
        )
    falling = {"sales_12m", "avg_monthly_sales_12m"} & policy.facts.keys()
    if falling:
        found.append(
            ("limit_reads_own_refusals", f"A limit may read {', '.join(sorted(falling))}, which refusals lower.")
        )
    return [{"code": code, "text": text} for code, text in found]
