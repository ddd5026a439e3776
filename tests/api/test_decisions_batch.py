"""A batch answers every line in its order, once what it did is stored, all under one version."""

import json
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from policy_service.api import decision_batches
from policy_service.domain.instants import instant_text
from policy_service.domain.permissions import Role
from policy_service.services.decisions import batches
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.kept_together import SeenTogether
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder
from tests.api.asking import PROBLEM_KEYS, problem_of
from tests.api.deciding import LINES, ORDER, REVIEW, analyst, changed, read_lines, send_lines, shop
from tests.api.house import Client, Clock
from tests.services.decisions.live import enforce
from tests.services.house import policy_with

PATH = "/v1/decisions/batch"


def orders(count: int, first: int = 0) -> list[dict[str, object]]:
    """Return questions about so many orders of one yuan."""
    return [
        changed(ORDER, order_id=f"O{number}", facts={"order_amount": "1"}) for number in range(first, first + count)
    ]


def rows(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(AskedOrder)) or 0


def test_every_line_is_answered_in_its_order(client: Client, house: House) -> None:
    *answers, end = send_lines(shop(client), orders(3))
    assert [1, 2, 3] == [answer["line"] for answer in answers]
    assert ["O0", "O1", "O2"] == [answer["decision"]["order"]["order_id"] for answer in answers]
    assert {"end": "complete", "lines": 3} == end
    assert 3 == rows(house)


def test_a_line_is_answered_as_the_question_alone_would_be(client: Client) -> None:
    alone = shop(client).post("/v1/decisions", json=changed(ORDER, explain=True)).get_json()
    line = send_lines(shop(client), [changed(ORDER, explain=True, order_id="O2")])[0]["decision"]
    assert alone.keys() == line.keys()
    assert (alone["outcome"], alone["explanation"].keys()) == (line["outcome"], line["explanation"].keys())


def test_later_lines_see_what_earlier_ones_did(client: Client) -> None:
    question = changed(ORDER, facts={"order_amount": "3000"})
    lines = send_lines(shop(client), [question, {**question, "order_id": "O2"}])
    assert ["open", "held"] == [line["decision"]["order"]["state"] for line in lines[:2]]


BAD: dict[str, tuple[object, int, str]] = {
    "no JSON": ("{nope", 400, "H400"),
    "equal keys": ('{"type": "order", "type": "order"}', 400, "H400"),
    "deep lists": ("[" * 60_000, 400, "H400"),
    "no object": ("[]", 422, "R422"),
    "an unknown key": ({**ORDER, "rain": 1}, 422, "R422"),
    "a fraction": (changed(ORDER, facts={"order_amount": 0.1}), 422, "R422"),
    "too long": ("x" * 70_000, 413, "H413"),
    "no such customer": (changed(ORDER, customer_id="C9", order_id="OX"), 404, "R404"),
    "a fact of the ledger": (changed(ORDER, order_id="OX", facts={"order_amount": "1", "exposure": "0"}), 422, "R402"),
    "an order asked otherwise": (changed(ORDER, order_id="O0", facts={"order_amount": "7"}), 409, "R431"),
    "what one may not": (REVIEW, 403, "A403"),
}


def test_a_bad_line_is_told_and_the_rest_goes_on(client: Client, house: House) -> None:
    good = orders(len(BAD) + 1)
    lines = [
        good[0],
        *(line for pair in zip((bad for bad, _, _ in BAD.values()), good[1:], strict=True) for line in pair),
    ]
    *answers, end = send_lines(shop(client), lines)
    found = [(answer["problem"]["status"], answer["problem"]["code"]) for answer in answers[1::2]]

    assert [(status, code) for _, status, code in BAD.values()] == found
    assert all(PROBLEM_KEYS <= answer["problem"].keys() for answer in answers[1::2])
    assert all("decision" in answer for answer in answers[::2])
    assert list(range(1, len(lines) + 1)) == [answer["line"] for answer in answers]
    assert ({"end": "complete", "lines": len(lines)}, len(good)) == (end, rows(house))


def test_what_failed_after_it_was_written_is_not_there(client: Client, house: House) -> None:
    """The second line's decision is stored before the order refuses it."""
    send_lines(shop(client), [ORDER, changed(ORDER, facts={"order_amount": "7"})])
    with house.database.reading() as session:
        store = DecisionStore(session)
        assert (1, []) == (len(store.page(order_id="O1").decisions), list(store.verify()))


