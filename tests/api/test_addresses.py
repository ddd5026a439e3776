"""An id in an address is whatever was sent for it, a slash too; what a server does not tell is not guessed."""

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from policy_service.api.addresses import path_part, use_addresses

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text not in (".", ".."))


def echo() -> Flask:
    app = Flask(__name__)
    use_addresses(app)

    @app.get("/things/<thing>/parts/<string:part>")
    def show(thing: str, part: str) -> list[str]:
        return [thing, part]

    return app


APP = echo()


def found(**environ: Any) -> object:
    """Return what the application finds in a request that a server hands over like this."""
    made = EnvironBuilder(path="/").get_environ()
    for name in ("RAW_URI", "REQUEST_URI", "PATH_INFO"):
        made.pop(name)
    body, status, _ = run_wsgi_app(APP, {**made, **environ}, buffered=True)
    return json.loads(b"".join(body)) if status == "200 OK" else None


@given(IDS, IDS)
def test_whatever_an_id_is_it_is_found_by_its_address(thing: str, part: str) -> None:
    answer = APP.test_client().get(f"/things/{path_part(thing)}/parts/{path_part(part)}")
    assert [thing, part] == answer.get_json(silent=True)


@given(IDS)
def test_an_address_that_is_made_here_leads_back(thing: str) -> None:
    with APP.test_request_context():
        assert f"/things/{path_part(thing)}/parts/1" == APP.url_for("show", thing=thing, part="1")


@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI"])
@pytest.mark.parametrize("before", ["", "https://elsewhere.example", "http://h:80"])
def test_servers_tell_the_address_under_either_name_and_in_either_form(name: str, before: str) -> None:
    address = "/things/2026%2f0815/parts/50%25?x=%2F"
    assert ["2026/0815", "50%"] == found(**{"PATH_INFO": "/things/2026/0815/parts/50%", name: before + address})


def test_where_the_address_is_not_told_a_percent_sign_stays_one() -> None:
    assert ["a%2Fb", "50%"] == found(PATH_INFO="/things/a%2Fb/parts/50%")


def test_where_somebody_changed_the_path_on_the_way_that_path_counts() -> None:
    assert ["a", "b%2F"] == found(PATH_INFO="/things/a/parts/b%2F", RAW_URI="/elsewhere/things/a/parts/b%252F")


def test_below_a_prefix_ids_are_found_too() -> None:
    told = {"SCRIPT_NAME": "/credit", "PATH_INFO": "/things/a/b/parts/c", "RAW_URI": "/credit/things/a%2Fb/parts/c"}
    assert ["a/b", "c"] == found(**told)


@pytest.mark.parametrize("address", ["/things/a/b/parts/c", "/things//parts/c"])
def test_a_slash_as_it_is_parts_ids(address: str) -> None:
    assert found(PATH_INFO=address, RAW_URI=address) is None
