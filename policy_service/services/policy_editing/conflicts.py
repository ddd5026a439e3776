"""Who changed a draft since somebody saw it, and what: told beside the refusal of an edit that came too late."""

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.storage.audit_store import AuditStore


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """One edit by somebody: when, of which files, and which cells as far as they are named."""

    person: str
    at: Instant
    files: tuple[str, ...]
    cells: tuple[str, ...]


def changed_since(session: Session, policy_id: str, number: int, revision: int) -> tuple[ChangedSince, ...]:
    """Return the edits of a version after the one that made it `revision`, the earliest first."""
    found = []
    for event in AuditStore(session).about("policy_version", f"{policy_id}/{number}"):
        detail = json.loads(event.detail)
        if event.act == "edited" and detail.get("revision", 0) > revision:
            files, cells = tuple(detail.get("files", ())), tuple(detail.get("cells", ()))
            found.append(ChangedSince(event.person, event.at, files, cells))
    return tuple(found)
