"""A network that is told what to answer, and a channel over it."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat

import httpx
import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.channel import Call, Channel
from policy_service.connectors.http.limits import Limits
from policy_service.connectors.http.pace import Pace
from tests.connectors.standing_in import World

USUAL = Limits()
ORIGIN = "https://crm.example"
READ = Call("GET", "/rows")
CREATE = Call("POST", "/rows", json={"a": 1}, is_repeatable=False)


class Network(httpx.BaseTransport):
    """Answers one after the other, the last one for good, and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers: Iterator[httpx.Response | Exception] = chain(answers, repeat(answers[-1]))
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(code, headers={name.replace("_", "-"): value for name, value in headers.items()})


OK = httpx.Response(200, content=b'{"rows":[]}')


def channel(world: World, network: httpx.BaseTransport, limits: Limits = USUAL, pace: Pace | None = None) -> Channel:
    return Channel(ORIGIN, (ORIGIN,), world.means, limits, transport=network, pace=pace)


def refused(ask: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        ask()
    return caught.value
