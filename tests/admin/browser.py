"""A browser without a window: signed in as somebody, it opens pages and sends the forms that stand on them."""

import hashlib
import re
from collections.abc import Mapping
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from admin.visitors import TOKEN
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.sign_in_store import SignInStore
from tests.api.house import store_person

_FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


class Browser:
    """One person's browser, or that of nobody who is known."""

    def __init__(self, console: Flask) -> None:
        self.client = console.test_client()

    def open(self, path: str, status: int = 200, **headers: str) -> str:
        """Return the page at a path of the console; it has to be answered with that status."""
        answer = self.client.get(path, headers=headers)
        assert status == answer.status_code, answer.text
        return answer.text

    def send(self, page: str, path: str, form: Mapping[str, str] | None = None, status: int = 302) -> TestResponse:
        """Send a form that stands on a page, with the guard that stands in it."""
        guard = _FORM_TOKEN.search(self.client.get(page).text)
        assert guard is not None, f"{page} has no form"
        answer = self.client.post(path, data={**(form or {}), "csrf_token": unescape(guard[1])})
        assert status == answer.status_code, answer.text
        return answer

    def told(self, page: str, path: str, form: Mapping[str, str] | None = None) -> str:
        """Send a form, and return the words of the page that it leads to."""
        return self.words(str(self.send(page, path, form).location))

    def words(self, path: str) -> str:
        """Return what can be read on a page, without its tags."""
        # Where a word may be broken, it goes on.
        page = self.open(path).replace("<wbr>", "")
        return " ".join(unescape(_TAG.sub(" ", page)).split())


def signed_in(console: Flask, house: House, at: Instant, login: str, *roles: Role) -> Browser:
    """Return the browser of somebody who holds these roles and has just signed in."""
    store_person(house, login, *roles)
    token = f"token of {login}"
    with house.database.writing() as session:
        person = PeopleStore(session).person(login)
        if SignInStore(session).find(_hash(token)) is None:
            SignInStore(session).begin(_hash(token), person.user_id, at, "127.0.0.1", "tests")
    browser = Browser(console)
    with browser.client.session_transaction() as kept:
        kept[TOKEN] = token
    return browser


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
