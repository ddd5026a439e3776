"""Policies kept: versions with their texts and steps, and which one counts at an instant."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from sqlalchemy import CursorResult, func, or_, select, text, update
from sqlalchemy.orm import Session

from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import canonical_text, from_canonical
from policy_service.storage.errors import StorageError, changed_since_read, not_stored
from policy_service.storage.models.policies import PolicyRow, PolicyVersionRow, PolicyVersionStep

_EDITABLE: Final = ("draft", "submitted")
_NO_FILES: Final[Mapping[str, str]] = MappingProxyType({})
_NEW_POLICY: Final = text(
    "INSERT INTO policies (policy_id, created_at, created_by) VALUES (:policy_id, :at, :person) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version without its text; `revision` is what a change of it has to name.

    It counts from `effective_from` until before `effective_until` (none: without end); without the former never.
    """

    policy_id: str
    number: int
    state: str
    sha256: str | None
    based_on: int | None
    effective_from: int | None
    effective_until: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a version's life."""

    step: str
    at: int
    person: str
    sha256: str | None
    note: str
    key_id: str | None
    is_bypass: bool


class Act(Protocol):
    """What somebody does to a version; anything that says as much will do."""

    @property
    def person(self) -> str:
        """Who does it."""

    @property
    def at(self) -> int:
        """The instant."""

    @property
    def note(self) -> str:
        """Why."""

    @property
    def key_id(self) -> str | None:
        """The key it is done with; none for a person who is signed in."""

    @property
    def is_bypass(self) -> bool:
        """Whether it is done without the approval that settings ask for."""


_COLUMNS: Final = [getattr(PolicyVersionRow, name) for name in PolicyVersion.__slots__]
_STEP_COLUMNS: Final = [getattr(PolicyVersionStep, name) for name in Step.__slots__]


