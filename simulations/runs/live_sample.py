"""A sample of a run's orders, decided once more by the live engines from facts that the service measures itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from policy_service.domain.decisions import ChainResult
from policy_service.domain.errors import FactError, MissingFact
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import Kind
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.services.chain_decision import Grounds, Reading, read
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy, compiled
from policy_service.services.engine_pair import referred_chain
from policy_service.services.request_facts import ORDER_AMOUNT
from policy_service.services.standings import Standing
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.moment import Moment, Moments
from simulations.replay.trace import OUTCOMES, Trace
from simulations.runs.disagreement import Disagreement
from simulations.runs.entries_of_customer import date_of
from simulations.runs.ledger_in_run import LedgerInRun, LedgersInRun


class Said(NamedTuple):
    """What a run said of the order at a place of the snapshot's orders: outcome, first reason, first row; or empty."""

    entry: int
    outcome: str
    reason: str
    row: str


def said_of(trace: Trace, places: Sequence[int]) -> Sequence[Said]:
    """Return what a run said of the orders at these places of its trace."""
    orders = trace.orders
    columns = (orders.entry, orders.outcome, orders.reason, orders.hit)
    numbers = zip(*(column[places].tolist() for column in columns), strict=True)
    return [named(entry, said, trace.reasons, trace.rows) for entry, *said in numbers]


def named(entry: int, said: Sequence[int], reasons: Sequence[str], rows: Sequence[tuple[str, str]]) -> Said:
    """Return what was said of an order in words; `said` are outcome, reason and hit as `DecidedOrders` has them."""
    outcome, reason, hit = said
    row = " ".join(rows[hit]) if hit >= 0 else ""
    return Said(entry, OUTCOMES[outcome].value, reasons[reason] if reason >= 0 else "", row)


@contextmanager
def live_version(policy: Policy) -> Iterator[CompiledPolicy]:
    """Give the policy with its live engines, which are freed afterwards; EngineFault E011 if they do not take it."""
    version = compiled(policy, policy_hash(policy))
    try:
        yield version
    finally:
        version.engines.close()


def decided_again(
    snapshot: Snapshot, version: CompiledPolicy, moments: Moments, said: Sequence[Said]
) -> Iterator[Disagreement | None]:
    """Yield in what the live engines differ from what the run said of each of these orders, None where they agree.

    `version` has the parameters that the run had. Outcome, first reason and first row must be the same, and every fact
    that is measured.
    """
    policy, ledgers = version.policy, LedgersInRun(snapshot)
    for one in said:
        moment = moments.at(one.entry)
        reading, chain = _decided(snapshot, moment, ledgers.at(moment), version)
        found = _difference(policy, moment, reading, chain, one)
        yield None if found is None else _disagreement(snapshot, policy, moment, found)


def with_parameters(policy: Policy, parameters: Mapping[str, int]) -> Policy:
    """Return the policy with these values in the place of its own."""
    turned = {
        name: replace(one, value=parameters[name]) if name in parameters else one
        for name, one in policy.parameters.items()
    }
    return replace(policy, parameters=turned)


def _decided(
    snapshot: Snapshot, moment: Moment, known: LedgerInRun, version: CompiledPolicy
) -> tuple[Reading | None, ChainResult]:
    grounds = Grounds(
        customer_id=snapshot.customer_ids[moment.customer],
        ledger=PreparedLedger(known.ledger),
        knowledge=Knowledge(date_of(moment.day)),
        standing=Standing(moment.standing),
        terms={snapshot.customer_ids[one.customer]: Standing(one.standing).terms() for one in moment.others},
        request={ORDER_AMOUNT: _amount(snapshot, moment)},
        orders=known.orders,
    )
    try:
        reading = read(version, DecisionType.ORDER, grounds, CodeBook(version.policy))
    except FactError as error:
        missing = error.facts if isinstance(error, MissingFact) else ()
        return None, referred_chain(DecisionType.ORDER, str(error), missing=missing)
    return reading, version.engines.decide(DecisionType.ORDER, reading.values)


def _amount(snapshot: Snapshot, moment: Moment) -> int:
    if snapshot.has_orders_file:
        return int(snapshot.orders.amount[int(snapshot.orders.begins[moment.customer]) + moment.order])
    return int(snapshot.invoices.amount[int(snapshot.invoices.begins[moment.customer]) + moment.order])


def _difference(policy: Policy, moment: Moment, reading: Reading | None, chain: ChainResult, said: Said) -> str | None:
    meant = _meant(chain)
    for what, one, other in zip(("outcome", "reason", "row"), said[1:], meant, strict=True):
        if one != other:
            return f"the {what} is {one or 'none'} in the run, {other or 'none'} live"
    measured = reading.values if reading else moment.facts
    for name, value in moment.facts.items():
        ours, theirs = (_comparable(policy, name, each) for each in (value, measured[name]))
        if ours != theirs:
            return f"{name} is {ours} in the run, {theirs} live"
    return None


def _comparable(policy: Policy, name: str, value: int) -> int:
    # The codes of texts that the policy does not mention say nothing but that.
    is_text = policy.facts[name].kind is Kind.CATEGORY
    return min(value, len(policy.vocabulary)) if is_text else value


def _meant(chain: ChainResult) -> tuple[str, str, str]:
    is_approved = chain.outcome is Outcome.APPROVE
    reason = chain.reasons[0].code if chain.reasons and not is_approved else ""
    row = next((f"{one.rule_set} {one.hits[0]}" for one in chain.rule_sets if one.hits), "")
    return str(chain.outcome.value if chain.outcome else ""), reason, row


def _disagreement(snapshot: Snapshot, policy: Policy, moment: Moment, found: str) -> Disagreement:
    has_file = snapshot.has_orders_file
    begins, ids = (
        (snapshot.orders.begins, snapshot.order_ids) if has_file else (snapshot.invoices.begins, snapshot.invoice_ids)
    )
    order_id = ids[int(begins[moment.customer]) + moment.order]
    return Disagreement(
        policy.id, snapshot.customer_ids[moment.customer], order_id, date_of(moment.day).isoformat(), found
    )
