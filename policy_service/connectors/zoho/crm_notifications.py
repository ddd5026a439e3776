"""Notifications of Zoho CRM: what is asked for, and what arrives. Both are pure: whoever receives hands the bytes in.

A notice wakes a pull and says nothing that is believed: it is authenticated only by the token that we chose.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.bodies import no_answer, read_json
from policy_service.connectors.http.channel import Answer, Call
from policy_service.connectors.port import Json
from policy_service.connectors.zoho.crm_answers import mapping_of, object_of, rows_of
from policy_service.connectors.zoho.refusals import refused, words_of
from policy_service.connectors.zoho.times import instant_of
from policy_service.connectors.zoho.times import written as instant_text
from policy_service.domain.instants import DAY, Instant

#: The bytes of a notice; more is not read.
MOST_BYTES: Final = 256 * 1024
_LONGEST_TOKEN: Final = 50
_MOST_IDS: Final = 1_000
#: A week is the longest that is given; renewed once a day is left.
_LASTS: Final = 7 * DAY - DAY // 24
_RENEWED_BEFORE: Final = DAY
_WATCH: Final = "/actions/watch"
_OPERATIONS: Final = frozenset({"insert", "update", "delete"})


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told to whom: modules over one channel, to an https address, with a token of at most 50 characters."""

    channel_id: str
    modules: tuple[str, ...]
    notify_url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """Rows of a module were changed; `server_time` tells a notice from one that is sent again."""

    channel_id: str
    module: str
    operation: str
    row_ids: tuple[str, ...]
    server_time: str

    @property
    def key(self) -> tuple[str, str, tuple[str, ...], str]:
        """Return what is equal for the same notice sent again."""
        return (self.module, self.operation, self.row_ids, self.server_time)


class Asking(Protocol):
    """What asks Zoho CRM, signed in; paths are below the API's root."""

    @property
    def host(self) -> str:
        """Where the API lies."""

    def ask(self, call: Call) -> Answer:
        """Return the answer."""


def watch_on(crm: Asking, watch: Watch, now: Instant, *, is_begun: bool) -> Instant:
    """Begin a watch, or let one that `is_begun` go on as it is given here, and return until when it lasts.

    One that is not known there any more is begun anew. ConnectorError as `watched_until` says.
    """
    if is_begun:
        try:
            return watched_until(crm.host, crm.ask(renew_call(watch, now)))
        except ConnectorError as error:
            if not has_lapsed(error):
                raise
    return watched_until(crm.host, crm.ask(subscribe_call(watch, now)))


def stop_watching(crm: Asking, channel_id: str) -> None:
    """End a watch, which may have ended already; ConnectorError for what else is refused."""
    try:
        said = object_of(crm.host, crm.ask(stop_call([channel_id])))
        for each in rows_of(said.get("watch", [])):
            if each.get("status") != "success":
                raise refused(crm.host, words_of(each.get("code")), words_of(each.get("message")))
    except ConnectorError as error:
        if not has_lapsed(error):
            raise


def subscribe_call(watch: Watch, now: Instant) -> Call:
    """Return the call that begins a watch for a week; ValueError for a token that is too long."""
    return _watch_call("POST", watch, now)


def renew_call(watch: Watch, now: Instant) -> Call:
    """Return the call that lets a watch go on for a week more."""
    return _watch_call("PUT", watch, now)


def stop_call(channel_ids: Sequence[str]) -> Call:
    """Return the call that ends watches."""
    return Call("DELETE", _WATCH, {"channel_ids": ",".join(channel_ids)})


def is_due(expires: Instant, now: Instant) -> bool:
    """Return whether a watch that expires then is to be renewed now."""
    return now >= expires - _RENEWED_BEFORE


def has_lapsed(error: ConnectorError) -> bool:
    """Return whether a renewal was refused as the channel is not known any more: it is to be begun anew."""
    return "NOT_SUBSCRIBED" in error.message


def watched_until(host: str, answer: Answer) -> Instant:
    """Return until when the answer to a call lets the watch last.

    ConnectorError X112 where any module of it was refused, X105 for an answer that does not say.
    """
    said = object_of(host, answer)
    until = list[Instant]()
    for each in rows_of(said.get("watch")):
        if each.get("status") != "success":
            raise refused(host, words_of(each.get("code")), words_of(each.get("message")))
        details = mapping_of(each.get("details"))
        until += [at for event in rows_of(details.get("events")) if (at := instant_of(event.get("channel_expiry")))]
    if not until:
        raise no_answer("it does not say until when it notifies")
    return min(until)


def read_notice(body: bytes, tokens: Mapping[str, str]) -> Notice:
    """Return what a body tells; `tokens` are those of our channels by their ids.

    ConnectorError X118 for a body that bears no token of ours, X105 for one that is no notice, X107 for one too long.
    """
    if len(body) > MOST_BYTES:
        raise _too_long()
    said = mapping_of(read_json(body))
    channel, token = words_of(said.get("channel_id")), said.get("token")
    known = tokens.get(channel, "")
    # Compared though the channel is not known, so that the time does not tell which are.
    is_ours = hmac.compare_digest(known.encode(), (token if isinstance(token, str) else "").encode())
    if not (known and is_ours):
        raise _forged()
    operation, module = words_of(said.get("operation")), words_of(said.get("module"))
    if operation not in _OPERATIONS or not module:
        raise no_answer("it is no notice")
    return Notice(channel, module, operation, _ids(said.get("ids")), words_of(said.get("server_time")))


def _watch_call(method: str, watch: Watch, now: Instant) -> Call:
    if not 0 < len(watch.token) <= _LONGEST_TOKEN:
        raise ValueError(f"a token has 1 to {_LONGEST_TOKEN} characters")
    asked = {
        "channel_id": watch.channel_id,
        "events": [f"{module}.all" for module in watch.modules],
        "channel_expiry": instant_text(now + _LASTS),
        "token": watch.token,
        "notify_url": watch.notify_url,
    }
    return Call(method, _WATCH, json={"watch": [asked]})


def _ids(found: Json) -> tuple[str, ...]:
    if not isinstance(found, list) or len(found) > _MOST_IDS:
        raise no_answer("it is no notice")
    ids = tuple(words_of(each) for each in found)
    if not all(ids):
        raise no_answer("it is no notice")
    return ids


def _too_long() -> ConnectorError:
    return ConnectorError(
        "X107", f"A notice has more than {MOST_BYTES} bytes.", remedy="Look who sends to this address."
    )


def _forged() -> ConnectorError:
    return ConnectorError(
        "X118",
        "A notice bears no token of this connection.",
        remedy="Look who sends to this address; if it is the system itself, connect again.",
    )
