"""The first screen: the portfolio as it was counted, the day's work, and what waits for whoever looks."""

import re
from collections.abc import Callable

from sqlalchemy import delete, update

from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.portfolio.refreshing import refresh
from policy_service.storage.job_store import JobStore
from policy_service.storage.key_store import KeyStore
from policy_service.storage.models.jobs import Job as JobRow
from policy_service.storage.models.ledger import LedgerState
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.admin.browser import Browser
from tests.api.house import Clock, store_key
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


def test_an_administrator_sees_what_is_looked_after_and_what_is_wrong(
    browser_of: Callable[..., Browser], house: House, clock: Clock
) -> None:
    admin = browser_of("adam", Role.ADMIN)
    at = clock()
    store_key(house, "adam")
    store_key(house, "adam", expires_at=at + 20 * DAY)
    store_key(house, "adam", key_id="revoked")
    store_key(house, "adam", expires_at=at - 1)
    with house.database.writing() as session:
        KeyStore(session).revoke(["revoked"], at)
        failed = JobStore(session).add("run_day", {"day": "2025-01-20"}, Act("mia", at))
        session.execute(update(JobRow).where(JobRow.job_id == failed.job_id).values(state="failed", finished_at=at))
        webhook = WebhookStore(session).add(
            NewWebhook("W1", "https://erp.example", ("order.held",), "secret"), at, "adam"
        )
        WebhookStore(session).switch_off(webhook.webhook_id, "gone")
    page = admin.words("/")
    for said in (
        "People 1",
        "API keys 2 end within 30 days: 1",
        "Webhooks 0 switched off by the service: 1",
        "Jobs that failed 1",
        "Connections that are on 0",
        "Settings that wait for a second person 0",
        "Chains of records not sealed the service has no key of seals (SEAL_KEY)",
    ):
        assert said in page
    assert "失败的后台任务" in admin.open("/", **IN_CHINESE)


def test_what_an_administrator_sees_leads_to_the_lists(browser_of: Callable[..., Browser]) -> None:
    admin = browser_of("adam", Role.ADMIN)
    page = admin.open("/").partition("Administration</h2>")[2]
    leads_to = re.findall(r'figure-value"><a href="([^"]+)"', page)
    assert ["/people/", "/keys/?all=1", "/settings/", "/webhooks/", "/connections/", "/jobs/?state=failed"] == leads_to
    for path in leads_to:
        admin.open(path)


def test_nobody_else_sees_it(manager: Browser) -> None:
    assert "Jobs that failed" not in manager.words("/")
