"""Tell other systems: an event is stored with the change it tells of, once for each webhook that wants it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import instant_text
from policy_service.domain.outcomes import EngineReason
from policy_service.services.house import House
from policy_service.storage.outbox import NewEvent, Outbox

#: What webhooks can ask to be told of.
EVENT_TYPES: Final = (
    "decision.given",
    "order.held",
    "order.released",
    "order.cancelled",
    "order.doubted",
    "standing.proposed",
    "standing.changed",
    "override.given",
    "case.opened",
    "case.climbed",
    "case.closed",
    "policy.submitted",
    "policy.approved",
    "policy.scheduled",
    "policy.activated",
    "policy.retired",
    "ledger.posted",
    "day.run",
)
_DECISION: Final = "decision.given"
#: Sent on request to try a webhook out; nobody subscribes to it.
TEST_EVENT: Final = "webhook.test"


def announce(
    house: House, session: Session, act: Act, event_type: str, subject: str, data: Mapping[str, object]
) -> None:
    """Store an event in the session's transaction for every active webhook that wants its type.

    `subject` names what it is about, such as `orders/4711`. `data` holds what JSON holds: money as decimal text.
    Decisions are counted here, too.
    """
    if event_type == _DECISION:
        _count(house, data)
    announce_made(house, session, act, event_type, subject, lambda: data)


def announce_made(
    house: House, session: Session, act: Act, event_type: str, subject: str, made: Callable[[], Mapping[str, object]]
) -> None:
    """Store an event as `announce` does, of a type that is not counted: `made` gives its data, if anybody wants it."""
    if event_type not in EVENT_TYPES:
        raise ValueError(f"{event_type} is no type of events that a webhook can ask for")
    outbox = Outbox(session)
    webhooks = outbox.wanting(event_type)
    if webhooks:
        outbox.add(webhooks, new_event(house, act, event_type, subject, made()))


def new_event(house: House, act: Act, event_type: str, subject: str, data: Mapping[str, object]) -> NewEvent:
    """Return an event with its body, a CloudEvent 1.0 in structured JSON."""
    event_id = house.new_id()
    body = {
        "specversion": "1.0",
        "id": event_id,
        "source": house.settings.webhook_source,
        "type": event_type,
        "subject": subject,
        "time": instant_text(act.at),
        "datacontenttype": "application/json",
        "data": data,
    }
    return NewEvent(event_id, event_type, msgspec.json.encode(body, order="sorted").decode(), act.at)


def _count(house: House, data: Mapping[str, object]) -> None:
    reasons = data.get("reasons")
    is_fault = isinstance(reasons, Sequence) and EngineReason.ENGINE_FAULT in reasons
    house.counting.decided(str(data.get("type")), str(data.get("outcome") or "none"), is_fault=is_fault)
