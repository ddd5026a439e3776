"""The hand-written replay as plain Python over lists, its orders checked by itself or by a rule engine.

The same text as the kernel, not compiled: a process of its own with NUMBA_DISABLE_JIT runs it, and prints what it
found as JSON.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time
from typing import Any, Final

import numpy as np

from benchmarks.hand_written import customers
from benchmarks.hand_written.customers import FIRING, Done
from benchmarks.hand_written.desk import COUNTS, EXPOSURE, FIRED, ONE_AGED, PAST_DUE, PREPAYS, STANDING, STOPPED, Desk
from benchmarks.hand_written.ledger import Ledger, ledger_of
from benchmarks.hand_written.policy import HOLD_AFTER_DAYS, LIMITS, NOTHING, ROW_OF_D, ROWS
from benchmarks.hand_written.replay import desk_for, room_for
from benchmarks.measuring import seconds_of
from benchmarks.plain_steps import steps_of
from benchmarks.replays.ledgers import WINDOW, sample_of, sme_simple
from benchmarks.zen_peer import ZenLoader
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import MILLION
from policy_service.engines.chain import Chains
from policy_service.engines.durable.engine import DurableEngine
from policy_service.engines.parameters import parameters_of
from simulations.ledger_snapshot.snapshot import Snapshot

PLAIN: Final = "plain Python"
ZEN: Final = "zen-engine, precompiled loader, in that loop"
DURABLE: Final = "durable-rules, behind our engine, in that loop"
_CheckOrder = Callable[[int, Desk, Ledger], int]


@dataclass(frozen=True, slots=True)
class Loops:
    """Processor seconds of each loop over a sample of so many orders, and the digest of what all of them decided."""

    orders: int
    seconds: Mapping[str, float]
    digests: Mapping[str, str]


def in_a_child(orders: int) -> Loops:
    """Run the loops on about so many orders in a process that compiles nothing."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::RuntimeWarning", "-m", __name__, str(orders)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return Loops(**json.loads(ran.stdout))


def digest_of(outcome: Any, hit: Any) -> str:
    """Return the digest of what was decided."""
    return hashlib.sha256(np.array([outcome, hit], dtype=np.int8).tobytes()).hexdigest()


def loops(orders: int) -> Loops:
    """Run the loops, interpreted."""
    snapshot = sample_of(orders)
    by_itself = customers.check_order
    engine = DurableEngine(sme_simple())
    try:
        checks = {PLAIN: by_itself, ZEN: _asking_zen(), DURABLE: _asking_durable(engine)}
        seconds, digests = {}, {}
        for name, check in checks.items():
            setattr(customers, by_itself.__name__, check)
            seconds[name], digests[name] = _measured(snapshot)
    finally:
        setattr(customers, by_itself.__name__, by_itself)
        engine.close()
    return Loops(len(snapshot.invoices.issued), seconds, digests)


def _measured(snapshot: Snapshot) -> tuple[float, str]:
    begins, ends = WINDOW.begins, WINDOW.ends
    decided = ((snapshot.invoices.ordered >= begins) & (snapshot.invoices.ordered < ends)).sum()
    ledger = Ledger(*(_listed(column) for column in ledger_of(snapshot)))
    done = Done(*(_listed(column) for column in room_for(snapshot, int(decided))))
    desk = Desk(*(_listed(column) for column in desk_for(snapshot, WINDOW)))
    firings = [[0] * FIRING for _ in range(len(desk.to_fire) + ends - begins)]

    def replayed() -> None:
        told = 0
        for customer in range(snapshot.customers):
            desk.state[FIRED] = 0
            told = customers.run_customer(customer, told, ledger, desk, done, firings)  # type: ignore[arg-type]

    return seconds_of(replayed, process_time), digest_of(done.outcome, done.hit)


def _listed(column: Any) -> Any:
    return column if isinstance(column, int) else column.tolist()


def _facts(at: int, desk: Desk, ledger: Ledger) -> dict[str, int]:
    state = desk.state
    is_prepaid = state[PREPAYS] or state[STANDING] == ROW_OF_D
    return {
        "stop_credit": state[STOPPED],
        "prepay_percent": 100 * MILLION if is_prepaid else 0,
        "oldest_days_past_due": HOLD_AFTER_DAYS + 1 if desk.totals[COUNTS] % ONE_AGED else 0,
        "past_due_balance": desk.totals[PAST_DUE],
        "exposure": desk.totals[EXPOSURE],
        "order_amount": ledger.amount[at],
        "credit_limit": LIMITS[state[STANDING]],
    }


def _asking_zen() -> _CheckOrder:
    policy = sme_simple()
    steps = steps_of(policy.chain(DecisionType.ORDER), policy.vocabulary)
    peer = ZenLoader({DecisionType.ORDER: steps}, parameters_of(policy))
    (table,) = steps

    def check(at: int, desk: Desk, ledger: Ledger) -> int:
        lines = peer.ask(DecisionType.ORDER, {**_facts(at, desk, ledger)})[table.name]
        return ROWS.index(lines[0]["row"]) if lines else NOTHING

    return check


def _asking_durable(engine: DurableEngine) -> _CheckOrder:
    chains = Chains(engine, sme_simple())

    def check(at: int, desk: Desk, ledger: Ledger) -> int:
        return ROWS.index(chains.run(DecisionType.ORDER, _facts(at, desk, ledger)).rule_sets[0].hits[0])

    return check


if __name__ == "__main__":
    found = loops(int(sys.argv[1]))
    print(json.dumps({"orders": found.orders, "seconds": found.seconds, "digests": found.digests}))
