"""Orders that the service was asked about count like rows of an orders file, and each order once."""

import datetime as dt
import gc
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from policy_service.domain.entries import Customer, Ledger, Order
from policy_service.domain.errors import FactError
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.dictionary import FactDefinition
from tests.examples import examples
from tests.facts.plain_facts import PlainDay, rounded
from tests.facts.random_ledgers import books_of, customers, days_that_matter, entries, live_orders
from tests.facts.small_ledgers import (
    CUSTOMER,
    Entry,
    built_in,
    day,
    declared,
    group_ledger,
    history,
    invoice,
    ledger,
    measured,
    order,
    rate,
    value,
)
from tests.facts.test_plain_facts import ALL_COMPONENTS, BUILT_IN, SCALES, measures


def told(*live: LiveOrder, of: str = CUSTOMER) -> Circumstances:
    """Return what is to be said to facts of orders that were asked about here."""
    return Circumstances(orders=OrderDecisions(live={of: live}))


def asked(
    name: str, date: str, amount: int, *, currency: str = "", prepaid: int = 0, goes_ahead: bool = True
) -> LiveOrder:
    return LiveOrder(name, day(date), amount, currency, prepaid, goes_ahead)


def open_orders(of: Ledger, live: LiveOrder, *days: str) -> list[int]:
    """Return the open orders at the start of each day."""
    return [value(of, "open_orders", on, circumstances=told(live)) for on in days]


FILE = pytest.mark.parametrize("orders_file", [True, False])


@FILE
def test_an_order_counts_at_once_in_the_exposure_and_from_tomorrow_in_the_averages(orders_file: bool) -> None:
    books = ledger(orders_file=orders_file)
    now = told(asked("X", "2026-01-05", 100_00))
    for name in ("open_orders", "exposure"):
        found = [value(books, name, "2026-01-05", live=live, circumstances=now) for live in (False, True)]
        assert [0, 100_00] == found
    averages = [
        value(books, "avg_monthly_orders_12m", on, live=True, circumstances=now) for on in ("2026-01-05", "2026-01-06")
    ]
    assert [0, 100_00] == averages


@FILE
def test_an_order_that_was_stopped_was_asked_for_but_is_not_open(orders_file: bool) -> None:
    now = told(asked("X", "2026-01-05", 100_00, goes_ahead=False))
    books = ledger(orders_file=orders_file)
    every, let_through = declared("orders", "count"), declared("orders", "count", where="let_through")
    assert (0, 1_000_000, 0) == (
        value(books, "open_orders", "2026-01-06", circumstances=now),
        measured(books, every, "2026-01-06", circumstances=now).value,
        measured(books, let_through, "2026-01-06", circumstances=now).value,
    )


@FILE
def test_only_what_is_not_prepaid_is_open_but_all_of_it_was_asked_for(orders_file: bool) -> None:
    now = told(asked("X", "2026-01-05", 100_00, prepaid=30_00))
    books = ledger(orders_file=orders_file)
    assert (70_00, 100_00) == (
        value(books, "open_orders", "2026-01-06", circumstances=now),
        value(books, "avg_monthly_orders_12m", "2026-01-06", circumstances=now),
    )


@FILE
def test_invoices_that_name_the_order_lower_it_and_stand_for_none_of_their_own(orders_file: bool) -> None:
    books = ledger(
        invoice("I1", "2026-01-10", "2026-02-10", 40_00, order="X", ordered="2026-01-07"),
        invoice("I2", "2026-01-15", "2026-02-15", 70_00, order="X"),
        orders_file=orders_file,
    )
    live = asked("X", "2026-01-05", 100_00)
    assert [100_00, 60_00, 0] == open_orders(books, live, "2026-01-10", "2026-01-11", "2026-01-16")
    count = measured(books, declared("orders", "count"), "2026-02-01", circumstances=told(live))
    assert (1_000_000, ("X",)) == (count.value, count.entries)


