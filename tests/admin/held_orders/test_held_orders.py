"""The queue of held orders: what it shows, and that an order is released within one's authority alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import import_folder
from policy_service.storage.models.orders import AskedOrder
from policy_service.storage.order_store import OrderStore
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, at, person

ORDER = "/held-orders/order/O1"


@pytest.fixture
def held(house: House) -> None:
    """Hold an order."""
    order = answered(house, asked(order="100000", order_id="O1"), person("sam", Role.SALES))
    assert order.order is not None
    assert "held" == order.order.order.state


def test_an_empty_queue_says_what_it_is_for(manager: Browser) -> None:
    assert "No order is held." in manager.words("/held-orders/")


@pytest.mark.usefixtures("held")
def test_a_held_order_stands_in_the_queue_with_its_reasons(manager: Browser) -> None:
    queue = manager.words("/held-orders/")
    assert "O1 C1 100,000.00" in queue


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("page", ["/held-orders/", ORDER])
def test_the_facts_that_nobody_knows_are_named(house: House, manager: Browser, page: str) -> None:
    unknown = [{"code": "missing_fact", "facts": ["credit_limit", "exposure"], "rule_set": "order_check"}]
    with house.database.writing() as session:
        session.execute(update(AskedOrder).values(reasons=json.dumps(unknown)))
    assert "A fact is missing: Credit limit, Exposure" in manager.words(page)


@pytest.mark.usefixtures("held")
def test_a_reason_that_says_what_is_missing_does_not_say_it_twice(house: House, manager: Browser) -> None:
    unknown = {"code": "missing_fact", "facts": ["exposure"], "detail": "No rate is known.", "rule_set": "order_check"}
    with house.database.writing() as session:
        session.execute(update(AskedOrder).values(reasons=json.dumps([unknown])))
    assert "A fact is missing (No rate is known.) missing_fact" in manager.words(ORDER)


@pytest.mark.usefixtures("held")
def test_the_queue_names_the_customer_to_whoever_may_see_customers(
    house: House, manager: Browser, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,name\nC1,Harbour Foods\n", "utf-8")
    (tmp_path / "invoices.csv").write_text("invoice_id,customer_id,issue_date,due_date,amount\n", "utf-8")
    import_folder(house, tmp_path, Act("ada", at()), replaces=True)
    assert "O1 C1 Harbour Foods 100,000.00" in manager.words("/held-orders/")


@pytest.mark.usefixtures("held")
def test_whoever_may_releases_it_with_a_reason(browser_of: Callable[..., Browser], house: House) -> None:
    head = browser_of("finn", Role.FINANCE_HEAD)
    assert "Order O1 is released." in head.told(
        ORDER, f"{ORDER}/release", {"reason": "They paid today", "revision": "1"}
    )
    with house.database.reading() as session:
        assert ("released", "finn") == (
            OrderStore(session).load("O1").state,
            OrderStore(session).load("O1").released_by,
        )


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(("login", "reason"), [("finn", ""), ("sam", "They paid")])
def test_a_refused_release_changes_nothing_and_keeps_what_was_typed(
    browser_of: Callable[..., Browser], house: House, login: str, reason: str
) -> None:
    head = browser_of(login, Role.FINANCE_HEAD)
    head.send(ORDER, f"{ORDER}/release", {"reason": reason, "revision": "1"})
    page = head.open(ORDER)
    assert "alert-danger" in page
    assert f'value="{reason}"' in page
    with house.database.reading() as session:
        assert "held" == OrderStore(session).load("O1").state


@pytest.mark.usefixtures("held")
def test_who_only_looks_finds_no_form_and_cannot_send_one(browser_of: Callable[..., Browser], house: House) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert "Release the order" not in viewer.open(ORDER)
    assert "may not do this" in viewer.told(ORDER, f"{ORDER}/release", {"reason": "I like them", "revision": "1"})
    with house.database.reading() as session:
        assert "held" == OrderStore(session).load("O1").state


@pytest.mark.usefixtures("held")
def test_it_is_referred_to_a_role_and_found_under_it(manager: Browser) -> None:
    told = manager.told(ORDER, f"{ORDER}/refer", {"role": "finance_head", "reason": "Beyond me", "revision": "1"})
    assert "Order O1 is referred to: head of finance." in told
    assert "O1" in manager.words("/held-orders/?for=finance_head")
    assert "No order is held." in manager.words("/held-orders/?for=analyst")


@pytest.mark.usefixtures("held")
def test_what_somebody_else_changed_meanwhile_is_not_overwritten(manager: Browser) -> None:
    manager.send(ORDER, f"{ORDER}/refer", {"role": "analyst", "reason": "Look at it", "revision": "1"})
    told = manager.told(ORDER, f"{ORDER}/refer", {"role": "finance_head", "reason": "Beyond me", "revision": "1"})
    assert "is referred" not in told


def test_no_such_order_is_a_page_that_says_so(manager: Browser) -> None:
    assert "order" in manager.open("/held-orders/order/none", status=404)
