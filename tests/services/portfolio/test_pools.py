"""Customers measured together owe what facts say of each of them alone, on any ledger and with any orders."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from policy_service.domain.entries import Customer, CustomerHistory, Ledger
from policy_service.facts.currency import RateTable
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.measure import Circumstances, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.policy import ExposureComponent
from policy_service.services.portfolio.measuring import Measuring, measured
from policy_service.services.portfolio.months import CURRENT, Flow, added_up, balances
from policy_service.services.portfolio.pooling import pools
from policy_service.services.standings import Standing
from tests.examples import examples
from tests.facts.random_ledgers import START, days, entries, fixed_rates, live_orders
from tests.facts.small_ledgers import CNY, Entry, built_in, day, invoice, order
from tests.storage.books import history_of, ledger_of

#: By the name of the fact what is counted of a customer.
FACTS = {
    "open_balance": "open_balance",
    "overdue_balance": "overdue",
    "disputed_balance": "disputed",
    "unapplied_cash": "unapplied_cash",
    "open_orders": "open_orders",
    "unmatured_bills": "unmatured_bills",
    "exposure": "exposure",
}
COMPONENTS = st.lists(st.sampled_from(ExposureComponent), min_size=1, unique=True)
INSURED = Customer("", attributes={"insured_limit": "5.00", "cover_share": "0.9"})


def renamed(entry: Entry, customer_id: str, *, also_orders: bool) -> Entry:
    """Return the entry as one of that customer; its orders may have the ids of another's."""
    names = ("invoice_id", "payment_id", "adjustment_id", "dispute_id", "promise_id", "event_id")
    own = (*names, "order_id") if also_orders else names
    ids = {name: f"{customer_id}/{getattr(entry, name)}" for name in own if getattr(entry, name, "")}
    return replace(entry, **ids, **({"customer_id": customer_id} if hasattr(entry, "customer_id") else {}))


@st.composite
def companies(draw: st.DrawFn) -> tuple[Ledger, Mapping[str, tuple[LiveOrder, ...]]]:
    """Return a ledger of some customers, and the orders that the service was asked about by each."""
    histories, live = dict[str, CustomerHistory](), dict[str, tuple[LiveOrder, ...]]()
    for number in range(draw(st.integers(2, 4))):
        name, also = f"C{number}", draw(st.booleans())
        versions = [replace(draw(st.sampled_from((Customer(""), INSURED))), customer_id=name)]
        histories[name] = history_of(versions, [renamed(one, name, also_orders=also) for one in draw(entries())])
        asked = draw(live_orders())
        live[name] = tuple(structs.replace(one, order_id=f"{name}/{one.order_id}") for one in asked) if also else asked
    rates = tuple(sorted(fixed_rates(), key=lambda rate: (rate.date, rate.currency)))
    return Ledger(CNY, histories, rates, draw(st.booleans())), live


def pooled(
    ledger: Ledger,
    live: Mapping[str, tuple[LiveOrder, ...]],
    on: dt.date,
    components: list[ExposureComponent],
    graces: Mapping[str, int],
) -> dict[str, tuple[dict[str, int], bytes]]:
    """Return what every customer is measured with."""
    standings = {name: Standing({**Standing().values, "grace_days": graces[name]}) for name in ledger.histories}
    by = Measuring(components, CNY, standings)
    knowledge = Knowledge(on, includes_day=True)
    made = pools(
        tuple(ledger.histories.values()), live, RateTable(ledger), knowledge, has_orders_file=ledger.has_orders_file
    )
    return {
        history.customer_id: found
        for pool in made
        for history, found in zip(pool.histories, measured(pool, by), strict=True)
    }


@settings(max_examples=examples(30), deadline=None)
@given(companies(), days(200), COMPONENTS, st.lists(st.sampled_from((0, 3, 5)), min_size=4, max_size=4))
def test_each_owes_what_facts_say(
    company: tuple[Ledger, Mapping[str, tuple[LiveOrder, ...]]],
    on: dt.date,
    components: list[ExposureComponent],
    graces: list[int],
) -> None:
    ledger, live = company
    grace_of = dict(zip(ledger.histories, graces, strict=False))
    found = pooled(ledger, live, on, components, grace_of)
    prepared, knowledge = PreparedLedger(ledger), Knowledge(on, includes_day=True)
    asked = [built_in(fact) for fact in (*FACTS, "past_due_balance")]
    for name in ledger.histories:
        circumstances = Circumstances(
            exposure=tuple(components),
            terms={name: StandingTerms(grace_days=grace_of[name])},
            orders=OrderDecisions(live={name: live[name]}),
        )
        facts = measure_facts(prepared, name, asked, knowledge, circumstances)
        amounts, _ = found[name]
        assert {fact: facts[fact].value for fact in FACTS} == {fact: amounts[own] for fact, own in FACTS.items()}
        aged = [amounts[bucket] for bucket in ("days_1_30", "days_31_60", "days_61_90", "days_over_90")]
        assert facts["past_due_balance"].value == sum(aged) == amounts["open_balance"] - amounts["not_due"]


@settings(max_examples=examples(30), deadline=None)
@given(companies())
def test_once_all_is_known_the_months_add_up_to_what_is_open(
    company: tuple[Ledger, Mapping[str, tuple[LiveOrder, ...]]],
) -> None:
    ledger, live = company
    on = START + dt.timedelta(days=100)
    found = pooled(ledger, live, on, [ExposureComponent.OPEN_BALANCE], dict.fromkeys(ledger.histories, 0))
    for amounts, months in found.values():
        flows = added_up([months])
        assert amounts["open_balance"] == balances(flows[Flow.SOLD], flows[Flow.SETTLED])[CURRENT]
        past_due = balances(flows[Flow.FELL_DUE], flows[Flow.SETTLED_OF_DUE])[CURRENT]
        assert past_due == amounts["open_balance"] - amounts["not_due"]


def test_an_invoice_lowers_no_order_of_another_customer_that_goes_by_the_same_id() -> None:
    ledger = ledger_of(
        invoice("I1", "2026-01-10", "2026-02-10", 70, order="O1", of="C1"),
        order("O1", "2026-01-05", 100, of="C2"),
        orders_file=True,
    )
    found = pooled(ledger, {}, day("2026-01-20"), [ExposureComponent.OPEN_ORDERS], {"C1": 0, "C2": 0})
    assert [0, 100] == [found[name][0]["open_orders"] for name in ("C1", "C2")]


def test_f10_thirty_days_past_due_are_in_the_first_bucket_and_thirty_one_in_the_second() -> None:
    """An invoice due on 1 March is 30 days past due on 31 March, and 31 on 1 April."""
    ledger = ledger_of(invoice("I1", "2026-02-01", "2026-03-01", 70))
    names = ("not_due", "days_1_30", "days_31_60")
    seen = {
        on: [pooled(ledger, {}, day(on), [ExposureComponent.OPEN_BALANCE], {"C1": 0})["C1"][0][name] for name in names]
        for on in ("2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01")
    }
    assert [[70, 0, 0], [0, 70, 0], [0, 70, 0], [0, 0, 70]] == list(seen.values())