@FILE
def test_a_prepayment_and_an_invoice_lower_the_order_together(orders_file: bool) -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-10", 40_00, order="X"), orders_file=orders_file)
    live = asked("X", "2026-01-05", 100_00, prepaid=30_00)
    assert [70_00, 30_00] == open_orders(books, live, "2026-01-10", "2026-01-11")


@FILE
def test_without_an_invoice_it_is_open_for_180_days_and_its_rest_longer(orders_file: bool) -> None:
    """2026-01-02 plus 180 days is 2026-07-01."""
    live = asked("X", "2026-01-02", 100_00)
    assert [100_00, 0] == open_orders(ledger(orders_file=orders_file), live, "2026-07-01", "2026-07-02")
    invoiced = ledger(invoice("I1", "2026-01-10", "2026-02-10", 40_00, order="X"), orders_file=orders_file)
    assert [60_00] == open_orders(invoiced, live, "2027-07-02")


@FILE
def test_one_that_is_said_to_be_invoiced_is_open_for_as_long_as_that_is_said(orders_file: bool) -> None:
    live = replace(asked("X", "2026-01-02", 100_00), is_invoiced=True)
    assert [100_00] == open_orders(ledger(orders_file=orders_file), live, "2027-07-02")


@FILE
def test_an_invoice_that_is_said_to_be_of_an_order_lowers_it_and_stands_for_none_of_its_own(orders_file: bool) -> None:
    books = ledger(invoice("I1", "2026-01-10", "2026-02-10", 40_00), orders_file=orders_file)
    now = told(replace(asked("X", "2026-01-05", 100_00), invoice_ids=("I1",)))
    assert [60_00, 100_00] == [
        value(books, name, "2026-01-12", circumstances=now) for name in ("open_orders", "avg_monthly_orders_12m")
    ]


def test_an_invoice_of_the_orders_own_id_that_is_said_to_be_its_lowers_it_once() -> None:
    books = ledger(invoice("X", "2026-01-10", "2026-02-10", 40_00))
    live = replace(asked("X", "2026-01-05", 100_00), invoice_ids=("X", "I9"))
    assert [60_00] == open_orders(books, live, "2026-01-12")


def test_an_order_that_is_a_row_of_the_ledger_counts_once_with_what_the_row_says() -> None:
    """Until the row is known, what was asked here stands; then its amount, less what is prepaid here."""
    books = ledger(order("X", "2026-01-04", 90_00, posted="2026-01-10"), orders_file=True)
    live = asked("X", "2026-01-05", 100_00, prepaid=30_00)
    assert [70_00, 60_00] == open_orders(books, live, "2026-01-10", "2026-01-11")
    found = measured(books, declared("orders", "days_since_first", Kind.DAYS), "2026-01-11", circumstances=told(live))
    assert (7, ("X",)) == (found.value, found.entries)


def test_a_row_of_the_ledger_is_not_let_through_where_a_decision_here_stopped_it() -> None:
    books = ledger(order("X", "2026-01-05", 100_00), order("Y", "2026-01-05", 30_00), orders_file=True)
    now = Circumstances(
        orders=OrderDecisions(
            stopped=frozenset({"Y"}), live={CUSTOMER: (asked("X", "2026-01-05", 100_00, goes_ahead=False),)}
        )
    )
    assert 0 == value(books, "open_orders", "2026-01-06", circumstances=now)


@pytest.mark.parametrize(("issued", "expected"), [("2026-01-05", (0, 1)), ("2026-01-04", (100_00, 2))])
def test_an_invoice_that_names_no_order_is_the_order_of_its_id_unless_it_is_older(
    issued: str, expected: tuple[int, int]
) -> None:
    """Numbers of orders and of invoices may run beside each other: last year's invoice 1001 is not order 1001."""
    books = ledger(invoice("1001", issued, "2026-02-10", 100_00))
    now = told(asked("1001", "2026-01-05", 100_00))
    count = measured(books, declared("orders", "count", Kind.INTEGER), "2026-01-06", circumstances=now).value
    assert expected == (value(books, "open_orders", "2026-01-06", circumstances=now), count)


