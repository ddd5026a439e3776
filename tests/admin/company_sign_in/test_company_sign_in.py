"""Signing in with the company's account, against a sign-in service that is a process of its own."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from admin.console import console_of, open_console
from policy_service.domain.instants import SECOND
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.sign_in_store import SignInStore, StoredPassword
from tests.admin.browser import Browser
from tests.api.house import Clock, store_person
from tests.plain_http import NO_CERTIFICATES
from tests.services.decisions.live import open_house

BEGIN, BACK = "/sign-in/company", "/sign-in/company/back"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """Start the sign-in service, and give what it calls itself."""
    program = Path(__file__).with_name("provider.py")
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture(scope="module")
def console_with_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the console that these tests share, each over its own house."""
    nowhere = open_house(Database(f"sqlite:///{tmp_path_factory.mktemp('company') / 'nowhere.db'}"))
    nowhere.settings = dataclasses.replace(nowhere.settings, oidc_issuer="http://127.0.0.1:9")
    yield console_of(nowhere)
    nowhere.close()


@pytest.fixture
def console(console_with_company: Flask, house: House, clock: Clock, issuer: str) -> Flask:
    """Give a console that knows the sign-in service, with Ada, who is an analyst."""
    store_person(house, "ada", Role.ANALYST)
    known = {"oidc_issuer": issuer, "oidc_client_id": "console", "oidc_client_secret": "known to both"}
    house.settings = dataclasses.replace(house.settings, **known)
    do(issuer, clock)
    open_console(console_with_company, house, clock)
    return console_with_company


def do(issuer: str, clock: Clock, **what: str) -> None:
    """Tell the sign-in service what to do."""
    httpx.post(
        f"{issuer}/do", content=json.dumps({"now": clock() // SECOND, **what}), timeout=60, verify=NO_CERTIFICATES
    )


def sent_back(browser: Browser, page: str = "") -> str:
    """Begin at the console, sign in at the service, and return where it sends the browser back to."""
    begun = browser.client.get(BEGIN, query_string={"next": page} if page else {})
    assert 302 == begun.status_code, begun.text
    back = httpx.get(str(begun.location), follow_redirects=False, timeout=60, verify=NO_CERTIFICATES).headers[
        "Location"
    ]
    return BACK + "?" + urlsplit(back).query


def refused(answer: TestResponse) -> str:
    """Return why nobody was let in."""
    assert 403 == answer.status_code
    return answer.text.partition('role="alert">')[2].partition("</div>")[0]


def test_who_signs_in_there_is_signed_in_here_and_goes_on(browser: Browser) -> None:
    assert "Sign in with the company's account" in browser.words("/sign-in")
    back = browser.client.get(sent_back(browser, "/policies/"))
    assert (302, "/policies/") == (back.status_code, back.location)
    assert "analyst" in browser.words("/policies/")


def test_roles_are_those_granted_here_whatever_the_service_says(browser: Browser) -> None:
    browser.client.get(sent_back(browser))
    browser.open("/people/", status=403)


def test_the_audit_trail_says_how_somebody_signed_in(browser: Browser, house: House) -> None:
    browser.client.get(sent_back(browser))
    with house.database.reading() as session:
        said = session.connection().exec_driver_sql("SELECT person, detail FROM audit_events ORDER BY sequence").all()
    assert "ada" == said[-1][0]
    assert "company" == json.loads(said[-1][1])["by"]


def test_what_leaves_the_browser_asks_for_proof_of_the_code(browser: Browser, issuer: str) -> None:
    asked = parse_qs(urlsplit(str(browser.client.get(BEGIN).location)).query)
    assert {"code"} == set(asked["response_type"])
    assert {"S256"} == set(asked["code_challenge_method"])
    assert 43 == len(asked["code_challenge"][0])
    assert "form-action 'self';" in browser.client.get("/sign-in").headers["Content-Security-Policy"]


@pytest.mark.parametrize("wrong", ["nonce", "audience", "issuer", "expired", "key", "none"])
def test_a_token_without_proof_lets_nobody_in(browser: Browser, issuer: str, clock: Clock, wrong: str) -> None:
    do(issuer, clock, wrong=wrong)
    assert "bears no proof" in refused(browser.client.get(sent_back(browser)))
    browser.open("/policies/", status=302)


@pytest.mark.parametrize("login", ["nobody", "Ada", "gone"])
def test_whom_nobody_added_here_is_not_let_in(
    browser: Browser, house: House, issuer: str, clock: Clock, login: str
) -> None:
    store_person(house, "gone", Role.ANALYST)
    with house.database.writing() as session:
        PeopleStore(session).change(PeopleStore(session).person("gone"), {"is_active": False})
    do(issuer, clock, login=login)
    assert "Nobody active has the login" in refused(browser.client.get(sent_back(browser)))


def test_who_is_locked_out_waits_here_too(browser: Browser, house: House, clock: Clock) -> None:
    with house.database.writing() as session:
        user_id = PeopleStore(session).person("ada").user_id
        locked = StoredPassword(user_id, "x", None, 1, None, False, 0, clock() + 60 * SECOND)
        SignInStore(session).keep_password(locked)
    assert "Too many wrong passwords" in refused(browser.client.get(sent_back(browser)))


def test_a_return_is_good_once_and_in_the_browser_that_began_it(browser: Browser, console: Flask) -> None:
    back = sent_back(browser)
    assert "not begun in this browser" in refused(Browser(console).client.get(back))
    assert 302 == browser.client.get(back).status_code
    browser.client.delete_cookie("console", path="/")
    assert "not begun in this browser" in refused(browser.client.get(back))


def test_a_return_with_another_state_or_too_late_is_refused(browser: Browser, clock: Clock) -> None:
    assert "not begun" in refused(browser.client.get(sent_back(browser) + "x"))
    back = sent_back(browser)
    clock.instant += 11 * 60 * SECOND
    assert "too long ago" in refused(browser.client.get(back))


@pytest.mark.parametrize(("wrong", "why"), [("refused", "access_denied"), ("down", "it answered 400")])
def test_a_service_that_refuses_or_fails_lets_nobody_in(
    browser: Browser, issuer: str, clock: Clock, wrong: str, why: str
) -> None:
    do(issuer, clock, wrong=wrong)
    assert why in refused(browser.client.get(sent_back(browser)))


def test_a_service_that_describes_another_issuer_is_not_followed(browser: Browser, issuer: str, clock: Clock) -> None:
    do(issuer, clock, wrong="described")
    assert "describes another issuer" in refused(browser.client.get(BEGIN))


def test_where_the_service_is_down_the_page_says_so_and_passwords_remain(browser: Browser, house: House) -> None:
    house.settings = dataclasses.replace(house.settings, oidc_issuer="http://127.0.0.1:9")
    page = browser.client.get(BEGIN)
    assert "gives no proper answer: ConnectError" in refused(page)
    assert 'name="password"' in page.text


def test_without_the_setting_there_is_no_such_sign_in(house: House, clock: Clock) -> None:
    plain = Browser(console_of(house, clock))
    assert "company" not in plain.open("/sign-in")
    plain.open(BEGIN, status=302)
    assert "/sign-in" == urlsplit(str(plain.client.get(BEGIN).location)).path
