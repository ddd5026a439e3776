"""Whoever is let in acts in one transaction; every answer has its request id, and limits are kept."""

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask.views import MethodView

from policy_service.api.blueprints import BLUEPRINTS
from policy_service.api.edge import (
    Call,
    changes,
    expected_revision,
    reads,
    register_edge,
    the_call,
    with_etag,
)
from policy_service.api.endpoints import Endpoints
from policy_service.api.rate_limits import REFUSED_PER_MINUTE, RateLimits, TooOften
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission, Role
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.storage.errors import NotStored, Unavailable, changed_since_read
from policy_service.storage.people_store import PeopleStore
from tests.api.asking import problem_of
from tests.api.house import Client, Clock, store_key, store_person

HOUSE_IS_EMPTY = True

blueprint = Endpoints("tried", __name__, url_prefix="/v1")
seen: list[Call] = []


def add_somebody(call: Call) -> None:
    PeopleStore(call.session).add("u1", "somebody", "Somebody", "", 1)


@blueprint.route("/tried")
class TriedView(MethodView):
    """What the tests try the edge with."""

    @reads(Permission.PEOPLE_READ)
    @blueprint.response(200)
    def get(self) -> tuple[object, dict[str, str]]:
        """Look."""
        seen.append(the_call())
        return with_etag({"people": len(PeopleStore(the_call().session).page("", 9))}, 7)

    @changes(Permission.PEOPLE_CHANGE)
    @blueprint.problems(412, 428)
    @blueprint.response(200)
    def put(self) -> object:
        """Change what is at revision 7."""
        if expected_revision() != 7:
            raise changed_since_read("it")
        return {}

    @changes(Permission.PEOPLE_CHANGE)
    @blueprint.response(200)
    def post(self) -> object:
        """Add somebody, then fail."""
        add_somebody(the_call())
        raise RequestError("R402", "No.", remedy="Do not.")

    @changes(Permission.PEOPLE_CHANGE)
    @blueprint.response(200)
    def patch(self) -> Response:
        """Add somebody, then answer that it failed."""
        add_somebody(the_call())
        return Response("no", 422)

    @changes(Permission.PEOPLE_CHANGE, own_transactions=True)
    @blueprint.response(200)
    def delete(self) -> object:
        """Work long."""
        seen.append(the_call())
        return {}


@pytest.fixture(scope="module")
def app_of_all(app_of_all: Flask) -> Flask:
    """Give an application that has the view of this module besides."""
    made = Flask(__name__)
    made.test_client_class = Client
    house: House = app_of_all.extensions["policy_service.edge"].house
    register_edge(made, house, (*BLUEPRINTS, blueprint))
    return made


@pytest.fixture
def admin(client: Client) -> Client:
    """Give a client of somebody who may do all that the view takes."""
    return client.of(Role.ADMIN)


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    """Let every test begin with no call seen."""
    seen.clear()


def test_a_view_knows_who_asks_when_and_with_which_request(admin: Client, house: House, clock: Clock) -> None:
    answer = admin.get("/v1/tried", headers={"X-Request-Id": "shop 17"})
    (call,) = seen
    assert ("admin", clock.instant, "shop 17") == (call.act.person, call.act.at, call.act.request_id)
    assert call.act.key_id == call.actor.key_id is not None
    assert (house, "shop 17") == (call.house, answer.headers["X-Request-Id"])


def test_what_the_role_does_not_allow_is_refused(client: Client) -> None:
    problem_of(client.of(Role.AUDITOR).post("/v1/tried"), 403, "A403")
    assert 200 == client.of(Role.AUDITOR).get("/v1/tried").status_code


def test_what_the_key_does_not_allow_is_refused_whatever_the_role(client: Client, house: House) -> None:
    store_person(house, "ada", Role.ADMIN)
    key = store_key(house, "ada", scopes=("people:read",))
    assert 200 == client.with_key(key).get("/v1/tried").status_code
    problem_of(client.with_key(key).post("/v1/tried"), 403, "A403")


@pytest.mark.parametrize(("method", "code"), [("post", "R402"), ("patch", None)])
def test_a_view_that_fails_leaves_nothing(admin: Client, house: House, method: str, code: str | None) -> None:
    answer = getattr(admin, method)("/v1/tried")
    assert 422 == answer.status_code
    assert code is None or problem_of(answer, 422, code)
    with house.database.reading() as session:
        assert None is PeopleStore(session).find("somebody")


def test_a_view_with_transactions_of_its_own_has_no_session(admin: Client) -> None:
    assert 200 == admin.delete("/v1/tried").status_code
    with pytest.raises(RuntimeError, match="its own transactions"):
        _ = seen[0].session


