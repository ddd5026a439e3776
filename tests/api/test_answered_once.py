"""What is kept under an idempotency key: an answer, not a problem; and of lines the hash of all that was read."""

import pytest
from flask import Flask, Response

from policy_service.api.idempotency import NO_LINE, answered_once, hash_behind
from policy_service.domain.acting import Act
from policy_service.domain.instants import DAY
from policy_service.services.house import House
from policy_service.storage.errors import Conflict

HOUSE_IS_EMPTY = True


def answered(app: Flask, house: House, status: int, at: int = 1, body_hash: str | None = None) -> tuple[int, str]:
    """Answer a request with that status, or as it was answered before; return the status, and what is said of that."""
    with app.test_request_context("/v1/people", method="POST", data=b"{}"), house.database.writing() as session:
        given = answered_once(session, Act("ann", at), "k1", lambda: Response("{}", status), body_hash)
        return given.status_code, given.headers.get("Idempotency-Replayed", "")


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_an_answer_that_is_a_problem_is_given_once_and_the_key_is_free_again(
    app: Flask, house: House, status: int
) -> None:
    assert [(status, ""), (201, ""), (201, "true")] == [answered(app, house, each) for each in (status, 201, 200)]


def test_an_answer_is_given_again_for_a_day(app: Flask, house: House) -> None:
    assert (201, "") == answered(app, house, 201, at=1)
    assert (201, "true") == answered(app, house, 200, at=DAY)
    assert (200, "") == answered(app, house, 200, at=1 + DAY)


def test_the_hash_of_a_body_that_is_read_elsewhere_tells_it_from_another(app: Flask, house: House) -> None:
    assert (201, "") == answered(app, house, 201, body_hash="ab" * 32)
    assert (201, "true") == answered(app, house, 200, body_hash="ab" * 32)
    with pytest.raises(Conflict, match="S223"):
        answered(app, house, 200, body_hash="cd" * 32)


def test_bodies_of_as_many_other_lines_have_other_hashes() -> None:
    bodies = ((b"1\n", b"2\n"), (b"1\n", b"3\n"), (b"3\n", b"2\n"), (b"2\n", b"1\n"), (b"1\n2\n",), ())
    assert len(bodies) == len({hash_behind(NO_LINE, lines) for lines in bodies})
