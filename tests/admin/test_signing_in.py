"""The pages around signing in: what they ask for, where they lead, and what a browser is told to refuse."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from admin.console import console_of, open_console
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.sign_in.passwords import found_password
from policy_service.storage.database import Database
from tests.admin.browser import Browser
from tests.api.house import Clock, store_person
from tests.services.decisions.live import open_house

ONCE, OWN = "given once only", "correct horse battery"


@pytest.fixture
def ada(house: House, clock: Clock) -> str:
    """Have somebody who was given a password, and return the login."""
    store_person(house, "ada", Role.ANALYST)
    with house.database.writing() as session:
        found_password(house, session, "ada", ONCE, Act("(founder)", clock()))
    return "ada"


def enter(browser: Browser, login: str, password: str, where: str = "") -> str:
    """Sign in, and return where that leads."""
    form = {"login": login, "password": password, "next": where}
    return str(browser.send("/sign-in", "/sign-in", form).location)


def test_whoever_is_not_signed_in_is_led_to_the_form_and_then_where_they_were_going(browser: Browser, ada: str) -> None:
    answer = browser.client.get("/held-orders/?sort=largest")
    assert "/sign-in?next=/held-orders/?sort%3Dlargest" == answer.location
    assert "/held-orders/?sort=largest" == enter(browser, ada, ONCE, "/held-orders/?sort=largest")


def test_a_password_that_was_given_has_to_be_changed_before_anything_else(browser: Browser, ada: str) -> None:
    assert "/" == enter(browser, ada, ONCE)
    assert "/password" == browser.client.get("/held-orders/").location
    form = {"old": ONCE, "new": OWN, "again": OWN}
    assert "/sign-in" == browser.send("/password", "/password", form).location
    assert "/" == enter(browser, ada, OWN)
    assert "Held orders" in browser.words("/held-orders/")


@pytest.mark.parametrize(
    "form",
    [
        {"old": "wrong", "new": OWN, "again": OWN},
        {"old": ONCE, "new": OWN, "again": OWN + "x"},
        {"old": ONCE, "new": "short", "again": "short"},
    ],
)
def test_a_password_that_will_not_do_is_refused(browser: Browser, ada: str, form: dict[str, str]) -> None:
    enter(browser, ada, ONCE)
    assert "alert-danger" in browser.send("/password", "/password", form, status=422).text


def test_a_wrong_password_shows_the_form_again_in_both_languages(browser: Browser, ada: str) -> None:
    form = {"login": ada, "password": "wrong"}
    assert "do not go together" in browser.send("/sign-in", "/sign-in", form, status=403).text
    browser.send("/sign-in", "/language/zh")
    assert "用户名与密码不符" in browser.send("/sign-in", "/sign-in", form, status=403).text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test/", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/a\nb"]
)
def test_nobody_is_led_out_of_the_console(browser: Browser, ada: str, elsewhere: str) -> None:
    assert "/" == enter(browser, ada, ONCE, elsewhere)


def test_signing_out_ends_it_for_whoever_kept_the_cookie(manager: Browser, console: Flask) -> None:
    kept = manager.client.get_cookie("console")
    assert kept is not None
    manager.send("/", "/sign-out")
    thief = Browser(console)
    thief.client.set_cookie("console", kept.value)
    assert "/sign-in?next=/" == thief.client.get("/").location


def test_a_form_without_its_guard_changes_nothing(manager: Browser) -> None:
    assert 400 == manager.client.post("/sign-out").status_code
    assert 200 == manager.client.get("/").status_code


def test_every_answer_tells_the_browser_what_to_refuse(browser: Browser, manager: Browser) -> None:
    for answer in (browser.client.get("/sign-in"), manager.client.get("/"), manager.client.get("/nowhere")):
        said = answer.headers
        assert "default-src 'none'" in said["Content-Security-Policy"]
        assert "unsafe" not in said["Content-Security-Policy"]
        assert ("nosniff", "no-store") == (said["X-Content-Type-Options"], said["Cache-Control"])
        assert "<script>" not in answer.text
        assert "style=" not in answer.text


def test_cookies_are_kept_from_scripts_and_other_sites_and_sent_over_https_alone_where_they_came_so(
    console: Flask,
) -> None:
    plain, safe = (
        Browser(console).client.get("/sign-in", base_url=f"{scheme}://localhost/console").headers["Set-Cookie"]
        for scheme in ("http", "https")
    )
    for cookie in (plain, safe):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/console" in cookie
    assert ("Secure" not in plain, "Secure" in safe) == (True, True)


def test_the_language_is_the_browsers_then_the_one_chosen_and_stays_with_the_person(
    console: Flask, browser_of: Callable[..., Browser]
) -> None:
    chinese = {"Accept-Language": "zh-Hans-CN,en;q=0.9"}
    assert 'lang="zh-Hans"' in Browser(console).open("/sign-in", **chinese)
    assert 'lang="en"' in Browser(console).open("/sign-in")
    mia = browser_of("mia", Role.CREDIT_MANAGER)
    mia.send("/", "/language/zh")
    assert 'lang="zh-Hans"' in browser_of("mia").open("/")


def test_without_a_database_there_is_a_page_that_says_so(tmp_path: Path, clock: Clock) -> None:
    house = open_house(Database(f"sqlite:///{tmp_path}"))
    page = Browser(console_of(house, clock)).open("/sign-in", status=503)
    assert "The service cannot do it now" in page
    assert str(tmp_path) not in page
    house.close()


def test_a_console_that_is_opened_over_another_house_knows_nobody_of_the_first(
    manager: Browser, console: Flask, migrated_file: Path, tmp_path: Path, clock: Clock
) -> None:
    other = open_house(Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'other.db')}"))
    manager.open("/")
    open_console(console, other, clock)
    assert "/sign-in?next=/" == manager.client.get("/").location
    other.close()


def test_a_key_of_the_api_opens_no_page_and_a_cookie_no_endpoint(manager: Browser, browser: Browser) -> None:
    assert 302 == browser.client.get("/", headers={"Authorization": "Bearer cps_1_2"}).status_code
    assert 404 == manager.client.get("/v1/orders").status_code
