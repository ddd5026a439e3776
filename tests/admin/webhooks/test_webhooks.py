"""Webhooks in the console: set up with a secret shown once, tried out, and dead letters sent again."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.outbox import Outbox
from policy_service.storage.webhook_store import NewWebhook, WebhookStore
from tests.admin.browser import Browser

LIST = "/webhooks/"
HOOK = "/webhooks/webhook/hook-1"
_SECRET = re.compile(r'id="secret"[^>]* value="(whsec_[^"]+)"')


@pytest.fixture
def ada(browser_of: Callable[..., Browser], house: House) -> Browser:
    """Give the browser of an administrator, with a webhook that is there."""
    with house.database.writing() as session:
        new = NewWebhook("hook-1", "https://erp.example.com/events", ("order.held",), "whsec_AAAA")
        WebhookStore(session).add(new, 1, "ada")
    return browser_of("ada", Role.ADMIN)


def test_what_is_not_public_is_refused_beside_what_was_typed(ada: Browser) -> None:
    ada.send(LIST, "/webhooks/make", {"url": "https://127.0.0.1/events", "event": "order.held"})
    page = ada.open(LIST)
    assert "which is not public" in page
    assert 'value="https://127.0.0.1/events"' in page


def test_what_was_ticked_stays_ticked_for_a_webhook_that_is_refused(ada: Browser) -> None:
    answer = ada.send(LIST, "/webhooks/make", {"url": "https://127.0.0.1/events", "event": "order.released"})
    page = ada.open(str(answer.location))
    assert 'value="order.released" checked' in page
    assert 1 == page.count(" checked>")


@pytest.mark.parametrize(("page", "form"), [(LIST, "/webhooks/make"), (HOOK, f"{HOOK}/change")])
def test_a_webhook_that_is_told_of_nothing_is_refused_beside_its_address(ada: Browser, page: str, form: str) -> None:
    answer = ada.send(page, form, {"url": "https://shop.example.com/events", "revision": "1"})
    shown = ada.open(str(answer.location))
    assert "Tick at least one type of events." in shown
    assert 'value="https://shop.example.com/events"' in shown


def test_a_secret_is_shown_once(ada: Browser) -> None:
    answer = ada.send(HOOK, f"{HOOK}/secret", {"revision": "1"}, status=200)
    found = _SECRET.search(answer.text)
    assert found is not None
    assert found[1] not in ada.open(HOOK)


def test_a_test_event_stands_among_the_deliveries(ada: Browser) -> None:
    told = ada.told(HOOK, f"{HOOK}/test")
    assert "A test event is on its way." in told
    assert "a test" in told


def test_a_dead_letter_is_found_and_sent_again(ada: Browser, house: House) -> None:
    ada.send(HOOK, f"{HOOK}/test")
    with house.database.writing() as session:
        session.execute(text("UPDATE outbox SET state = 'dead', next_attempt_at = NULL"))
        (dead,) = Outbox(session).page("hook-1", "dead", None, 1)
    assert "some given up" in ada.words(LIST)
    assert "Send again" in ada.open(f"{HOOK}?state=dead")
    ada.send(HOOK, f"{HOOK}/deliveries/{dead.number}/again")
    with house.database.reading() as session:
        assert "set_aside" == Outbox(session).delivery(dead.number).state


def test_it_is_changed_switched_off_and_taken_away(ada: Browser, house: House) -> None:
    ada.send(HOOK, f"{HOOK}/active", {"active": "no", "revision": "1"})
    ada.send(HOOK, f"{HOOK}/remove", {"revision": "1"})
    assert "alert-danger" in ada.open(HOOK)
    with house.database.reading() as session:
        assert not WebhookStore(session).webhook("hook-1").is_active
    assert "No system is told of anything." in ada.told(HOOK, f"{HOOK}/remove", {"revision": "2"})


def test_it_is_for_who_may_manage_webhooks_alone(browser_of: Callable[..., Browser], ada: Browser) -> None:
    manager = browser_of("mia", Role.CREDIT_MANAGER)
    manager.open(LIST, status=403)
    manager.send("/held-orders/", f"{HOOK}/remove", {"revision": "1"}, status=403)
