"""Delivery: what waits is sent in order, tried again later and later, and given up in the end.

One pass takes the next events of one webhook for a while, sends them one after another over one connection to an
address that was checked, and stores what came of it. A process that dies in between lets them be sent again by
the next one: a receiver gets every event at least once, and knows a second sending by its id.
"""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import DAY, SECOND, Instant, instant_text
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.webhooks.addresses import Resolver, checked_addresses, target_of
from policy_service.services.webhooks.sending import SECONDS_IN_ALL, Answer, Channel, NotSent
from policy_service.services.webhooks.signing import signed_headers
from policy_service.storage.outbox import Attempt, Outbox, Waiting
from policy_service.storage.webhook_store import WebhookStore

#: Taken at once; what is not sent in time is let go again.
_MOST: Final = 20
#: No post begins later than this after the taking, so that each ends while its event is still held.
_SECONDS_OF_A_PASS: Final = 4.0
_LEASE: Final = int((_SECONDS_OF_A_PASS + SECONDS_IN_ALL + 1) * SECOND)

_FIRST_DELAY, _LONGEST_DELAY = 5 * SECOND, 6 * 3600 * SECOND
#: Twelve attempts then take about a day.
_FACTOR: Final = 3
_JITTER: Final = 0.2
_ATTEMPTS: Final = 12
_AGE: Final = 3 * DAY
#: So many failures keep the later events waiting, about a minute; then they go ahead.
_ATTEMPTS_IN_TURN: Final = 3
_GONE: Final = 410
#: Who does what nobody does in person.
_BY_ITSELF: Final = "system"
_KEPT_DELIVERED, _KEPT_DEAD = 30 * DAY, 90 * DAY


@dataclass(frozen=True, slots=True)
class Means:
    """What delivery works with: who delivers, clocks, chance (from 0 below 1), names, and whom to trust."""

    by: str
    now: Callable[[], Instant]
    elapsed: Callable[[], float]
    chance: Callable[[], float]
    resolve: Resolver
    trusted: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass over a webhook did: how many events were received, how many attempts failed."""

    received: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    webhook_id: str
    url: str
    secrets: tuple[str, ...]
    events: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class _Sent:
    event: Waiting
    answer: Answer | None
    error: str = ""


def due_webhooks(house: House, at: Instant) -> tuple[str, ...]:
    """Return the webhooks that may have something to be sent."""
    with house.database.reading() as session:
        return Outbox(session).due(at)


def deliver(house: House, webhook_id: str, means: Means) -> Passed:
    """Send what is next for the webhook, until one fails or the time of a pass is over; store what came of it."""
    # A name of its own for each pass, so that one that comes too late does not write over another's.
    means = replace(means, by=f"{means.by}/{house.new_id()}")
    taken = _take(house, webhook_id, means)
    if not taken.events:
        return Passed()
    sent = _send(house, taken, means)
    _record(house, taken, sent, means)
    received = sum(one.answer is not None and one.answer.is_received for one in sent)
    return Passed(received, len(sent) - received)


def clean_up(house: House, at: Instant) -> None:
    """Give up what waits for three days, and forget what is long done with."""
    with house.database.writing() as session:
        outbox = Outbox(session)
        outbox.give_up(at - _AGE, "It has waited for three days.")
        outbox.forget(at - _KEPT_DELIVERED, at - _KEPT_DEAD)


def delay_before(attempt: int, chance: float) -> Instant:
    """Return how long to wait behind the failed attempt of that number, from 1: 5 s at first, 6 h at most.

    `chance` adds up to a fifth, so that what failed together does not come back together.
    """
    delay = min(_FIRST_DELAY * int(_FACTOR ** (attempt - 1)), _LONGEST_DELAY)
    return delay + int(delay * _JITTER * chance)


def _take(house: House, webhook_id: str, means: Means) -> _Taken:
    at = means.now()
    with house.database.writing() as session:
        events = Outbox(session).take(webhook_id, means.by, at, at + _LEASE, _MOST)
        if not events:
            return _Taken(webhook_id, "", (), ())
        webhooks = WebhookStore(session)
        return _Taken(webhook_id, webhooks.webhook(webhook_id).url, tuple(webhooks.secrets(webhook_id, at)), events)


def _send(house: House, taken: _Taken, means: Means) -> list[_Sent]:
    ends, sent = means.elapsed() + _SECONDS_OF_A_PASS, list[_Sent]()
    with ExitStack() as stack:
        try:
            channel = stack.enter_context(_channel(house, taken.url, means))
        except RequestError as error:
            return [_Sent(taken.events[0], None, str(error))]
        for event in taken.events:
            if means.elapsed() > ends:
                break
            sent.append(_posted(channel, event, taken.secrets, means))
            answer = sent[-1].answer
            if answer is None or not answer.is_received:
                break
    return sent


def _channel(house: House, url: str, means: Means) -> Channel:
    target = target_of(url, allows_http=house.settings.webhook_allow_http)
    addresses = checked_addresses(target, house.settings.webhook_allowed_networks, means.resolve)
    return Channel(target, addresses, means.trusted, means.elapsed)


def _posted(channel: Channel, event: Waiting, secrets: tuple[str, ...], means: Means) -> _Sent:
    signed = signed_headers(event.event_id, event.body, means.now(), secrets)
    headers = {
        **signed,
        "Content-Type": "application/cloudevents+json; charset=UTF-8",
        "User-Agent": "credit-policy-service",
    }
    try:
        answer = channel.post(event.body.encode(), headers)
    except NotSent as error:
        return _Sent(event, None, str(error))
    return _Sent(event, answer, "" if answer.is_received else f"It answered {answer.status}.")


def _record(house: House, taken: _Taken, sent: list[_Sent], means: Means) -> None:
    at = means.now()
    with house.database.writing() as session:
        outbox = Outbox(session)
        outbox.record(means.by, [_attempt(one, at, means.chance()) for one in sent], at)
        outbox.let_go(means.by, [event.number for event in taken.events])
        if any(one.answer is not None and one.answer.status == _GONE for one in sent):
            _switch_off(house, session, taken, at)


def _switch_off(house: House, session: Session, taken: _Taken, at: Instant) -> None:
    webhooks, reason = WebhookStore(session), f"It answered 410 Gone at {instant_text(at)}."
    # What is gone may be where it was: somebody may have moved it while the event was on its way.
    if webhooks.webhook(taken.webhook_id).url == taken.url:
        webhooks.switch_off(taken.webhook_id, reason)
        note(house, session, Act(_BY_ITSELF, at), "switched_off", "webhook", taken.webhook_id, {"reason": reason})


def _attempt(sent: _Sent, at: Instant, chance: float) -> Attempt:
    event, answer = sent.event, sent.answer
    status = answer.status if answer else None
    if answer is not None and answer.is_received:
        return Attempt(event.number, "delivered", None, status)
    made = event.attempts + 1
    if made >= _ATTEMPTS or at - event.waits_since >= _AGE:
        return Attempt(event.number, "dead", None, status, sent.error)
    asked = min((answer.retry_after or 0) * SECOND, _LONGEST_DELAY) if answer else 0
    # What is set aside, as what somebody has sent again, stays so: back in turn it would keep all later ones waiting.
    is_in_turn = event.state == "waiting" and made < _ATTEMPTS_IN_TURN
    state = "waiting" if is_in_turn else "set_aside"
    return Attempt(event.number, state, at + max(delay_before(made, chance), asked), status, sent.error)