def test_an_invoice_of_another_order_is_not_the_order_of_its_own_id() -> None:
    books = ledger(invoice("1001", "2026-01-05", "2026-02-10", 100_00, order="7"))
    assert [100_00] == open_orders(books, asked("1001", "2026-01-05", 100_00), "2026-01-06")


def test_an_order_in_another_currency_is_lowered_in_its_own_currency_and_counts_in_base_currency() -> None:
    rates = [rate("2026-01-01", "USD", "7.00"), rate("2026-01-08", "USD", "6.00")]
    books = ledger(invoice("I1", "2026-01-10", "2026-02-10", 40_00, order="X", currency="USD"), rates=rates)
    live = asked("X", "2026-01-05", 100_00, currency="USD", prepaid=10_00)
    assert [630_00, 350_00] == open_orders(books, live, "2026-01-10", "2026-01-11")


def test_an_order_in_a_currency_without_a_rate_cannot_be_measured() -> None:
    with pytest.raises(FactError, match="Order X is in USD") as refused:
        value(ledger(), "open_orders", "2026-02-01", circumstances=told(asked("X", "2026-01-05", 1, currency="USD")))
    assert "F101" == refused.value.code


def test_orders_of_the_group_count_in_its_exposure() -> None:
    books = group_ledger([history(of="C1"), history(of="C2"), history(of="C3")], {"C1": "C1", "C2": "C1", "C3": "C3"})
    live = {name: (asked(f"X{name}", "2026-01-05", 100_00),) for name in ("C1", "C2", "C3")}
    now = Circumstances(orders=OrderDecisions(live=live))
    assert (100_00, 200_00) == (
        value(books, "exposure", "2026-01-06", circumstances=now),
        value(books, "group.exposure", "2026-01-06", circumstances=now),
    )


def test_headroom_shrinks_with_the_order() -> None:
    now = replace(told(asked("X", "2026-01-05", 100_00)), terms={CUSTOMER: StandingTerms(credit_limit=500_00)})
    assert 400_00 == value(ledger(), "headroom", "2026-01-05", live=True, circumstances=now)


def test_decisions_of_one_sitting_share_one_day_and_the_next_sees_the_order_of_the_one_before() -> None:
    books = PreparedLedger(ledger(invoice("I1", "2026-01-05", "2026-02-10", 100_00)))
    knowledge = Knowledge(day("2026-01-06"), includes_day=True)
    sitting = OrderDecisions()
    assert books.customer_day(CUSTOMER, knowledge, sitting) is books.customer_day(CUSTOMER, knowledge, sitting)
    asks = [built_in("exposure")]
    exposures = [
        measure_facts(books, CUSTOMER, asks, knowledge, told(*live))["exposure"].value
        for live in ((), (asked("X", "2026-01-06", 7_00),))
    ]
    assert [100_00, 107_00] == exposures


