"""The audit trail: who did what, noted in the transaction of the doing itself."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditEvent, AuditStore

_NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})


def note(
    house: House,
    session: Session,
    act: Act,
    done: str,
    subject_kind: str,
    subject_id: str,
    detail: Mapping[str, object] = _NOTHING_MORE,
) -> None:
    """Append one event to the audit trail in the session's transaction.

    `done` is a word such as `released`; `detail` holds what JSON holds. Note after deciding: whoever takes the
    two chains in another order can stand in another thread's way.
    """
    event = AuditEvent(
        event_id=house.new_id(),
        at=act.at,
        person=act.person,
        act=done,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=json.dumps(_with_the_why(act, detail), sort_keys=True, ensure_ascii=False),
        request_id=act.request_id,
        key_id=act.key_id,
    )
    AuditStore(session).append(house.writer, [event])


def _with_the_why(act: Act, detail: Mapping[str, object]) -> dict[str, object]:
    why: dict[str, object] = {"note": act.note} if act.note else {}
    bypass: dict[str, object] = {"is_bypass": True} if act.is_bypass else {}
    return {**detail, **why, **bypass}
