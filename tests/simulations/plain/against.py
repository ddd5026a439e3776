"""A trace of any executor held against the plain run, field by field, with a difference that can be read.

Hand `differences` a ledger, a policy and options, a function that makes the snapshot and one that replays it. What
comes back are sentences, none where both agree. Trigger and level firings of one day are compared without their order.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from policy_service.domain.entries import Ledger
from policy_service.facts.knowledge import NEVER
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.trace import OUTCOMES, Trace
from tests.simulations.plain.customer_day import day_of
from tests.simulations.plain.happened import Happened
from tests.simulations.plain.recorded import replay_recorded
from tests.simulations.plain.replay import replay

SnapshotOf: TypeAlias = Callable[[Ledger], Snapshot]
#: A policy of none is today's practice as recorded.
Executor: TypeAlias = Callable[[Snapshot, Policy | None, Options], Trace]
#: What happened, by what it is said of: comparable line by line.
Said: TypeAlias = Mapping[str, Mapping[str, object]]

MOST_LINES = 200


def differences(
    ledger: Ledger, policy: Policy | None, options: Options, snapshot_of: SnapshotOf, executor: Executor
) -> list[str]:
    """Return in what the executor's trace differs from the plain run, one sentence each; none where they agree."""
    happened = replay_recorded(ledger, options) if policy is None else replay(ledger, policy, options)
    snapshot = snapshot_of(ledger)
    return told(said_of_run(happened), said_of_trace(executor(snapshot, policy, options), snapshot))


def told(expected: Said, actual: Said) -> list[str]:
    """Return what differs between two runs, at most 20 sentences."""
    lines = []
    for about in sorted({*expected, *actual}):
        one, other = expected.get(about), actual.get(about)
        if one is None or other is None:
            lines.append(f"{about}: {'not in the plain run' if one is None else 'not in the trace'}: {one or other}")
            continue
        lines += [
            f"{about}: {name} is {other.get(name)}, in the plain run {one.get(name)}"
            for name in {**one, **other}
            if one.get(name) != other.get(name)
        ]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def said_of_run(happened: Happened) -> Said:
    """Return what the plain run says, by order, invoice, customer and firing."""
    found: dict[str, dict[str, object]] = {}
    turns: Counter[str] = Counter()
    for one in happened.decided:
        customer_id = one.order.customer_id
        found[f"order {one.order.id} of {customer_id}"] = {
            "turn": turns[customer_id],
            "day": date(one.order.date),
            "outcome": one.outcome.value,
            "reason": one.reason,
            "row": ".".join(one.hit) if one.hit else "",
            "went ahead": date(one.went_ahead),
        }
        turns[customer_id] += 1
    for customer_id, books in happened.books.items():
        for invoice in books.history.invoices:
            found[f"invoice {invoice.invoice_id}"] = {"exists": invoice.invoice_id in books.invoices}
        for invoice in books.invoices.values():
            found[f"invoice {invoice.id}"] |= {
                "waited": invoice.waited,
                "due": date(invoice.due),
                "moved": invoice.moved,
                "prepaid": invoice.prepaid,
                "prepaid on": date(invoice.prepaid_on),
            }
        found[f"customer {customer_id}"] = {
            "reviews": happened.reviews.get(customer_id, 0),
            "grade": happened.grades.get(customer_id, ""),
        }
    firings = [(one.customer_id, one.day, one.key, one.invoice_id, one.opens) for one in happened.fired]
    return found | _firings(firings)


def said_of_trace(trace: Trace, snapshot: Snapshot) -> Said:
    """Return what a trace says, in the same words."""
    return _orders(trace, snapshot) | _invoices(trace, snapshot) | _customers(trace, snapshot) | _fired(trace, snapshot)


def _orders(trace: Trace, snapshot: Snapshot) -> dict[str, dict[str, object]]:
    ids = snapshot.order_ids if snapshot.has_orders_file else snapshot.invoice_ids
    found, turns = {}, Counter[str]()
    columns = zip(*(column.tolist() for column in trace.orders), strict=True)
    for entry, customer, day, outcome, reason, hit, went_ahead in columns:
        customer_id = snapshot.customer_ids[customer]
        found[f"order {ids[entry]} of {customer_id}"] = {
            "turn": turns[customer_id],
            "day": date(day),
            "outcome": OUTCOMES[outcome].value,
            "reason": trace.reasons[reason] if reason >= 0 else "",
            "row": ".".join(trace.rows[hit]) if hit >= 0 else "",
            "went ahead": date(went_ahead),
        }
        turns[customer_id] += 1
    return found


def _invoices(trace: Trace, snapshot: Snapshot) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    columns = zip(snapshot.invoice_ids, *(column.tolist() for column in trace.invoices), strict=True)
    for name, exists, waited, due, moved, prepaid, prepaid_on in columns:
        found[f"invoice {name}"] = {"exists": bool(exists)}
        if exists:
            found[f"invoice {name}"] |= {
                "waited": waited,
                "due": date(due),
                "moved": moved,
                "prepaid": prepaid,
                "prepaid on": date(prepaid_on),
            }
    return found


def _customers(trace: Trace, snapshot: Snapshot) -> dict[str, dict[str, object]]:
    columns = zip(snapshot.customer_ids, *(column.tolist() for column in trace.reviewed), strict=True)
    return {
        f"customer {name}": {"reviews": reviews, "grade": trace.grades[grade] if grade >= 0 else ""}
        for name, reviews, grade in columns
    }


def _fired(trace: Trace, snapshot: Snapshot) -> dict[str, dict[str, object]]:
    columns = zip(*(column.tolist() for column in trace.firings), strict=True)
    return _firings(
        [
            (
                snapshot.customer_ids[customer],
                day,
                trace.levels[level],
                snapshot.invoice_ids[invoice] if invoice >= 0 else "",
                bool(opens),
            )
            for customer, day, level, invoice, opens in columns
        ]
    )


def _firings(fired: Sequence[tuple[str, int, str, str, bool]]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for customer_id, day, level, invoice_id, opens in fired:
        about = f"{level} of {customer_id} on {date(day)} for {invoice_id or 'nothing'}"
        found.setdefault(about, {"times": 0})["times"] += 1
        ladder = level.partition(".")[0]
        cases = found.setdefault(f"cases of {ladder} of {customer_id} on {date(day)}", {"opened": 0})
        cases["opened"] += opens
    return found


def date(day: int | None) -> str:
    """Return a day as a date; `never` of what did not happen."""
    return "never" if day is None or abs(day) >= NEVER else day_of(day).isoformat()


def figure_differences(plain: object, other: object, about: str = "") -> list[str]:
    """Return in what figures differ from the plain ones; in counts by key what is missing counts as 0.

    Reasons of null figures are compared by what they are given for, not by their words.
    """
    if isinstance(plain, Mapping) and isinstance(other, Mapping):
        if about.endswith("null_reasons"):
            plain, other = dict.fromkeys(plain, True), dict.fromkeys(other, True)
        names = sorted({*plain, *other}, key=str)
        return [
            line
            for name in names
            for line in figure_differences(plain.get(name, 0), other.get(name, 0), f"{about}/{name}".strip("/"))
        ]
    if isinstance(plain, Mapping) or isinstance(other, Mapping):
        given, empty = (plain, other) if isinstance(plain, Mapping) else (other, plain)
        is_nothing = empty == 0 and not any(_numbers(given))
        return [] if is_nothing else [f"{about} is {other}, in the plain run {plain}"]
    return [] if plain == other else [f"{about} is {other}, in the plain run {plain}"]


def _numbers(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [number for one in value.values() for number in _numbers(one)]
    return [value]