Scene = tuple[tuple[Entry, ...], tuple[Customer, ...], bool, tuple[LiveOrder, ...], bool]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Return entries, versions, whether there is an orders file, live orders, and whether the day itself is known."""
    return draw(entries()), draw(customers()), draw(st.booleans()), draw(live_orders()), draw(st.booleans())


def days_to_look_at(collected: tuple[Entry, ...], live: tuple[LiveOrder, ...]) -> list[dt.date]:
    """Return every third of the days that matter to the entries and the orders."""
    rows = tuple(Order(one.order_id, CUSTOMER, one.date, one.amount, one.currency, one.date) for one in live)
    return days_that_matter(collected + rows)[len(collected) % 3 :: 3]


@given(scenes())
@settings(max_examples=examples(40), deadline=None)
def test_built_in_facts_agree_with_the_plain_recomputation(scene: Scene) -> None:
    collected, versions, orders_file, live, includes_day = scene
    books = books_of(collected, versions, orders_file)
    prepared = PreparedLedger(books)
    definitions = [built_in(name, kind) for name, kind in BUILT_IN.items()]
    now = replace(ALL_COMPONENTS, orders=OrderDecisions(live={CUSTOMER: live}))
    for on in days_to_look_at(collected, live):
        facts = measure_facts(prepared, CUSTOMER, definitions, Knowledge(on, includes_day), now)
        plain = PlainDay(books, CUSTOMER, on, live, includes_day)
        assert {name: plain.built_in(name, 3) for name in BUILT_IN} == {one.name: one.value for one in facts.values()}


@given(scenes(), st.lists(measures(("orders",)), min_size=2, max_size=4))
@settings(max_examples=examples(40), deadline=None)
def test_facts_over_orders_agree_with_the_plain_recomputation(
    scene: Scene, asks: list[tuple[FactDefinition, tuple]]
) -> None:
    collected, versions, orders_file, live, includes_day = scene
    books = books_of(collected, versions, orders_file)
    prepared = PreparedLedger(books)
    for on in days_to_look_at(collected, live):
        plain = PlainDay(books, CUSTOMER, on, live, includes_day)
        for definition, words in asks:
            fact = measure_facts(prepared, CUSTOMER, [definition], Knowledge(on, includes_day), told(*live))["fact"]
            number = plain.measure(*words)
            assert (UNKNOWN if number is None else rounded(number * SCALES[definition.kind])) == fact.value
        every = measure_facts(prepared, CUSTOMER, [EVERY_ORDER], Knowledge(on, includes_day), told(*live))["fact"]
        assert sorted(row.id for row in plain.rows_of_orders()) == sorted(every.entries)


EVERY_ORDER = declared("orders", "count")


@given(entries(), customers(), live_orders(), st.booleans())
@settings(max_examples=examples(40), deadline=None)
def test_an_order_asked_about_here_counts_as_a_row_of_the_orders_file_would(
    collected: tuple[Entry, ...], versions: tuple[Customer, ...], every: tuple[LiveOrder, ...], includes_day: bool
) -> None:
    known = {one.order_id for one in collected if isinstance(one, Order)}
    live = tuple(replace(one, prepaid=0, is_let_through=True) for one in every if one.order_id not in known)
    rows = tuple(Order(one.order_id, CUSTOMER, one.date, one.amount, one.currency, one.date) for one in live)
    beside = PreparedLedger(books_of(collected, versions, orders_file=True))
    within = PreparedLedger(books_of(collected + rows, versions, orders_file=True))
    definitions = [*(built_in(name, kind) for name, kind in BUILT_IN.items()), EVERY_ORDER]

    def facts(books: PreparedLedger, on: dt.date, circumstances: Circumstances) -> dict[str, tuple[int, list[str]]]:
        found = measure_facts(books, CUSTOMER, definitions, Knowledge(on, includes_day), circumstances)
        return {name: _value_and_entries(fact) for name, fact in found.items()}

    now = replace(ALL_COMPONENTS, orders=OrderDecisions(live={CUSTOMER: live}))
    for on in days_to_look_at(collected, live):
        assert facts(within, on, ALL_COMPONENTS) == facts(beside, on, now)


def _value_and_entries(fact: MeasuredFact) -> tuple[int, list[str]]:
    return fact.value, sorted(fact.entries)


def calls_for(live_orders_asked: int) -> int:
    """Return how many functions it takes to measure facts with so many orders that the ledger does not know."""
    definitions = [built_in("exposure"), built_in("avg_monthly_orders_12m")]
    known, knowledge = PreparedLedger(ledger(history(order("O1", "2026-01-01", 100)))), Knowledge(day("2026-03-01"))
    asked = told(*(LiveOrder(f"N{number}", day("2026-02-01"), 100, prepaid=10) for number in range(live_orders_asked)))
    calls = Counter[str]()
    before = sys.getprofile()
    # Who watches the garbage collector is called when it happens to run.
    gc.disable()
    sys.setprofile(lambda _frame, event, _argument: calls.update([event]))
    try:
        measure_facts(known, CUSTOMER, definitions, knowledge, asked)
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls["call"] + calls["c_call"]


def test_more_orders_that_the_ledger_does_not_know_take_no_more_calls() -> None:
    calls_for(2)
    assert calls_for(2) == calls_for(200)
