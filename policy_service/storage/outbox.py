"""The outbox: events waiting for their webhooks, taken in order, delivered at least once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.errors import not_stored
from policy_service.storage.models.delivery import OutboxEvent, Webhook
from policy_service.storage.prepared import Prepared, Row

_OPEN: Final = ("waiting", "set_aside")


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be told of; `body` is what is sent."""

    event_id: str
    event_type: str
    body: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that was taken to be sent; `attempts` are those made before, `waits_since` when it was put in.

    `state` says whether it waits in turn or was set aside.
    """

    number: int
    event_id: str
    body: str
    attempts: int
    waits_since: Instant
    state: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for a webhook and what became of it; `last_status` is none where no answer came."""

    number: int
    event_id: str
    webhook_id: str
    event_type: str
    created_at: Instant
    state: str
    attempts: int
    next_attempt_at: Instant | None
    last_status: int | None
    last_error: str
    delivered_at: Instant | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How sending an event ended: its new state, and when it is tried again."""

    number: int
    state: str
    next_attempt_at: Instant | None
    status: int | None
    error: str = ""


_WAITING: Final = [getattr(OutboxEvent, name) for name in Waiting.__slots__]
_TAKEN: Final[Select[Any]] = select(*_WAITING, OutboxEvent.next_attempt_at, OutboxEvent.lease_until)
_DELIVERY: Final = [getattr(OutboxEvent, name) for name in Delivery.__slots__]


_WEBHOOKS: Final = Webhook.metadata.tables["webhooks"].c
#: Asked with every event.
ACTIVE: Final = select(_WEBHOOKS.webhook_id, _WEBHOOKS.event_types).where(_WEBHOOKS.is_active.is_(True))
_PREPARED: Final = Prepared(ACTIVE)
#: Under which a session keeps the active webhooks that it knows of.
_KNOWN: Final = "active_webhooks"


def know_active(session: Session, active: Sequence[Row]) -> None:
    """Let the session's events be for these active webhooks, rows of `ACTIVE`: it need not ask for each of them."""
    session.info[_KNOWN] = active


def look_up_active(session: Session) -> None:
    """Let the session's events be for the webhooks that are active now."""
    know_active(session, _PREPARED.rows(session))


