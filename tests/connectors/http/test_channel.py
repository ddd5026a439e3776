"""The channel over a network that is told what to answer: tries, waits, origins, and what is sent."""

import gzip
from decimal import Decimal

import httpx
import pytest

from policy_service.connectors.http.channel import Answer, Call, Channel
from policy_service.connectors.http.limits import Limits
from tests.connectors.http.answering import CREATE, OK, ORIGIN, READ, Network, channel, refused, status
from tests.connectors.standing_in import World


@pytest.mark.parametrize("code", [200, 202, 204, 207, 301, 304, 400, 401, 403, 404, 500])
def test_any_answer_that_does_not_pass_is_handed_over(code: int) -> None:
    network = Network(status(code))
    assert channel(World(), network).ask(READ).status == code
    assert len(network.asked) == 1


def test_a_redirect_is_not_followed() -> None:
    network = Network(status(302, location="https://crm.example/elsewhere"))
    assert channel(World(), network).ask(READ).headers["location"] == "https://crm.example/elsewhere"
    assert len(network.asked) == 1


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_what_passes_is_asked_again(code: int) -> None:
    world, network = World(), Network(status(code), status(code), OK)
    assert channel(world, network).ask(READ).status == 200
    assert world.waits == [0.5, 1.0]


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
def test_a_connection_that_breaks_is_made_again(error: Exception) -> None:
    world, network = World(), Network(error, OK)
    assert channel(world, network).ask(READ).status == 200
    assert world.waits == [0.5]


def test_waits_double_up_to_a_bound_and_chance_shortens_them() -> None:
    world = World(luck=0.999)
    error = refused(lambda: channel(world, Network(status(503)), Limits(tries=6, longest_wait=5)).ask(READ))
    assert [round(wait, 1) for wait in world.waits] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert (error.code, error.is_passing) == ("X103", True)
    lucky = World(luck=0.0)
    refused(lambda: channel(lucky, Network(status(503))).ask(READ))
    assert lucky.waits == [0.0] * 5


def test_tries_end_by_the_time_in_all() -> None:
    world = World(luck=0.999)
    network = Network(status(503))
    refused(lambda: channel(world, network, Limits(tries=100, seconds_in_all=10)).ask(READ))
    assert world.seconds <= 10
    assert len(network.asked) == 4


@pytest.mark.parametrize(
    ("given", "waited"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
    ],
)
def test_the_wait_that_is_asked_for_is_kept(given: str, waited: float) -> None:
    world = World(luck=0.0)
    channel(world, Network(status(429, retry_after=given), OK)).ask(READ)
    assert world.waits == [waited]


@pytest.mark.parametrize("given", ["soon", "-5", "1e9", "٣", "99999999999", "Sun, 99 Mar 2026 12:00:30 GMT", "x" * 99])
def test_a_wait_that_cannot_be_read_is_ours(given: str) -> None:
    world = World()
    answer = httpx.Response(429, headers={"retry-after": given.encode()})
    channel(world, Network(answer, OK)).ask(READ)
    assert world.waits == [0.5]


def test_a_longer_wait_than_ours_is_told_not_waited_for() -> None:
    world, network = World(), Network(status(429, retry_after="3600"))
    error = refused(lambda: channel(world, network).ask(READ))
    assert (error.code, error.is_passing, error.retry_after) == ("X104", True, 3600.0)
    assert (world.waits, len(network.asked)) == ([], 1)


def test_work_that_is_to_stop_does_not_wait() -> None:
    error = refused(lambda: channel(World(stops_after=1), Network(status(503))).ask(READ))
    assert (error.code, error.is_passing) == ("X109", True)


@pytest.mark.parametrize("found", [status(502), status(503), httpx.ReadTimeout("x"), httpx.ReadError("x")])
def test_what_must_not_be_done_twice_is_asked_once(found: httpx.Response | Exception) -> None:
    network = Network(found, OK)
    error = refused(lambda: channel(World(), network).ask(CREATE))
    assert (error.code, error.is_passing) == ("X106", False)
    assert len(network.asked) == 1


def test_what_must_not_be_done_twice_was_not_done_where_it_was_too_much() -> None:
    network = Network(status(429, retry_after="5"), OK)
    error = refused(lambda: channel(World(), network).ask(CREATE))
    assert (error.code, error.is_passing, error.retry_after) == ("X104", True, 5.0)
    assert len(network.asked) == 1