class PolicyStore:
    """The policies within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add_draft(
        self,
        policy_id: str,
        act: Act,
        policy: Policy | None,
        files: Mapping[str, str] = _NO_FILES,
        based_on: int | None = None,
    ) -> PolicyVersion:
        """Store a new draft, of a new policy too, and return it; `policy` is none while its files cannot be read."""
        self._session.execute(_NEW_POLICY, {"policy_id": policy_id, "at": act.at, "person": act.person})
        # Whoever adds a version waits here for whoever adds another.
        self._session.execute(select(PolicyRow.policy_id).where(PolicyRow.policy_id == policy_id).with_for_update())
        last = self._session.scalar(
            select(func.max(PolicyVersionRow.number)).where(PolicyVersionRow.policy_id == policy_id)
        )
        number = (last or 0) + 1
        row = PolicyVersionRow(
            policy_id=policy_id, number=number, state="draft", based_on=based_on, **_text(policy, files)
        )
        self._session.add(row)
        self._session.flush()
        self._note("draft", policy_id, number, row.sha256, act)
        return self.version(policy_id, number)

    def edit(
        self,
        policy_id: str,
        number: int,
        revision: int,
        act: Act,
        policy: Policy | None,
        files: Mapping[str, str] = _NO_FILES,
    ) -> PolicyVersion:
        """Store another text of a draft, or of a submitted version, which becomes a draft again, and return it.

        Conflict S208 if it is no longer at that revision, StorageError S219 once it is approved: its text stays.
        """
        before = self._at_revision(policy_id, number, revision)
        if before.state not in _EDITABLE:
            raise _not_editable(before)
        written = _text(policy, files)
        self._set(before, {"state": "draft", **written})
        self._note("edited", policy_id, number, written["sha256"], act)
        return self.version(policy_id, number)

    def change_state(
        self,
        policy_id: str,
        number: int,
        revision: int,
        state: str,
        act: Act,
        effective_from: int | None = None,
        effective_until: int | None = None,
    ) -> PolicyVersion:
        """Bring a version into another state, with the period in which it counts if its begin is given, and return it.

        Conflict S208 if it is no longer at that revision. Which state may follow which is the caller's to say; but
        whatever the caller says, only a scheduled, active or retired version has a period, and only one with a
        readable text leaves the draft (S210).
        """
        before = self._at_revision(policy_id, number, revision)
        values: dict[str, Any] = {"state": state}
        if effective_from is not None:
            values |= {"effective_from": effective_from, "effective_until": effective_until}
        self._set(before, values)
        self._note(state, policy_id, number, before.sha256, act)
        return self.version(policy_id, number)

    def version(self, policy_id: str, number: int) -> PolicyVersion:
        """Return the version as it is now; NotStored S209 if there is none."""
        return PolicyVersion(*self._row(policy_id, number, *_COLUMNS))

    def versions(self, policy_id: str) -> tuple[PolicyVersion, ...]:
        """Return the versions of a policy, the newest first."""
        of_policy = select(*_COLUMNS).where(PolicyVersionRow.policy_id == policy_id)
        rows = self._session.execute(of_policy.order_by(PolicyVersionRow.number.desc()))
        return tuple(PolicyVersion(*row) for row in rows)

    def policy_ids(self) -> tuple[str, ...]:
        """Return the ids of all policies, in order."""
        return tuple(sorted(self._session.scalars(select(PolicyRow.policy_id))))

    def steps(self, policy_id: str, number: int) -> tuple[Step, ...]:
        """Return the steps of a version's life, the first one first."""
        of_version = (PolicyVersionStep.policy_id == policy_id, PolicyVersionStep.number == number)
        rows = self._session.execute(select(*_STEP_COLUMNS).where(*of_version).order_by(PolicyVersionStep.step_number))
        return tuple(Step(*row) for row in rows)

    def effective(self, policy_id: str, instant: int) -> PolicyVersion | None:
        """Return the version that counts at the instant: of several the one that began last; none if none does."""
        row = self._session.execute(
            select(*_COLUMNS)
            .where(
                PolicyVersionRow.policy_id == policy_id,
                PolicyVersionRow.effective_from <= instant,
                or_(PolicyVersionRow.effective_until.is_(None), PolicyVersionRow.effective_until > instant),
            )
            .order_by(PolicyVersionRow.effective_from.desc())
            .limit(1)
        ).one_or_none()
        return PolicyVersion(*row) if row else None

    def policy(self, policy_id: str, number: int) -> Policy:
        """Return the policy of a version; StorageError S214 if its text is not what was stored.

        NotStored S209 if there is no such version, or it is a draft that cannot be read yet.
        """
        written, sha256 = self._row(policy_id, number, PolicyVersionRow.canonical_text, PolicyVersionRow.sha256)
        if written is None:
            raise not_stored(f"readable text of version {number} of {policy_id[:60]}")
        if hashlib.sha256(written.encode()).hexdigest() != sha256:
            raise _altered(policy_id, number)
        return from_canonical(written)

    def files(self, policy_id: str, number: int) -> Mapping[str, str]:
        """Return the YAML files of a version as they were edited, by name; NotStored S209 if there is none."""
        (written,) = self._row(policy_id, number, PolicyVersionRow.files)
        files: dict[str, str] = json.loads(written)
        return files

    def _row(self, policy_id: str, number: int, *columns: Any) -> tuple[Any, ...]:
        of_version = (PolicyVersionRow.policy_id == policy_id, PolicyVersionRow.number == number)
        row = self._session.execute(select(*columns).where(*of_version)).one_or_none()
        if row is None:
            raise not_stored(f"version {number} of policy {policy_id[:60]}")
        return tuple(row)

    def _at_revision(self, policy_id: str, number: int, revision: int) -> PolicyVersion:
        found = self.version(policy_id, number)
        if found.revision != revision:
            raise changed_since_read(f"version {number} of {policy_id[:60]}")
        return found

    def _set(self, before: PolicyVersion, values: Mapping[str, Any]) -> None:
        rows = PolicyVersionRow
        changed = self._session.execute(
            update(rows)
            .where(
                rows.policy_id == before.policy_id,
                rows.number == before.number,
                rows.revision == before.revision,
            )
            .values(**values, revision=before.revision + 1),
            execution_options={"synchronize_session": False},
        )
        # Between the reading and here somebody else may have committed.
        if isinstance(changed, CursorResult) and changed.rowcount != 1:
            raise changed_since_read(f"version {before.number} of {before.policy_id[:60]}")

    def _note(self, step: str, policy_id: str, number: int, sha256: str | None, act: Act) -> None:
        self._session.add(
            PolicyVersionStep(
                policy_id=policy_id,
                number=number,
                step=step,
                at=act.at,
                person=act.person,
                key_id=act.key_id,
                sha256=sha256,
                note=act.note,
                is_bypass=act.is_bypass,
            )
        )
        self._session.flush()


def _text(policy: Policy | None, files: Mapping[str, str]) -> dict[str, str | None]:
    written = canonical_text(policy) if policy else None
    return {
        "canonical_text": written,
        "sha256": hashlib.sha256(written.encode()).hexdigest() if written else None,
        "files": json.dumps(dict(files), sort_keys=True, ensure_ascii=False),
    }


def _not_editable(version: PolicyVersion) -> StorageError:
    return StorageError(
        "S219",
        f"Version {version.number} of {version.policy_id} is {version.state}: its text stays as it is.",
        remedy="Make a new draft from it.",
    )


def _altered(policy_id: str, number: int) -> StorageError:
    return StorageError(
        "S214",
        f"The stored text of version {number} of {policy_id[:60]} is not the one that was approved.",
        remedy="Restore the table policy_versions from a backup, and find out who wrote to it.",
    )
