"""Hostile requests are answered by problems, one as the other, and never by a fault, on both databases."""

import pytest
from flask import Flask

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from tests.api.hostile import hostile_requests, misfit
from tests.api.house import Client, store_key, store_person
from tests.api.whole import whole_app

REQUESTS = {name: each for name, each in hostile_requests().items() if not each.raw}


@pytest.fixture
def app(house: House) -> Flask:
    return whole_app(house)


@pytest.fixture
def everyone(app: Flask, house: House) -> Client:
    """Give a client of somebody who may do everything, as often as they like."""
    store_person(house, "ada", *Role)
    client = app.test_client()
    assert isinstance(client, Client)
    return client.with_key(store_key(house, "ada", requests_per_minute=100_000))


# A file that a form breaks off in is closed by whoever collects it.
@pytest.mark.filterwarnings("ignore:Exception ignored.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_every_hostile_request_is_answered_as_the_file_says(everyone: Client) -> None:
    wrong = {}
    for name, each in REQUESTS.items():
        # What comes before it on the wire, a server hands over as Latin-1.
        headers = {key: value.encode().decode("latin-1") for key, value in each.headers.items()}
        with everyone.open(each.path.decode(), method=each.method, data=each.body, headers=headers) as answer:
            found = misfit(each, answer.status_code, answer.headers, answer.get_data())
        if found:
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
