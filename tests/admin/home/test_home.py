"""The first screen: the portfolio as it was counted, the day's work, and what waits for whoever looks."""

from collections.abc import Callable

from sqlalchemy import delete

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.portfolio.refreshing import refresh
from policy_service.storage.models.ledger import LedgerState
from tests.admin.browser import Browser
from tests.api.house import Clock
from tests.services.decisions.live import answered, asked, person

IN_CHINESE = {"Accept-Language": "zh-CN"}


def test_before_the_first_count_it_says_so(manager: Browser) -> None:
    assert "has not been counted yet" in manager.words("/")


def test_every_figure_leads_to_the_customers_behind_it(manager: Browser, house: House, clock: Clock) -> None:
    refresh(house, clock)
    page = manager.words("/")
    assert "Portfolio in CNY" in page
    assert "being counted anew" not in page
    behind = manager.words("/portfolio?amount=open_balance")
    assert "C1" in behind
    assert "Open invoices 1,000.00 customers: 1" in page


def test_what_happens_after_the_count_is_told(manager: Browser, house: House, clock: Clock) -> None:
    refresh(house, clock)
    answered(house, asked(order="100000", order_id="O1"), person("sam", Role.SALES))
    page = manager.words("/")
    assert "being counted anew" in page
    assert "Held orders 1 100,000.00 CNY" in page


def test_held_orders_whose_amount_nobody_knows_in_base_currency_are_told_beside_the_sum(
    manager: Browser, house: House
) -> None:
    answered(house, asked(order="100000", order_id="O1"), person("sam", Role.SALES))
    answered(house, asked(order="50", order_id="O2", currency="USD"), person("sam", Role.SALES))
    assert "Held orders 2 100,000.00 CNY · without an amount: 1" in manager.words("/")
    assert "100,000.00 CNY · 无金额：1" in manager.open("/", **IN_CHINESE)


def test_before_there_is_a_base_currency_no_sum_of_held_orders_is_told(manager: Browser, house: House) -> None:
    answered(house, asked(order="50", order_id="O2", currency="USD"), person("sam", Role.SALES))
    with house.database.writing() as session:
        session.execute(delete(LedgerState))
    assert "Held orders 1 without an amount: 1" in manager.words("/")
    assert ">无金额：1<" in manager.open("/", **IN_CHINESE)


def test_reviews_that_are_due_are_listed(manager: Browser) -> None:
    assert "No review is due." in manager.words("/reviews-due")


def test_who_may_not_see_customers_sees_none_of_it(
    browser_of: Callable[..., Browser], house: House, clock: Clock
) -> None:
    refresh(house, clock)
    admin = browser_of("adam", Role.ADMIN)
    assert "Portfolio" not in admin.words("/")
    admin.open("/portfolio", status=403)
    admin.open("/reviews-due", status=403)