def test_what_must_not_be_done_twice_is_asked_again_if_nothing_was_sent() -> None:
    network = Network(httpx.ConnectError("x"), httpx.ConnectTimeout("x"), OK)
    assert channel(World(), network).ask(CREATE).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://crm.example.evil.example",
        "https://crm.example:444",
        "http://crm.example",
        "https://crm.example/path",
        "https://user:secret@crm.example",
        "https://crm.example?secret",
        "ftp://crm.example",
        "",
    ],
)
def test_an_origin_that_was_not_allowed_is_not_talked_to(origin: str) -> None:
    error = refused(lambda: Channel(origin, (ORIGIN,), World(origins=("https://other.example",)).means))
    assert error.code == "X101"
    assert "secret" not in str(error)


@pytest.mark.parametrize("origin", ["https://CRM.example", "https://crm.example:443", "https://crm.example/"])
def test_an_origin_may_be_written_in_several_ways(origin: str) -> None:
    assert Channel(origin, (ORIGIN,), World().means).origin == ORIGIN


def test_plain_http_is_for_settings_alone_to_allow() -> None:
    plain = "http://127.0.0.1:8080"
    assert refused(lambda: Channel(plain, (plain,), World().means)).code == "X101"
    assert Channel(plain, (), World(origins=(plain,)).means).origin == plain


def test_what_is_sent_stands_as_it_was_given() -> None:
    network = Network(OK)
    with channel(World(), network) as one:
        one.ask(Call("PUT", "/rows/1", {"of": "a b&c"}, {"Authorization": "t"}, json={"money": Decimal("120000.50")}))
        one.ask(Call("POST", "/token", form={"secret": "s=&"}))
    put, post = network.asked
    assert str(put.url) == "https://crm.example/rows/1?of=a+b%26c"
    assert (put.content, put.headers["authorization"]) == (b'{"money":120000.50}', "t")
    assert post.content == b"secret=s%3D%26"


def test_a_cookie_is_not_kept() -> None:
    network = Network(httpx.Response(200, headers={"set-cookie": "a=b; Path=/"}))
    with channel(World(), network) as one:
        one.ask(READ)
        one.ask(READ)
    assert "cookie" not in network.asked[1].headers


@pytest.mark.parametrize("path", ["rows", "/rows?x=1", "/rows#x", "//evil.example/rows", "/a b", "/rows\n"])
def test_what_is_no_path_is_a_fault_of_the_program(path: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        channel(World(), Network(OK)).ask(Call("GET", path))


@pytest.mark.parametrize("token", ["s3cret\r\nX: y", "s3crét", "s3cret\x00"])
def test_a_token_that_cannot_be_sent_is_told_without_it(token: str) -> None:
    error = refused(lambda: channel(World(), Network(OK)).ask(Call("GET", "/rows", headers={"Authorization": token})))
    assert error.code == "X108"
    assert "s3cr" not in str(error)


def test_no_secret_is_in_what_is_shown_or_raised() -> None:
    call = Call("POST", "/t", {"q": "s3cret"}, {"Authorization": "s3cret"}, json={"a": "s3cret"}, form={"b": "s3cret"})
    assert "s3cret" not in repr(call)
    assert "s3cret" not in repr(Answer(200, {"x": "s3cret"}, b"s3cret"))
    broken = httpx.ReadError("s3cret", request=httpx.Request("GET", "https://crm.example/?s3cret"))
    read = Call("GET", "/rows", {"q": "s3cret"}, {"Authorization": "s3cret"})
    error = refused(lambda: channel(World(), Network(broken)).ask(read))
    assert error.__cause__ is None
    assert "s3cret" not in f"{error} {error.__context__!r}"


def test_money_comes_as_it_was_written() -> None:
    body = b'{"a":120000.50,"b":1e2,"c":7,"d":"1.0","e":12345678901234567890123,"f":0.1}'
    found = Answer(200, {}, body).json()
    assert found == {"a": "120000.50", "b": "1e2", "c": 7, "d": "1.0", "e": 12345678901234567890123, "f": "0.1"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[" * 51 + b"]" * 51,
        b"[" * 100_000,
        b'"\xff"',
        b"{} {}",
        b"1" * 5_000,
        b'"\\ud800"',
    ],
)
def test_what_is_no_json_is_told_without_quoting_it(body: bytes) -> None:
    error = refused(Answer(200, {}, body).json)
    assert (error.code, error.is_passing) == ("X105", False)
    assert error.__cause__ is None


def test_fifty_levels_are_read() -> None:
    assert Answer(200, {}, b"[" * 50 + b"]" * 50).json()


def test_a_packed_body_is_unpacked() -> None:
    class Packed(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert request.headers["accept-encoding"] == "gzip"
            packed = httpx.ByteStream(gzip.compress(b'{"a":1}'))
            return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=packed)

    assert channel(World(), Packed()).ask(READ).json() == {"a": 1}
