"""Drafts: made from a version, from a shipped policy or from given files, and edited by revision."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.policy_life.files import Files, ReadFiles
from policy_service.services.policy_life.in_hand import may, note_step, take
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.policy_approval_store import PolicyApprovalStore
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

_NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})


def draft_from_files(
    house: House,
    session: Session,
    read: ReadFiles,
    actor: Actor,
    act: Act,
    said: Mapping[str, object] = _NOTHING_MORE,
) -> PolicyVersion:
    """Store a draft with these files, of a new policy too, and return it.

    Files that cannot be read are kept as they are. `said` goes to the audit trail.
    """
    may(actor, act, Permission.POLICIES_EDIT)
    return _drafted(house, session, read, None, act, said)


def draft_from_version(
    house: House, session: Session, read: ReadFiles, number: int, actor: Actor, act: Act
) -> PolicyVersion:
    """Store a draft with the files of a version, and return it; NotStored S209 if there is none.

    Whoever has a hand in a text that is not approved yet has one in the draft too. Conflict S208 if the version's
    files are others by now than those that were read.
    """
    may(actor, act, Permission.POLICIES_EDIT)
    take(session, read.policy_id, number, act)
    if PolicyStore(session).files(read.policy_id, number) != read.files:
        raise changed_since_read(f"version {number} of {read.policy_id}")
    return _drafted(house, session, read, number, act, {"based_on": number})


def save_files(
    house: House,
    session: Session,
    read: ReadFiles,
    number: int,
    revision: int,
    actor: Actor,
    act: Act,
    said: Mapping[str, object] = _NOTHING_MORE,
) -> PolicyVersion:
    """Replace all files of a draft or a submitted version, which becomes a draft again, and return it.

    Every approval it had is void. `said` goes to the audit trail. Conflict S208 if it is not at that revision,
    StorageError S219 once it is approved.
    """
    may(actor, act, Permission.POLICIES_EDIT)
    take(session, read.policy_id, number, act)
    store, named = PolicyApprovalStore(session), (read.policy_id, number)
    replaced = store.files(*named)
    version = store.edit(*named, revision, act, read.policy, read.files)
    store.close_submission(*named, "void")
    changed = sorted(name for name in {*read.files, *replaced} if read.files.get(name) != replaced.get(name))
    note_step(house, session, act, "edited", version, {"files": changed, "revision": version.revision, **said})
    return version


def files_with(session: Session, policy_id: str, number: int, revision: int, name: str, text: str) -> Files:
    """Return the files of a version with one replaced or added; Conflict S208 if it is not at that revision."""
    return {**_files_at(session, policy_id, number, revision), name: text}


def files_without(session: Session, policy_id: str, number: int, revision: int, name: str) -> Files:
    """Return the files of a version without one; as `files_with`, and NotStored S209 if there is no such file."""
    files = _files_at(session, policy_id, number, revision)
    if name not in files:
        raise not_stored(f"file {name[:60]} in version {number} of {policy_id[:60]}")
    return {each: text for each, text in files.items() if each != name}


def _files_at(session: Session, policy_id: str, number: int, revision: int) -> Files:
    store = PolicyStore(session)
    if store.version(policy_id, number).revision != revision:
        raise changed_since_read(f"version {number} of {policy_id[:60]}")
    return store.files(policy_id, number)


def _drafted(
    house: House,
    session: Session,
    read: ReadFiles,
    based_on: int | None,
    act: Act,
    said: Mapping[str, object],
) -> PolicyVersion:
    version = PolicyStore(session).add_draft(read.policy_id, act, read.policy, read.files, based_on)
    note_step(house, session, act, "drafted", version, {"files": sorted(read.files), **said})
    return version