def test_a_revision_goes_out_as_etag_and_comes_in_as_if_match(admin: Client) -> None:
    etag = admin.get("/v1/tried").headers["ETag"]
    assert '"7"' == etag
    assert 200 == admin.put("/v1/tried", headers={"If-Match": etag}).status_code


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 428, "R413"),
        ('"6"', 412, "S208"),
        ("7", 400, "R414"),
        ("*", 400, "R414"),
        ('W/"7"', 400, "R414"),
        ('"6", "7"', 400, "R414"),
        ('"٧"'.encode().decode("latin-1"), 400, "R414"),
        ('"' + "9" * 19 + '"', 400, "R414"),
        ("", 400, "R414"),
    ],
)
def test_a_change_names_the_one_revision_it_was_made_against(
    admin: Client, given: str | None, status: int, code: str
) -> None:
    headers = {} if given is None else {"If-Match": given}
    problem_of(admin.put("/v1/tried", headers=headers), status, code)


@pytest.mark.parametrize("sent", ["", "x" * 101, "tab\there", "ключ".encode().decode("latin-1")])
def test_a_request_id_that_cannot_be_taken_is_made_anew(client: Client, sent: str) -> None:
    answer = client.get("/v1/nothing", headers={"X-Request-Id": sent})
    made = answer.headers["X-Request-Id"]
    assert (32, made) == (len(made), problem_of(answer, 404, "H404")["request_id"])


@pytest.mark.parametrize("path", ["/v1/tried", "/v1/openapi.json", "/nowhere", "/v1/people"])
def test_every_answer_has_a_request_id(client: Client, path: str) -> None:
    assert "mine" == client.get(path, headers={"X-Request-Id": "mine"}).headers["X-Request-Id"]


def test_a_key_asks_as_often_as_it_may_and_another_is_not_kept_waiting(client: Client, house: House) -> None:
    store_person(house, "ada", Role.ADMIN)
    slow = client.with_key(store_key(house, "ada", requests_per_minute=6))
    share = 6 // house.settings.web_concurrency
    assert [200] * share == [slow.get("/v1/tried").status_code for _ in range(share)]
    answer = slow.get("/v1/tried")
    problem_of(answer, 429, "A429")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert 200 == client.with_key(store_key(house, "ada")).get("/v1/tried").status_code


def test_an_address_is_refused_so_often_and_its_good_keys_still_count(client: Client, house: House) -> None:
    share = REFUSED_PER_MINUTE // house.settings.web_concurrency
    assert {401} == {client.get("/v1/tried").status_code for _ in range(share)}
    problem_of(client.get("/v1/tried"), 429, "A429")
    assert 200 == client.of(Role.ADMIN).get("/v1/tried").status_code


def test_counts_begin_anew_with_the_minute(house: House) -> None:
    present = [100.0]
    limits = RateLimits(house.settings, lambda: present[0])
    actor = Actor("ada", "u1", frozenset(), frozenset(), "key", 1)
    limits.count(actor)
    present[0] = 159.5
    with pytest.raises(TooOften) as refused:
        limits.count(actor)
    assert 1 == refused.value.again_after
    present[0] = 160.0
    limits.count(actor)
    present[0] = 400.5
    limits.count(actor)
    with pytest.raises(TooOften) as refused:
        limits.count(actor)
    assert 60 == refused.value.again_after


def test_the_description_says_of_an_operation_how_one_gets_in_and_what_awaits(client: FlaskClient) -> None:
    document = client.get("/v1/openapi.json").get_json()
    changed = document["paths"]["/v1/tried"]["put"]
    assert {"bearer": {"type": "http", "scheme": "bearer"}}.keys() == document["components"]["securitySchemes"].keys()
    assert ([{"bearer": []}], "people:change") == (changed["security"], changed["x-scope"])
    assert {"200", "400", "401", "403", "406", "412", "428", "429", "503"} == set(changed["responses"])
    assert ["If-Match"] == [each["name"] for each in changed["parameters"]]


def test_a_database_that_is_busy_is_a_503_with_a_time(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Unavailable("S207", "Another writer holds the database at /secret.", remedy="Ask again.")

    monkeypatch.setattr(PeopleStore, "page", busy)
    answer = admin.get("/v1/tried")
    assert "secret" not in str(problem_of(answer, 503, "S207"))
    assert "1" == answer.headers["Retry-After"]


def test_what_is_not_stored_is_a_404(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        raise NotStored("S209", "There is no such thing.", remedy="Check the id.")

    monkeypatch.setattr(PeopleStore, "page", nothing)
    problem_of(admin.get("/v1/tried"), 404, "S209")
