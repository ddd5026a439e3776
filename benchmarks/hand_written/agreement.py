"""Whether the hand-written replay did what the product's did, field by field of a trace."""

import numpy as np

from benchmarks.hand_written.desk import Numbers
from benchmarks.hand_written.policy import GRADES, HOLD, REASONS, ROWS, STEPS
from benchmarks.hand_written.replay import ByHand
from policy_service.facts.knowledge import NEVER
from simulations.replay.trace import Trace


def differences(by_hand: ByHand, trace: Trace) -> tuple[str, ...]:
    """Return the fields of the trace that the hand-written replay does not tell the same, none where it agrees."""
    told = _told(by_hand, trace)
    expected = {
        f"{table}.{field}": column
        for table in ("orders", "invoices", "firings", "reviewed")
        for field, column in getattr(trace, table)._asdict().items()
    }
    if told.keys() != expected.keys():
        return tuple(sorted(told.keys() ^ expected.keys()))
    return tuple(field for field, column in expected.items() if not np.array_equal(told[field], column))


def _told(by_hand: ByHand, trace: Trace) -> dict[str, Numbers]:
    done, firings = by_hand.done, by_hand.firings.astype(np.int64)
    exists, day = done.exists == 1, done.day.astype(np.int64)
    prepaid = np.where(exists, done.prepaid, 0)
    prepaid_on = np.full(len(exists), -NEVER)
    prepaid_on[done.entry] = day
    return {
        "orders.entry": done.entry,
        "orders.customer": done.customer,
        "orders.day": day,
        "orders.outcome": done.outcome,
        "orders.reason": _places(REASONS, trace.reasons)[done.reason],
        "orders.hit": _places([("order_check", row) for row in ROWS], trace.rows)[done.hit],
        "orders.went_ahead": np.where(done.outcome < HOLD, day, -NEVER),
        "invoices.exists": exists.astype(np.int64),
        "invoices.waited": np.zeros(len(exists), dtype=np.int64),
        "invoices.due": np.where(exists, done.due.astype(np.int64), -NEVER),
        "invoices.moved": np.where(exists, done.moved, 0),
        "invoices.prepaid": prepaid,
        "invoices.prepaid_on": np.where(prepaid > 0, prepaid_on, -NEVER),
        "firings.customer": firings[:, 0],
        "firings.day": firings[:, 1],
        "firings.level": _places(STEPS, trace.levels)[firings[:, 2]],
        "firings.invoice": firings[:, 3],
        "firings.opens": firings[:, 4],
        "reviewed.reviews": done.reviews,
        "reviewed.grade": _places(GRADES, trace.grades)[done.grade],
    }


def _places(names: list[tuple[str, str]] | tuple[str, ...], of_trace: tuple[object, ...]) -> Numbers:
    # Of what is none the number is -1 in both.
    return np.array([*(of_trace.index(name) if name in of_trace else -2 for name in names), -1], dtype=np.int64)
