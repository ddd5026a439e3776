"""A policy with two dials over a ledger whose curve can be worked out by hand, and runs that are not run at all."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from policy_service.domain.currencies import currency
from policy_service.language.policy import Policy
from simulations.accounting.kpis import Kpis
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import Options
from simulations.search.asked import Asked
from simulations.search.runs import Values
from tests.simulations.plain.cases import ledger_of, made, options_of

HEAD = """
parameters:
  hold_after_days: {value: 7, type: days, min: 0, max: 30, step: 1, title: {en: Hold after, zh: 逾期冻结}}
  largest_order: {value: 1000, type: money, min: 100, max: 1000, step: 100}
  share: {value: 0.255, type: number, min: 0, max: 0.5, step: 0.1}
  free: {value: 5, type: number}
  price: {value: 10.00, type: money, min: 0, max: 100}
  word: {value: none at all, type: category}
  strict: {value: true, type: boolean}
"""
ORDER_CHECK = """
decision_table: order_check
hit_policy: first
rows:
  - {id: O1, when: {oldest_days_past_due: "> hold_after_days"}, then: {outcome: hold}, reason: PAST_DUE}
  - {id: O2, when: {order_amount: "> largest_order"}, then: {outcome: hold}, reason: LARGE_ORDER}
otherwise: {outcome: approve}
"""
#: The same with prepayments of who is past due, of which there are none as the policy stands.
PREPAYING: Mapping[str, str] = {
    "head": HEAD.replace("{value: 7, type: days", "{value: 25, type: days"),
    "order_check": ORDER_CHECK.replace("{outcome: hold}, reason: PAST_DUE", "{outcome: prepay}, reason: PAST_DUE"),
}
#: I1 is 5, 10 and 20 days past due when I2, I3 and I4 are ordered; in April J1 is 8 days past due when J2 is.
LEDGER = {
    "invoices": """
        invoice_id, customer_id, issue_date, due_date,   amount
        I1,         C1,          2026-01-01, 2026-01-11, 100
        I2,         C1,          2026-01-16, 2026-02-15, 200
        I3,         C1,          2026-01-21, 2026-02-20, 300
        I4,         C1,          2026-01-31, 2026-03-02, 400
        J1,         C2,          2026-01-05, 2026-02-06, 100
        J2,         C2,          2026-02-14, 2026-03-16, 500
    """,
    "payments": """
        payment_id, invoice_id, date,       amount
        P2,         I2,         2026-02-12, 200
    """,
}
WINDOW = {"from": "2026-01-15", "to": "2026-02-20"}


@cache
def policy() -> Policy:
    """Return the policy."""
    return made("dialled", {"head": HEAD, "order_check": ORDER_CHECK})


@cache
def asked(**options: str) -> Asked:
    """Return the policy over the ledger."""
    window = {name: dt.date.fromisoformat(text) for name, text in WINDOW.items()}
    return Asked(snapshot_of(ledger_of(LEDGER, currency("CNY"))), policy(), options_of({**window, **options}))


def asked_of_prepaying(**options: str) -> Asked:
    """Return the policy that asks for prepayments over the ledger."""
    return replace(asked(**options), policy=made("prepaying", PREPAYING))


def window() -> Options:
    """Return the window of the ledger."""
    return asked().options


class WorkedOut:
    """Runs whose figures a function tells; it notes which were asked for."""

    def __init__(self, figures: Callable[[Values], Mapping[str, object]], own: Values) -> None:
        self._figures, self._own = figures, own
        self.made: list[Values] = []
        self.planned = 0

    def kpis(self, every: Iterable[Values]) -> Sequence[Kpis]:
        """Return the figures of each."""
        wanted = list(every)
        self.made += [values for values in dict.fromkeys(wanted) if values not in self.made]
        return [{"null_reasons": {}, **self._figures(values)} for values in wanted]  # type: ignore[dict-item]

    def plan(self, runs: int) -> None:
        """Take down how many runs there may be."""
        self.planned = runs

    def own(self) -> Values:
        """Return the policy's own values."""
        return self._own