def test_blank_lines_are_counted_and_not_answered(client: Client) -> None:
    lines = send_lines(shop(client), ["", ORDER, "  ", changed(ORDER, order_id="O2"), ""])
    assert [2, 4] == [line["line"] for line in lines[:-1]]


@pytest.mark.parametrize("body", ["", "\n\n"])
def test_a_batch_of_nothing_ends_at_once(client: Client, body: str) -> None:
    answer = shop(client).post(PATH, data=body, content_type=LINES)
    assert [{"end": "complete", "lines": body.count("\n")}] == read_lines(answer)


def test_more_lines_than_share_a_transaction_are_answered(client: Client, house: House) -> None:
    count = decision_batches.LINES_AT_ONCE * 2 + 1
    assert count + 1 == len(send_lines(shop(client), orders(count)))
    assert count == rows(house)


def test_one_version_decides_though_another_begins_in_the_middle(client: Client, house: House, clock: Clock) -> None:
    """Every look at the clock takes a microsecond: when the request comes in, and before each transaction."""
    begins = clock.instant + 3
    enforce(house, policy_with("order_check", '"> credit_limit"', '"> credit_limit * 0"'), begins)
    lines = send_lines(shop(client), orders(decision_batches.LINES_AT_ONCE + 5))
    decisions = [line["decision"] for line in lines[:-1]]

    assert {1} == {decision["result"]["policy"]["version"] for decision in decisions}
    assert decisions[-1]["result"]["known_until"] > instant_text(begins)
    assert "held" == send_lines(shop(client), orders(1, 500))[0]["decision"]["order"]["state"]


def test_dry_runs_and_reviews_may_stand_among_the_lines(client: Client) -> None:
    lines = send_lines(analyst(client), [REVIEW, changed(ORDER, order_id=None, substitute={"exposure": "9000"}), ORDER])
    assert ["live", "dry_run", "live"] == [line["decision"]["purpose"] for line in lines[:3]]