class Outbox:
    """The events within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def wanting(self, event_type: str) -> tuple[str, ...]:
        """Return the ids of the active webhooks that want events of the type; none goes before the transaction ends."""
        active: Sequence[Row] | None = self._session.info.get(_KNOWN)
        if active is None:
            active = _PREPARED.rows(self._session)
        wanting = [name for name, types in active if event_type in json.loads(types)]
        if not wanting:
            return ()
        still_there = select(_WEBHOOKS.webhook_id).where(_WEBHOOKS.webhook_id.in_(wanting))
        return tuple(sorted(self._session.scalars(still_there.with_for_update(read=True, key_share=True))))

    def add(self, webhooks: Sequence[str], event: NewEvent) -> None:
        """Store an event for each of the webhooks, to be sent at once."""
        self._session.execute(insert(OutboxEvent), [_new_row(webhook_id, event) for webhook_id in webhooks])

    def due(self, at: Instant) -> tuple[str, ...]:
        """Return the active webhooks that may have something to be sent now, by id."""
        of_webhook = and_(OutboxEvent.webhook_id == Webhook.webhook_id, OutboxEvent.state.in_(_OPEN))
        waits = select(OutboxEvent.number).where(of_webhook, OutboxEvent.next_attempt_at <= at).exists()
        return tuple(
            sorted(self._session.scalars(select(Webhook.webhook_id).where(Webhook.is_active.is_(True), waits)))
        )

    def take(self, webhook_id: str, by: str, at: Instant, until: Instant, most: int) -> tuple[Waiting, ...]:
        """Take what is to be sent to the webhook next, in order, and hold it for `by` until then.

        First those that wait in turn, none while the first of them waits to be tried again; behind them one that
        was set aside, when its time has come. Nothing while somebody else holds the first.
        """
        active = select(Webhook.webhook_id).where(Webhook.webhook_id == webhook_id, Webhook.is_active.is_(True))
        # Of several that take, one at a time; who adds an event meanwhile need not wait.
        if self._session.scalar(active.with_for_update(key_share=True)) is None:
            return ()
        first = self._first(webhook_id, most)
        if first and _is_held(first[0], at):
            return ()
        taken = *takewhile(lambda row: _is_free(row, at), first), *self._set_aside(webhook_id, at)
        self._change(OutboxEvent.number.in_([row.number for row in taken]), leased_by=by, lease_until=until)
        return tuple(Waiting(*row[: len(_WAITING)]) for row in taken)

    def record(self, by: str, attempts: Sequence[Attempt], at: Instant) -> None:
        """Store how the sending of events ended, as far as `by` still holds them."""
        for attempt in attempts:
            self._change(
                and_(OutboxEvent.number == attempt.number, OutboxEvent.leased_by == by),
                state=attempt.state,
                attempts=OutboxEvent.attempts + 1,
                next_attempt_at=attempt.next_attempt_at,
                last_status=attempt.status,
                last_error=attempt.error,
                delivered_at=at if attempt.state == "delivered" else None,
            )

    def let_go(self, by: str, numbers: Sequence[int]) -> None:
        """Let others have these events, as far as `by` still holds them."""
        held = and_(OutboxEvent.number.in_(numbers), OutboxEvent.leased_by == by)
        self._change(held, leased_by="", lease_until=None)

    def delivery(self, number: int) -> Delivery:
        """Return one event with what became of it; NotStored S209 for an unknown number."""
        row = self._session.execute(select(*_DELIVERY).where(OutboxEvent.number == number)).one_or_none()
        if row is None:
            raise not_stored(f"delivery {number}")
        return Delivery(*row)

    def page(self, webhook_id: str, state: str | None, before: int | None, limit: int) -> tuple[Delivery, ...]:
        """Return events of a webhook, the latest first, those with a number below `before` if that is given."""
        wanted = [OutboxEvent.webhook_id == webhook_id]
        if state is not None:
            wanted.append(OutboxEvent.state == state)
        if before is not None:
            wanted.append(OutboxEvent.number < before)
        found = select(*_DELIVERY).where(*wanted).order_by(OutboxEvent.number.desc()).limit(limit)
        return tuple(Delivery(*row) for row in self._session.execute(found))

    def send_again(self, number: int, at: Instant) -> None:
        """Let an event that was delivered or given up be sent again at once, beside those that wait in order."""
        again = {"state": "set_aside", "attempts": 0, "next_attempt_at": at, "waits_since": at, "delivered_at": None}
        self._change(OutboxEvent.number == number, **again)

    def give_up(self, waiting_since_before: Instant, reason: str) -> int:
        """Mark what has waited for so long as dead; return how many."""
        old = and_(OutboxEvent.state.in_(_OPEN), OutboxEvent.waits_since < waiting_since_before)
        return self._change(old, state="dead", next_attempt_at=None, last_error=reason)

    def forget(self, delivered_before: Instant, dead_before: Instant) -> int:
        """Take away what was put in before and is delivered, or is dead; return how many."""
        delivered = and_(OutboxEvent.state == "delivered", OutboxEvent.waits_since < delivered_before)
        dead = and_(OutboxEvent.state == "dead", OutboxEvent.waits_since < dead_before)
        gone = self._session.execute(delete(OutboxEvent).where(or_(delivered, dead)))
        return cast(CursorResult[Any], gone).rowcount

    def waiting(self) -> tuple[int, Instant | None]:
        """Return how many events wait for an active webhook, and since when the one that waits longest."""
        waits = select(func.count(), func.min(OutboxEvent.waits_since)).join(
            Webhook, Webhook.webhook_id == OutboxEvent.webhook_id
        )
        row = self._session.execute(waits.where(OutboxEvent.state.in_(_OPEN), Webhook.is_active.is_(True))).one()
        return row[0], row[1]

    def _first(self, webhook_id: str, most: int) -> Sequence[SqlRow[Any]]:
        waiting = and_(OutboxEvent.webhook_id == webhook_id, OutboxEvent.state == "waiting")
        return self._session.execute(_TAKEN.where(waiting).order_by(OutboxEvent.number).limit(most)).all()

    def _set_aside(self, webhook_id: str, at: Instant) -> Sequence[SqlRow[Any]]:
        aside = and_(OutboxEvent.webhook_id == webhook_id, OutboxEvent.state == "set_aside")
        nobody_has_it = or_(OutboxEvent.lease_until.is_(None), OutboxEvent.lease_until <= at)
        is_due = and_(aside, OutboxEvent.next_attempt_at <= at, nobody_has_it)
        return self._session.execute(_TAKEN.where(is_due).order_by(OutboxEvent.next_attempt_at).limit(1)).all()

    def _change(self, which: ColumnElement[bool], **values: object) -> int:
        changed = self._session.execute(
            update(OutboxEvent)
            .where(which)
            .values(**values, revision=OutboxEvent.revision + 1)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], changed).rowcount


def _is_held(row: SqlRow[Any], at: Instant) -> bool:
    return row.lease_until is not None and row.lease_until > at


def _is_free(row: SqlRow[Any], at: Instant) -> bool:
    return row.next_attempt_at <= at and not _is_held(row, at)


def _new_row(webhook_id: str, event: NewEvent) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "webhook_id": webhook_id,
        "event_type": event.event_type,
        "body": event.body,
        "created_at": event.at,
        "waits_since": event.at,
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": event.at,
        "leased_by": "",
        "last_error": "",
    }
