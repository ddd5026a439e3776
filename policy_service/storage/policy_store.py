"""Policies kept: versions with their texts and steps, and which one counts at an instant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import CursorResult, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import from_canonical
from policy_service.storage.errors import StorageError, changed_since_read, not_stored
from policy_service.storage.models.policies import PolicyRow, PolicyVersionRow, PolicyVersionStep
from policy_service.storage.policy_texts import altered, hands_text, hash_of, text_values
from policy_service.storage.prepared import Prepared

#: The states of a text that may still change.
EDITABLE: Final = ("draft", "submitted")
#: The steps that gave a version its text.
_TEXT_STEPS: Final = ("draft", "edited", "seeded", "rolled_back")
_NO_FILES: Final[Mapping[str, str]] = MappingProxyType({})
_NEW_POLICY: Final = text(
    "INSERT INTO policies (policy_id, created_at, created_by) VALUES (:policy_id, :at, :person) ON CONFLICT DO NOTHING"
)


class PolicyVersion(msgspec.Struct, frozen=True):
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
    retires_at: int | None
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


_COLUMNS: Final = [getattr(PolicyVersionRow, name) for name in PolicyVersion.__struct_fields__]
_STEP_COLUMNS: Final = [getattr(PolicyVersionStep, name) for name in Step.__slots__]
_VERSIONS: Final = PolicyVersionRow.metadata.tables["policy_versions"].c
#: Asked with every decision: which version of a policy counts at an instant.
EFFECTIVE: Final = (
    select(*[_VERSIONS[name] for name in PolicyVersion.__struct_fields__])
    .where(
        _VERSIONS.policy_id == bindparam("policy"),
        _VERSIONS.effective_from <= bindparam("instant"),
        or_(_VERSIONS.effective_until.is_(None), _VERSIONS.effective_until > bindparam("instant")),
    )
    .order_by(_VERSIONS.effective_from.desc())
    .limit(1)
)
_PREPARED: Final = Prepared(EFFECTIVE)


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
        """Store a new draft, of a new policy too, and return it; `policy` is none while its files cannot be read.

        Whoever has a hand in the text it is `based_on` has one in it, unless that text was approved by then.
        NotStored S209 if there is no such version.
        """
        self.lock(policy_id, act)
        before = self._hands_passed_on(policy_id, based_on)
        values = {"state": "draft", "based_on": based_on, "hands": hands_text({*before, act.person})}
        return self._add(policy_id, "draft", values | text_values(policy, files), act)

    def lock(self, policy_id: str, act: Act) -> None:
        """Wait until nobody else changes a version of the policy, and keep others waiting; make it if it is new."""
        self._session.execute(_NEW_POLICY, {"policy_id": policy_id, "at": act.at, "person": act.person})
        self._session.execute(select(PolicyRow.policy_id).where(PolicyRow.policy_id == policy_id).with_for_update())

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
        if before.state not in EDITABLE:
            raise _not_editable(before)
        written = text_values(policy, files)
        hands = hands_text(self.hands(policy_id, number) | {act.person})
        self._set(before, {"state": "draft", "hands": hands, **written})
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
        step: str = "",
    ) -> PolicyVersion:
        """Bring a version into another state, with the period in which it counts if its begin is given, and return it.

        The step is recorded as `step`, else under the state's word.
        Conflict S208 if it is no longer at that revision. Which state may follow which is the caller's to say; but
        whatever the caller says, only a scheduled, active or retired version has a period, and only one with a
        readable text leaves the draft (S210).
        """
        before = self._at_revision(policy_id, number, revision)
        values: dict[str, Any] = {"state": state}
        if effective_from is not None:
            values |= {"effective_from": effective_from, "effective_until": effective_until}
        self._set(before, values)
        self._note(step or state, policy_id, number, before.sha256, act)
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
        asked = {"policy": policy_id, "instant": instant}
        row = _PREPARED.row(self._session, asked)
        return PolicyVersion(*row) if row else None

    def policy(self, policy_id: str, number: int) -> Policy:
        """Return the policy of a version; StorageError S214 if its text is not what was stored.

        NotStored S209 if there is no such version, or it is a draft that cannot be read yet.
        """
        return from_canonical(self.text(policy_id, number))

    def text(self, policy_id: str, number: int) -> str:
        """Return the canonical text of a version, as `policy` reads it; its errors."""
        written, sha256 = self._row(policy_id, number, PolicyVersionRow.canonical_text, PolicyVersionRow.sha256)
        if written is None:
            raise not_stored(f"readable text of version {number} of {policy_id[:60]}")
        # Text and hash may have been exchanged together: what people did since then names the one they did it to.
        if {hash_of(written), *self._said_of_text(policy_id, number)} != {sha256}:
            raise altered(policy_id, number)
        return str(written)

    def files(self, policy_id: str, number: int) -> Mapping[str, str]:
        """Return the YAML files of a version as they were edited, by name; NotStored S209 if there is none."""
        (written,) = self._row(policy_id, number, PolicyVersionRow.files)
        files: dict[str, str] = json.loads(written)
        return files

    def hands(self, policy_id: str, number: int) -> frozenset[str]:
        """Return everyone who has a hand in the text of a version; NotStored S209 if there is none."""
        (written,) = self._row(policy_id, number, PolicyVersionRow.hands)
        return frozenset(json.loads(written))

    def _hands_passed_on(self, policy_id: str, based_on: int | None) -> frozenset[str]:
        if based_on is None or self.version(policy_id, based_on).state not in EDITABLE:
            return frozenset()
        return self.hands(policy_id, based_on)

    def _said_of_text(self, policy_id: str, number: int) -> set[str | None]:
        said = set[str | None]()
        for step in self.steps(policy_id, number):
            said = {step.sha256} if step.step in _TEXT_STEPS else said | {step.sha256}
        return said

    def _add(self, policy_id: str, step: str, values: Mapping[str, Any], act: Act) -> PolicyVersion:
        last = self._session.scalar(
            select(func.max(PolicyVersionRow.number)).where(PolicyVersionRow.policy_id == policy_id)
        )
        row = PolicyVersionRow(policy_id=policy_id, number=(last or 0) + 1, **values)
        self._session.add(row)
        self._session.flush()
        self._note(step, policy_id, row.number, row.sha256, act)
        return self.version(policy_id, row.number)

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

    def note(self, version: PolicyVersion, step: str, act: Act) -> None:
        """Record a step that leaves the version as it is, such as somebody's word or one of several approvals."""
        self._note(step, version.policy_id, version.number, version.sha256, act)

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


def _not_editable(version: PolicyVersion) -> StorageError:
    return StorageError(
        "S219",
        f"Version {version.number} of {version.policy_id} is {version.state}: its text stays as it is.",
        remedy="Make a new draft from it.",
    )
