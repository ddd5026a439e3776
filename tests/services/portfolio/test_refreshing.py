"""The portfolio is counted whole once a day, and after that again for those about whom something was said or done."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.services.daily_run.run import run_day
from policy_service.services.given_overrides import confirm, end, give
from policy_service.services.house import House
from policy_service.services.override_limits import Wanted
from policy_service.services.portfolio.figures import Figures, figures
from policy_service.services.portfolio.refreshing import refresh
from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict
from policy_service.storage.models.portfolio import PortfolioDay
from policy_service.storage.portfolio_store import CountedCustomer, CustomersWanted, PortfolioStore
from tests.services.decisions.live import answered, asked, at, enforce, person, post
from tests.services.house import INVOICES, LEDGER, house_policy, policy_with
from tests.services.orders.shop import TODAY, Shop, open_shop

VIEWER = person("vic", Role.VIEWER)
NOON = at(TODAY, 12)
OF_INVOICES = policy_with("policy", "rule_sets:", "exposure: [open_balance]\nrule_sets:")


def count(house: House, when: Instant = NOON) -> int | None:
    """Count what has changed by then."""
    return refresh(house, lambda: when)


def seen(house: House, when: Instant = NOON) -> Figures:
    """Return the figures as they are seen then."""
    with house.database.reading() as session:
        found = figures(house, session, VIEWER, when)
    assert found is not None
    return found


def customer(house: House, customer_id: str) -> CountedCustomer:
    """Return a customer as it was counted last."""
    with house.database.reading() as session:
        every = PortfolioStore(session).page(CustomersWanted())
    return next(one for one in every if one.customer_id == customer_id)


@pytest.fixture
def shop(database: Database) -> Shop:
    """Give a shop whose portfolio is counted."""
    made = open_shop(database)
    assert count(made.house) == 3
    return made


def test_nothing_is_counted_again_as_long_as_nothing_happens(shop: Shop) -> None:
    assert count(shop.house) is None
    assert count(shop.house, NOON + 3_600_000_000) is None


def test_before_the_first_count_there_are_no_figures(house: House) -> None:
    with house.database.reading() as session:
        assert figures(house, session, VIEWER, NOON) is None


def test_nothing_can_be_counted_without_a_ledger_or_without_a_policy(bare: House) -> None:
    assert count(bare) is None
    post(bare)
    assert count(bare) is None
    enforce(bare, house_policy())
    assert count(bare) == 3


def test_a_new_day_counts_all_anew(shop: Shop) -> None:
    """I1 of C1 is due on the last of January."""
    tomorrow = at(dt.date(2025, 2, 1), 9)
    assert 0 == seen(shop.house).past_due
    assert not seen(shop.house, tomorrow).is_current
    assert count(shop.house, tomorrow) == 3
    assert (1000_00, True) == (seen(shop.house, tomorrow).past_due, seen(shop.house, tomorrow).is_current)


def test_of_what_is_posted_only_those_it_is_about_are_counted(shop: Shop) -> None:
    shop.post(payments="P1,2025-01-15,400.00,I1")
    stale = seen(shop.house)
    assert (1300_00, False) == (stale.open_balance.amount, stale.is_current)
    assert count(shop.house) == 1
    assert (900_00, True) == (seen(shop.house).open_balance.amount, seen(shop.house).is_current)


def test_new_rates_and_another_policy_version_count_all(shop: Shop) -> None:
    shop.post(rates="2025-01-01,USD,7.10")
    assert count(shop.house) == 3
    enforce(
        shop.house, policy_with("policy", "rule_sets:", "exposure: [open_balance]\nrule_sets:"), since=at(TODAY, 10)
    )
    assert count(shop.house) == 3


def _ask(shop: Shop) -> None:
    shop.ask("X", "500")


def _amend(shop: Shop) -> None:
    shop.ask("X", "100")
    count(shop.house)
    shop.amend("X", "500", "Y")


def _cancel_another(shop: Shop) -> None:
    shop.ask("X", "500")
    shop.ask("Y", "700")
    count(shop.house)
    shop.cancel("Y")


def _release(shop: Shop) -> None:
    shop.ask("X", "4500")
    count(shop.house)
    shop.release("X")


@pytest.mark.parametrize(
    ("do", "open_orders"), [(_ask, 500_00), (_amend, 500_00), (_cancel_another, 500_00), (_release, 4500_00)]
)
def test_what_becomes_of_an_order_counts_for_its_customer(
    shop: Shop, do: Callable[[Shop], None], open_orders: int
) -> None:
    do(shop)
    assert count(shop.house) == 1
    found = customer(shop.house, "C1")
    assert (open_orders, 1000_00 + open_orders) == (found.open_orders, found.exposure)
    assert 1300_00 + open_orders == seen(shop.house).exposure.amount


def test_an_order_that_is_marked_as_invoiced_is_open_no_more(shop: Shop) -> None:
    shop.ask("X", "500")
    shop.invoice("X")
    shop.post(invoices="I9,C1,2025-01-18,2025-02-18,500.00,X,2025-01-17")
    shop.book("X")
    count(shop.house)
    found = customer(shop.house, "C1")
    assert (0, 1500_00) == (found.open_orders, found.exposure)


def test_a_review_gives_its_customer_another_grade(bare: House) -> None:
    post(bare, {**LEDGER, "standings": "customer_id,from,grade,credit_limit\nC1,2024-01-01,B,5000\n"})
    enforce(bare, house_policy())
    count(bare)
    assert [("B", 1), (None, 2)] == [(one.grade, one.customers) for one in seen(bare).grades]
    answered(bare, asked("C1", None), day=TODAY, hour=10)
    assert count(bare) == 1
    assert [("A", 1), (None, 2)] == [(one.grade, one.customers) for one in seen(bare).grades]


def test_an_override_of_a_standing_counts_from_its_giving_to_its_end(shop: Shop) -> None:
    wanted = Wanted("C1", DecisionType.REVIEW, {"grade": "B"}, "Bank guarantee", TODAY + dt.timedelta(days=7))
    mia, fay = person("mia", Role.CREDIT_MANAGER), person("fay", Role.FINANCE_HEAD)
    kept = shop.within(lambda session: give(shop.house, session, wanted, mia, shop.act("mia")))
    if kept.state == "proposed":
        shop.within(lambda session: confirm(shop.house, session, kept.override_id, fay, shop.act("fay")))
    assert (1, "B") == (count(shop.house), customer(shop.house, "C1").grade)
    shop.within(lambda session: end(shop.house, session, kept.override_id, "Paid by now", mia, shop.act("mia")))
    assert (1, "A") == (count(shop.house), customer(shop.house, "C1").grade)


def test_what_the_run_of_a_day_stops_is_counted_as_stopped(shop: Shop) -> None:
    """I1 of C1 comes to be 30 days past due, at which the ladder stops credit."""
    before, march = dt.date(2025, 3, 1), dt.date(2025, 3, 2)
    run_day(shop.house, before, Act("clock", at(before, 9), "request-1"))
    count(shop.house, at(march, 8))
    assert (0, 0) == (seen(shop.house).stopped.customers, seen(shop.house).stopped.amount)
    run_day(shop.house, march, Act("clock", at(march, 9), "request-2"))
    count(shop.house, at(march, 10))
    assert (1, 1000_00) == (seen(shop.house).stopped.customers, seen(shop.house).stopped.amount)


def test_counted_bit_by_bit_is_as_counted_at_once(shop: Shop) -> None:
    for do in (_ask, _release_another, _post_and_book, _override):
        do(shop)
        count(shop.house)
    bit_by_bit = everything(shop.house)
    with shop.house.database.writing() as session:
        session.execute(delete(PortfolioDay))
    assert count(shop.house) == 3
    assert everything(shop.house) == bit_by_bit
    assert any(one.open_orders for one in bit_by_bit)


def everything(house: House) -> list[CountedCustomer]:
    """Return all customers as they were counted last, by id."""
    with house.database.reading() as session:
        return sorted(PortfolioStore(session).page(CustomersWanted()), key=lambda one: one.customer_id)


def _release_another(shop: Shop) -> None:
    shop.ask("Y", "700", customer="C2")
    shop.release("Y")


def _post_and_book(shop: Shop) -> None:
    shop.ask("Z", "100")
    shop.post(invoices="I9,C1,2025-01-18,2025-02-18,100.00,Z,2025-01-17", payments="P1,2025-01-15,1200.00,I1")
    shop.book("Z")


def _override(shop: Shop) -> None:
    wanted = Wanted("C2", DecisionType.REVIEW, {"stop_credit": "true"}, "Fraud", TODAY + dt.timedelta(days=7))
    mia = person("mia", Role.CREDIT_MANAGER)
    shop.within(lambda session: give(shop.house, session, wanted, mia, shop.act("mia")))


def test_whoever_counts_while_another_has_counted_stores_nothing(shop: Shop) -> None:
    shop.ask("X", "500")
    asked_for = []

    def meanwhile() -> Instant:
        # The first one to count asks for the time: before that the other is through.
        if not asked_for:
            asked_for.append(True)
            return NOON
        if len(asked_for) == 1:
            asked_for.append(True)
            shop.ask("Y", "300")
            count(shop.house)
        return NOON

    with pytest.raises(Conflict, match="portfolio"):
        refresh(shop.house, meanwhile)
    assert 800_00 == customer(shop.house, "C1").open_orders


def test_a_count_that_is_broken_off_is_made_up_for(shop: Shop) -> None:
    tomorrow, calls = at(dt.date(2025, 2, 1), 9), []

    def ended() -> Instant:
        calls.append(True)
        if len(calls) == 3:
            raise SystemExit
        return tomorrow

    with pytest.raises(SystemExit):
        refresh(shop.house, ended)
    assert TODAY == seen(shop.house, tomorrow).day
    assert count(shop.house, tomorrow) == 3
    assert dt.date(2025, 2, 1) == seen(shop.house, tomorrow).day


def test_a_customer_that_cannot_be_measured_is_named_and_the_others_count(bare: House) -> None:
    rows = "".join(f"I{n},C2,2025-01-02,2025-02-02,90000000000000000.00\n" for n in (11, 12))
    post(bare, {**LEDGER, "invoices": INVOICES + rows})
    enforce(bare, house_policy())
    assert count(bare) == 3
    found = seen(bare)
    assert ((("C2", "F104"),), 1000_00) == (found.not_counted, found.open_balance.amount)
