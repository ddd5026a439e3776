"""One bounded channel to one origin: what every connector over HTTP asks by.

It follows no redirect, keeps no cookie, uses no proxy, and bears each answer to a bound. What a busy or broken system
could not answer it asks again, later and later, as long as that does no harm.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Final, Self, TypeAlias, cast

import httpx
import msgspec

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.bodies import read_body, read_json
from policy_service.connectors.http.deadlines import Deadline
from policy_service.connectors.http.limits import Limits, retry_after, seconds_before
from policy_service.connectors.http.origins import checked_origin
from policy_service.connectors.http.pace import Pace
from policy_service.connectors.http.refusals import maybe_done, out_of_order, stopped, too_busy, unreached, unsendable
from policy_service.connectors.http.transport import BoundedTransport
from policy_service.connectors.means import Means
from policy_service.connectors.port import Json

#: What is sent as JSON: a Decimal becomes a number with these very digits.
Sent: TypeAlias = "Json | Decimal | Sequence[Sent] | Mapping[str, Sent]"

BUSY: Final = 429
_PASSING: Final = frozenset({BUSY, 502, 503, 504})
#: Parts of a path that are made of what somebody typed are quoted by the caller.
_PATH: Final = re.compile(r"/[A-Za-z0-9_.~%/:@!$&'()*+,;=-]*", re.ASCII)
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "credit-policy-service"}
_NOTHING_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN: Final = (httpx.TransportError, httpx.StreamError)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a path that begins with a slash, and at most one of `json` and `form` as its body.

    `is_repeatable` says that asking twice does no more than asking once.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Sent = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    is_repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers are in lower case, the body is unpacked."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Json:
        """Return what the body says, numbers with a fraction as text; ConnectorError X105 for what is no JSON."""
        return read_json(self.body)


class Channel:
    """Asks one origin, over one connection that is kept; for one thread.

    `pace`, if any, is asked before each try. `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        origin: str,
        allowed: Sequence[str],
        means: Means,
        limits: Limits = Limits(),  # noqa: B008  # it is frozen
        *,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Open nothing yet; ConnectorError X101 for an origin that is not allowed."""
        self.origin = checked_origin(origin, allowed, means)
        self._means = means
        self._limits = limits
        self._pace = pace
        self._deadline = Deadline(means.monotonic)
        self._client = httpx.Client(
            base_url=self.origin,
            transport=transport or BoundedTransport(limits, self._deadline),
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def ask(self, call: Call) -> Answer:
        """Return the answer, whatever its status, but for 429, 502, 503 and 504: after these it is asked again.

        ConnectorError X102 where no answer could be had, X103 where the system stayed out of order, X104 where it
        asked for a longer wait than ours, X106 where a call that is not repeatable may or may not have been
        carried out, X107 for an answer that is too long, X108 for a header that cannot be sent, X109 if the work is
        to stop.
        """
        request = self._request(call)
        until = self._means.monotonic() + self._limits.seconds_in_all
        failed = 0
        while True:
            found = self._try(request)
            if isinstance(found, Answer):
                return found
            failed += 1
            if not (call.is_repeatable or found.is_unsent):
                raise found.error if found.is_refused else maybe_done(self._host)
            seconds = seconds_before(failed, found.error.retry_after, self._limits, self._means)
            if failed >= self._limits.tries or self._is_too_long(seconds, until):
                raise found.error
            self._wait(seconds)

    def _request(self, call: Call) -> httpx.Request:
        if not _PATH.fullmatch(call.path) or "//" in call.path:
            raise ValueError(f"{call.path!r} is no path")
        for value in call.headers.values():
            if not (value.isascii() and value.isprintable()):
                raise unsendable()
        body = None if call.json is None else _JSON.encode(call.json)
        headers = dict(call.headers) | ({"Content-Type": "application/json"} if body is not None else {})
        return self._client.build_request(
            call.method, call.path, params=dict(call.params), headers=headers, content=body, data=call.form
        )

    def _try(self, request: httpx.Request) -> "Answer | _Failed":
        if self._pace is not None and not self._pace.wait(self._means):
            raise stopped(self._host)
        self._deadline.begin(self._limits.seconds_of_try)
        try:
            answer = self._answer(request)
        except _BROKEN as error:
            # Not raised from it: it holds the request, and that the token.
            return _Failed(unreached(self._host, error), is_unsent=isinstance(error, _NOTHING_SENT))
        if answer.status not in _PASSING:
            return answer
        asked = retry_after(answer.headers, self._means.now())
        if answer.status == BUSY:
            return _Failed(too_busy(self._host, asked), is_refused=True)
        return _Failed(out_of_order(self._host, answer.status, asked))

    def _answer(self, request: httpx.Request) -> Answer:
        response = self._client.send(request, stream=True)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            encoding = headers.get("content-encoding", "")
            # The stream itself: what the response gives is unpacked before it can be counted.
            body = read_body(cast(httpx.SyncByteStream, response.stream), encoding, self._limits.bytes_of_answer)
            return Answer(response.status_code, headers, body)
        finally:
            response.close()

    def _wait(self, seconds: float) -> None:
        if not self._means.wait(seconds):
            raise stopped(self._host)

    def _is_too_long(self, seconds: float, until: float) -> bool:
        limits = self._limits
        return seconds > limits.longest_wait + limits.first_wait or self._means.monotonic() + seconds > until

    @property
    def _host(self) -> str:
        return self.origin.partition("://")[2]


@dataclass(frozen=True, slots=True)
class _Failed:
    """A try that came to nothing: whether nothing was sent, or what was sent was refused for being too much."""

    error: ConnectorError
    is_unsent: bool = False
    is_refused: bool = False


_JSON: Final = msgspec.json.Encoder(decimal_format="number")