class Breaking:
    """A body that ends before its end."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """Give what there is, then fail as a server does whose client has gone."""
        if not self._body:
            raise OSError("Connection reset by peer")
        part, self._body = self._body[:size], self._body[size:]
        return part


def broken(client: Client, lines: list[dict[str, object]], **headers: str) -> Any:
    body = "\n".join(map(json.dumps, lines)).encode()
    said = {"wsgi.input": Breaking(body), "CONTENT_LENGTH": str(len(body) + 100)}
    return client.post(PATH, content_type=LINES, headers=headers, environ_overrides=said)


def test_of_a_body_that_breaks_off_what_was_stored_is_answered(client: Client, house: House) -> None:
    lines = read_lines(broken(shop(client), orders(decision_batches.LINES_AT_ONCE + 20)))
    assert (decision_batches.LINES_AT_ONCE, "broken") == (lines[-1]["lines"], lines[-1]["end"])
    assert ("H400", "Send the lines that have no answer.") == (
        lines[-1]["problem"]["code"],
        lines[-1]["problem"]["remedy"],
    )
    assert decision_batches.LINES_AT_ONCE == len(lines) - 1 == rows(house)


def test_a_body_that_breaks_off_at_once_is_a_problem(client: Client, house: House) -> None:
    problem_of(broken(shop(client), orders(3)), 400, "H400")
    assert 0 == rows(house)


def test_a_batch_sent_again_under_its_key_is_answered_alike_and_done_once(client: Client, house: House) -> None:
    count, headers = decision_batches.LINES_AT_ONCE + 5, {"Idempotency-Key": "night-1"}
    first = send_lines(shop(client), orders(count), **headers)
    assert first == send_lines(shop(client), orders(count), **headers)
    with house.database.reading() as session:
        assert count + 1 == session.scalar(select(func.count()).select_from(DecisionRow))


def test_a_batch_that_broke_off_goes_on_behind_what_was_answered(client: Client, house: House) -> None:
    count, headers = decision_batches.LINES_AT_ONCE + 20, {"Idempotency-Key": "night-1"}
    begun = read_lines(broken(shop(client), orders(count), **headers))
    lines = send_lines(shop(client), orders(count), **headers)
    assert begun[:-1] == lines[: decision_batches.LINES_AT_ONCE]
    assert ({"end": "complete", "lines": count}, count) == (lines[-1], rows(house))


@pytest.mark.parametrize("other", [orders(2) + orders(1, 7), orders(2), []])
def test_another_batch_under_the_same_key_is_refused(client: Client, other: list[dict[str, object]]) -> None:
    headers = {"Idempotency-Key": "night-1"}
    send_lines(shop(client), orders(3), **headers)
    body = "\n".join(map(json.dumps, other))
    problem_of(shop(client).post(PATH, data=body, content_type=LINES, headers=headers), 422, "S223")


def test_what_stands_behind_the_batch_of_that_key_is_refused(client: Client, house: House) -> None:
    headers = {"Idempotency-Key": "night-1"}
    send_lines(shop(client), orders(3), **headers)
    lines = send_lines(shop(client), orders(4), **headers)
    assert ("broken", 3, "S223") == (lines[-1]["end"], lines[-1]["lines"], lines[-1]["problem"]["code"])
    assert 3 == rows(house)


def test_more_lines_than_a_batch_may_have_are_not_decided(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_batches, "MOST_LINES", 200)
    lines = send_lines(shop(client), orders(250))
    assert ("broken", 200, "R426") == (lines[-1]["end"], lines[-1]["lines"], lines[-1]["problem"]["code"])
    assert 200 == rows(house)


def test_a_body_may_be_longer_than_any_other(client: Client) -> None:
    padding = " " * 10_000
    lines = [json.dumps(question) + padding for question in orders(60)]
    assert 61 == len(send_lines(shop(client), lines))


def test_a_body_is_read_while_it_is_answered(client: Client) -> None:
    """What has not been asked for cannot have been read."""
    given: list[int] = []

    class Lines:
        def __init__(self) -> None:
            self._lines = iter([json.dumps(line).encode() + b"\n" for line in orders(300)])

        def read(self, size: int = -1) -> bytes:
            given.append(1)
            return next(self._lines, b"")

    said = {"wsgi.input": Lines(), "wsgi.input_terminated": True}
    answer = shop(client).post(PATH, content_type=LINES, environ_overrides=said)
    pieces: Iterator[bytes] = iter(answer.response)
    next(pieces)
    assert len(given) <= decision_batches.LINES_AT_ONCE + 1
    assert b'"end":"complete"' in b"".join(pieces)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_another_media_type_is_refused(client: Client, media_type: str) -> None:
    refused = problem_of(shop(client).post(PATH, data=b"{}", content_type=media_type), 415, "H415")
    assert LINES in str(refused["detail"])
    assert "application/json" not in str(refused["remedy"])


def test_who_may_ask_nothing_may_send_nothing(client: Client) -> None:
    problem_of(client.of(Role.ADMIN).post(PATH, data=b"", content_type=LINES), 403, "A403")
    problem_of(client.post(PATH, data=b"", content_type=LINES), 401, "A401")


def test_without_a_version_in_force_there_is_no_batch(client: Client, clock: Clock) -> None:
    clock.instant = -10
    problem_of(shop(client).post(PATH, data=b"", content_type=LINES), 422, "R421")


def test_batches_upon_the_same_customers_in_another_order_do_not_wait_for_each_other(
    client: Client, house: House
) -> None:
    customers = ["C1", "C2", "C3"]
    questions = [
        [changed(ORDER, customer_id=one, order_id=f"{place}-{n}-{one}", facts={"order_amount": "1"}) for one in some]
        for n in range(4)
        for place, some in enumerate((customers, customers[::-1]))
    ]
    senders, ends = [shop(client) for _ in questions], list[dict[str, Any]]()
    threads = [
        Thread(target=lambda sender=sender, lines=lines: ends.append(send_lines(sender, lines)[-1]))
        for sender, lines in zip(senders, questions, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [{"end": "complete", "lines": 3}] * len(questions) == ends


def test_an_order_id_taken_by_another_meanwhile_is_told_for_its_line_alone(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is there, and was not when the batch looked."""
    send_lines(shop(client), [changed(ORDER, customer_id="C3", order_id="TAKEN", facts={"order_amount": "1"})])
    seen = batches.held_and_seen_together

    def too_early(*asked: Any) -> SeenTogether:
        monkeypatch.setattr(batches, "held_and_seen_together", seen)
        return replace(seen(*asked), known_orders=frozenset())

    monkeypatch.setattr(batches, "held_and_seen_together", too_early)
    *answers, end = send_lines(shop(client), [*orders(3), changed(ORDER, order_id="TAKEN"), REVIEW, *orders(2, 7)])
    assert ["decision"] * 3 + ["problem"] * 2 + ["decision"] * 2 == [next(iter(set(one) - {"line"})) for one in answers]
    assert ("R430", "A403") == (answers[3]["problem"]["code"], answers[4]["problem"]["code"])
    assert ({"end": "complete", "lines": 7}, 6) == (end, rows(house))
