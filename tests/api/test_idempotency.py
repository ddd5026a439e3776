"""Under one idempotency key there is one effect and one answer, however often and however much at once it is sent."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from policy_service.api.idempotency import (
    NO_LINE,
    answered_lines,
    append_answer,
    claim_stream,
    hash_behind,
    release_stream,
)
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY, SECOND
from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.people import people_behind
from policy_service.storage.database import Database
from policy_service.storage.errors import Conflict
from policy_service.storage.idempotency_store import LEASE, Asked, IdempotencyStore, KeptAnswer
from tests.api.asking import problem_of
from tests.api.house import Client, Clock

HOUSE_IS_EMPTY = True
TWINS = 50
BO = {"login": "bo", "name": "Bo"}


def key(text: str = "k1") -> dict[str, str]:
    """Return the header with an idempotency key."""
    return {"Idempotency-Key": text}


def logins(house: House) -> list[str]:
    """Return the logins of all people."""
    with house.database.reading() as session:
        return [person.stored.login for person in people_behind(session, "", 100)]


def test_the_answer_comes_again_byte_by_byte(client: Client) -> None:
    admin = client.of(Role.ADMIN)
    first = admin.post("/v1/people", json=BO, headers=key())
    again = admin.post("/v1/people", json=BO, headers=key())
    assert (201, 201) == (first.status_code, again.status_code)
    assert first.data == again.data
    assert (None, "true") == (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"])
    for name in ("Content-Type", "ETag"):
        assert first.headers[name] == again.headers[name]
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]


def test_without_a_key_a_request_is_answered_anew(client: Client) -> None:
    admin = client.of(Role.ADMIN)
    assert [201, 409] == [admin.post("/v1/people", json=BO).status_code for _ in range(2)]


@pytest.mark.parametrize("path", ["/v1/people", "/v1/people?x=1"])
def test_the_same_key_for_another_request_is_refused(client: Client, path: str) -> None:
    admin = client.of(Role.ADMIN)
    assert 201 == admin.post("/v1/people", json=BO, headers=key()).status_code
    body = BO if "?" in path else {**BO, "name": "Bob"}
    problem_of(admin.post(path, json=body, headers=key()), 422, "S223")
    problem_of(admin.post("/v1/keys", json=BO, headers=key()), 422, "S223")


def test_everybody_has_keys_of_ones_own(client: Client, house: House) -> None:
    assert 201 == client.as_("ada", Role.ADMIN).post("/v1/people", json=BO, headers=key()).status_code
    other = client.as_("eve", Role.ADMIN).post("/v1/people", json={**BO, "login": "cy"}, headers=key())
    assert 201 == other.status_code
    assert {"bo", "cy"} < set(logins(house))


def test_another_key_of_the_same_person_is_answered_alike(client: Client, house: House) -> None:
    first = client.as_("ada", Role.ADMIN).post("/v1/people", json=BO, headers=key())
    assert first.data == client.as_("ada").post("/v1/people", json=BO, headers=key()).data


def test_a_refused_request_leaves_its_key_free(client: Client) -> None:
    admin = client.of(Role.ADMIN)
    problem_of(admin.post("/v1/people", json={**BO, "login": "B O"}, headers=key()), 422, "R422")
    problem_of(admin.post("/v1/people", json={**BO, "login": "admin"}, headers=key()), 409, "S220")
    assert 201 == admin.post("/v1/people", json=BO, headers=key()).status_code


def test_who_may_not_do_it_any_more_gets_no_old_answer(client: Client) -> None:
    admin, other = client.as_("ada", Role.ADMIN), client.as_("eve", Role.ADMIN)
    client.as_("joe", Role.ADMIN)
    assert 201 == admin.post("/v1/people", json=BO, headers=key()).status_code
    assert 200 == other.delete("/v1/people/ada/roles/admin").status_code
    problem_of(admin.post("/v1/people", json=BO, headers=key()), 403, "A403")


@pytest.mark.parametrize("text", ["", "x" * 201, "tab\tbed", "ключ".encode().decode("latin-1")])
def test_a_key_that_is_none_is_refused(client: Client, text: str) -> None:
    problem_of(client.of(Role.ADMIN).post("/v1/people", json=BO, headers=key(text)), 400, "R410")


@pytest.mark.parametrize("text", ["x", "x" * 200, 'a "quoted" one, with: ~'])
def test_a_key_of_printable_characters_is_taken(client: Client, text: str) -> None:
    assert 201 == client.of(Role.ADMIN).post("/v1/people", json=BO, headers=key(text)).status_code


def test_after_a_day_the_key_is_free_again(client: Client, house: House, clock: Clock) -> None:
    admin = client.of(Role.ADMIN)
    assert 201 == admin.post("/v1/people", json=BO, headers=key()).status_code
    clock.instant += DAY - 10
    assert "true" == admin.post("/v1/people", json=BO, headers=key()).headers["Idempotency-Replayed"]
    clock.instant += 10
    problem_of(admin.post("/v1/people", json=BO, headers=key()), 409, "S220")
    assert 201 == admin.post("/v1/people", json={**BO, "login": "cy"}, headers=key()).status_code


def test_expired_answers_are_forgotten_and_no_others(client: Client, house: House, clock: Clock) -> None:
    admin = client.of(Role.ADMIN)
    admin.post("/v1/people", json=BO, headers=key("old"))
    clock.instant += DAY
    admin.post("/v1/people", json={**BO, "login": "cy"}, headers=key("new"))
    with house.database.writing() as session:
        store = IdempotencyStore(session)
        assert [1, 0] == [store.forget_expired(clock.instant) for _ in range(2)]
    assert (
        "true"
        == admin.post("/v1/people", json={**BO, "login": "cy"}, headers=key("new")).headers["Idempotency-Replayed"]
    )


def test_fifty_twins_at_once_have_one_effect(client: Client, house: House) -> None:
    clients = [client.as_("ada", Role.ADMIN) for _ in range(4)]
    start = threading.Barrier(TWINS)

    def send(number: int) -> tuple[int, bytes]:
        start.wait()
        answer = clients[number % 4].post("/v1/people", json=BO, headers=key())
        if answer.status_code == 409:
            assert (problem_of(answer, 409, "S222"), answer.headers["Retry-After"]) != ()
            return 409, b""
        return answer.status_code, answer.data

    with ThreadPoolExecutor(TWINS) as threads:
        answers = Counter(threads.map(send, range(TWINS)))
    assert {201, 409} >= {status for status, _ in answers}
    assert len({body for status, body in answers if status == 201}) == 1
    assert 1 == logins(house).count("bo")
    assert 201 == clients[0].post("/v1/people", json=BO, headers=key()).status_code


def test_fifty_twins_without_a_key_have_one_effect_where_the_thing_itself_is_one(client: Client, house: House) -> None:
    clients = [client.as_("ada", Role.ADMIN) for _ in range(4)]
    with ThreadPoolExecutor(TWINS) as threads:
        answers = Counter(
            threads.map(lambda number: clients[number % 4].post("/v1/people", json=BO).status_code, range(TWINS))
        )
    assert Counter({201: 1, 409: TWINS - 1}) == answers
    assert 1 == logins(house).count("bo")


def test_on_postgresql_a_twin_in_flight_is_told_to_come_again(postgresql_url: str) -> None:
    database, asked = Database(postgresql_url), Asked("ada", "k1", "POST /v1/people", "0" * 64)
    with database.writing() as first, database.writing() as second:
        assert None is IdempotencyStore(first).take(asked, 1)
        with pytest.raises(Conflict) as refused:
            IdempotencyStore(second).take(asked, 1)
    assert "S222" == refused.value.code
    database.close()


def give_up(house: House, asked: Asked) -> None:
    """Answer a request in a transaction that does not come to its end."""
    with house.database.writing() as session:
        IdempotencyStore(session).take(asked, 1)
        IdempotencyStore(session).keep(asked, KeptAnswer(201, {}, b"{}"), 1)
        raise RuntimeError("the process dies")


def test_an_answer_given_up_with_its_transaction_was_never_given(house: House) -> None:
    asked = Asked("ada", "k1", "POST /v1/people", "0" * 64)
    with pytest.raises(RuntimeError):
        give_up(house, asked)
    with house.database.writing() as session:
        assert None is IdempotencyStore(session).take(asked, 2)


LINES = [b'{"n": 1}\n', b'{"n": 2}\n', b'{"n": 3}\n']
ANSWER = b'{"ok": true}\n'


def act(at: int = 1) -> Act:
    """Return the doing of somebody who sends a body of lines."""
    return Act("shop", at, "request-1")


class Sending:
    """Somebody who sends a body of lines, whose request the tests answer bit by bit."""

    def __init__(self, client: Client, house: House) -> None:
        self.house = house
        self.app = client.application

    def claim(self, at: int = 1, path: str = "/v1/decisions/batch"):  # type: ignore[no-untyped-def]
        """Return the claim of the body."""
        with self.app.test_request_context(path, method="POST"):
            return claim_stream(self.house, act(at), "k1")

    def answer(self, claim, lines, at: int = 1, *, is_last: bool = False):  # type: ignore[no-untyped-def]
        """Store the answers of these lines, and return the claim behind them."""
        with self.house.database.writing() as session:
            return append_answer(session, claim, lines, ANSWER * len(lines), act(at), is_last=is_last)


@pytest.fixture
def sending(client: Client, house: House) -> Sending:
    """Give somebody who sends a body of lines."""
    return Sending(client, house)


def test_a_body_cut_off_goes_on_behind_the_last_answered_line(sending: Sending) -> None:
    claim = sending.answer(sending.claim(), LINES[:2])
    release_stream(sending.house, claim)
    again = sending.claim(at=2)
    assert (2, hash_behind(NO_LINE, LINES[:2]), False) == (again.lines, again.body_hash, again.is_complete)
    (kept,) = answered_lines(sending.house, again)
    assert (2, again.body_hash, ANSWER * 2) == (kept.lines, kept.body_hash, kept.answer)
    done = sending.answer(again, LINES[2:], at=3, is_last=True)
    assert (3, True) == (done.lines, done.is_complete)
    assert [2, 1] == [each.lines for each in answered_lines(sending.house, sending.claim(at=4))]
    assert sending.claim(at=4).is_complete


def test_a_body_in_hand_is_nobody_elses_until_the_lease_runs_out(sending: Sending) -> None:
    sending.claim(at=1)
    with pytest.raises(Conflict) as refused:
        sending.claim(at=LEASE)
    assert "S222" == refused.value.code
    assert 0 == sending.claim(at=1 + LEASE).lines


def test_every_answered_chunk_prolongs_the_lease(sending: Sending) -> None:
    sending.answer(sending.claim(at=1), LINES[:1], at=20 * SECOND)
    with pytest.raises(Conflict):
        sending.claim(at=40 * SECOND)
    assert 1 == sending.claim(at=50 * SECOND).lines


def test_whoever_lost_the_claim_stores_no_effect(sending: Sending) -> None:
    lost = sending.claim(at=1)
    taken = sending.claim(at=1 + LEASE)
    with pytest.raises(Conflict) as refused:
        sending.answer(lost, LINES[:1], at=2 + LEASE)
    assert "S222" == refused.value.code
    assert 1 == sending.answer(taken, LINES[:1], at=2 + LEASE).lines


def test_a_claim_released_by_who_lost_it_stays_with_who_has_it(sending: Sending) -> None:
    lost = sending.claim(at=1)
    sending.claim(at=1 + LEASE)
    release_stream(sending.house, lost)
    with pytest.raises(Conflict):
        sending.claim(at=2 + LEASE)


def test_the_same_key_for_another_address_is_refused(sending: Sending) -> None:
    sending.claim()
    with pytest.raises(Conflict) as refused:
        sending.claim(at=1 + LEASE, path="/v1/imports")
    assert "S223" == refused.value.code


def test_an_expired_body_of_lines_is_forgotten_whole(sending: Sending) -> None:
    sending.answer(sending.claim(), LINES, is_last=True)
    with sending.house.database.writing() as session:
        assert 1 == IdempotencyStore(session).forget_expired(1 + DAY)
    assert 0 == sending.claim(at=2 + DAY).lines
