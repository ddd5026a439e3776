"""What the audit trail knows of the notices of a connection: agreed, ended, and what a system said of its access."""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.services.actor import Actor
from policy_service.services.connections.allowed import require_sees
from policy_service.storage.audit_store import AuditEvent, AuditStore

_CONNECTION: Final = "connection"
_ACTS: Final = ("notices_begun", "notices_ended", "called_back")
#: At most so many are given at once.
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """A step: the word of the audit trail, and what it was about: modules that are told of, or the system's word."""

    at: Instant
    act: str
    about: tuple[str, ...]


def notice_history(session: Session, name: str, actor: Actor, most: int = 20) -> tuple[NoticeStep, ...]:
    """Return the last steps, the newest first; AccessError A403 as `allowed` says."""
    require_sees(actor)
    most = min(most, MOST_SHOWN)
    store = AuditStore(session)
    found = [
        _step(event)
        for act in _ACTS
        for event in store.page(act=act, subject_kind=_CONNECTION, subject_id=name, limit=most)
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:most])


def _step(event: AuditEvent) -> NoticeStep:
    detail = json.loads(event.detail)
    modules, kind = detail.get("modules", ()), detail.get("kind", "")
    return NoticeStep(event.at, event.act, tuple(map(str, modules)) or ((str(kind),) if kind else ()))
