"""Notices in the console: agreed until when, what stands in the way, begun and ended by whoever may."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.domain.permissions import Role
from policy_service.services.connections.setting_up import Changes, NewConnection, change, connect
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection
from policy_service.storage.notice_store import NoticeStore
from tests.admin.browser import Browser
from tests.services.connections.notices import PUBLIC, add_fxiaoke, add_zoho, with_connections
from tests.services.connections.small_system import SYSTEM
from tests.services.decisions.live import at

CRM, FXK = "/connections/notices/crm", "/connections/notices/fxk"


@pytest.fixture
def told(house: House, browser_of: Callable[..., Browser]) -> Browser:
    """Give the browser of somebody who may write the ledger, in a house that is reached from outside."""
    with_connections(house)
    return browser_of("shop", Role.SYSTEM)


def stored(house: House, name: str) -> StoredConnection:
    """Return a connection as it is stored."""
    with house.database.reading() as session:
        return ConnectionStore(session).load(name)


def agreed(house: House, **values: object) -> None:
    """Connect Zoho CRM, whose channel is agreed for a day."""
    number = add_zoho(house).connection_id
    with house.database.writing() as session:
        NoticeStore(session, number).move(**{"expires_at": at() + DAY, **values})


def test_it_says_until_when_it_is_agreed_and_how_often_it_was_told(house: House, told: Browser) -> None:
    agreed(house, taken=42, last_notice_at=at())
    words = told.words(CRM)
    assert "Agreed until 2025-01-21 09:00 renewed by itself before" in words
    assert "Notices taken 42" in words
    assert f"{PUBLIC}/v1/connections/crm/notices" in words
    assert "of-the-channel" not in told.open(CRM)
    assert CRM in told.open("/connections/connection/crm")


def test_why_it_was_not_agreed_is_told_and_asked_again(house: House, told: Browser) -> None:
    agreed(house, watched="", code="X116", error="The scope is missing.", remedy="Give it.")
    words = told.words(CRM)
    assert "not agreed" in words
    assert "The scope is missing. Give it. X116 It is tried again once somebody has corrected it." in words
    before = stored(house, "crm")
    told.send(CRM, f"{CRM}/switch", {"on": "yes", "revision": str(before.revision)})
    assert before.revision < stored(house, "crm").revision


def test_notices_are_ended_and_begun_by_whoever_may(house: House, told: Browser, manager: Browser) -> None:
    agreed(house)
    form = {"on": "no", "revision": str(stored(house, "crm").revision)}
    manager.send("/customers/file/C1", f"{CRM}/switch", form)
    assert "End the notices" not in manager.words(CRM)
    assert "on" == stored(house, "crm").settings["notices"]
    assert "ended within a minute" in told.told(CRM, f"{CRM}/switch", form)
    assert "off" == stored(house, "crm").settings["notices"]
    assert "Be told of changes" in told.words(CRM)
    assert "Somebody else changed the connection crm." in told.told(CRM, f"{CRM}/switch", form)


def test_fxiaoke_is_given_an_address_once_it_has_its_secrets(house: House, told: Browser) -> None:
    add_fxiaoke(house)
    assert f'value="{PUBLIC}/v1/connections/fxk/notices"' in told.open(FXK)
    assert "Give both to this connection, as its secrets. done" in told.words(FXK)
    with house.database.writing() as session:
        connect(house, session, NewConnection("other", System.FXIAOKE, {}, {}), SYSTEM, Act("shop", 1))
    words = told.words("/connections/notices/other")
    assert "lacking Give them" in words
    assert "Be told of changes" not in words


def test_without_an_address_of_its_own_it_says_who_sets_it(house: House, told: Browser) -> None:
    agreed(house)
    house.settings = replace(house.settings, connections_public_url="")
    assert "The operator sets CONNECTIONS_PUBLIC_URL" in told.words(CRM)


def test_a_system_that_tells_nothing_says_so(house: House, told: Browser) -> None:
    with house.database.writing() as session:
        connect(house, session, NewConnection("books", System.ZOHO_BOOKS, {}, {}), SYSTEM, Act("shop", 1))
    assert "This kind of system does not tell of changes." in told.words("/connections/notices/books")


def test_other_settings_leave_the_notices_as_they_were(house: House, told: Browser) -> None:
    add_zoho(house)
    with house.database.writing() as session:
        change(
            house, session, "crm", Changes(secrets={"client_secret": "a", "refresh_token": "b"}), SYSTEM, Act("shop", 1)
        )
    form = {"setting.accounts_origin": "https://accounts.zoho.eu", "setting.client_id": "1000.OTHER"}
    page = "/connections/account/crm"
    told.send(page, f"{page}/keep", form | {"revision": str(stored(house, "crm").revision)})
    assert ("1000.OTHER", "on") == (
        stored(house, "crm").settings["client_id"],
        stored(house, "crm").settings["notices"],
    )
