"""Texts handed in for approval: what was asked of approval then, and who approved what."""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from policy_service.domain.acting import Act
from policy_service.storage.models.policies import PolicyApproval, PolicySubmission, PolicyVersionStep
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from policy_service.storage.policy_texts import hands_text

#: The steps by which somebody puts a hand to a text.
_HAND_STEPS: Final = ("draft", "edited", "submitted")


@dataclass(frozen=True, slots=True)
class Submission:
    """A text handed in, and the terms of its approval; `hands` cannot approve it."""

    submission_number: int
    state: str
    sha256: str
    submitted_by: str
    submitted_at: int
    approvers_needed: int
    simulation_days: int | None
    hands: frozenset[str]


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of a text."""

    person: str
    at: int
    sha256: str
    note: str
    key_id: str | None
    is_bypass: bool
    simulation_key: str | None


_COLUMNS: Final = [getattr(PolicySubmission, name) for name in Submission.__slots__]
_APPROVAL_COLUMNS: Final = [getattr(PolicyApproval, name) for name in Approval.__slots__]


class PolicyApprovalStore(PolicyStore):
    """The policies within one transaction, with their approvals; whoever changes one holds the policy's lock."""

    def submit(
        self, version: PolicyVersion, approvers_needed: int, act: Act, simulation_days: int | None = None
    ) -> PolicyVersion:
        """Hand a readable version in, with everyone who has a hand in its text by now, and return it."""
        named = (version.policy_id, version.number)
        hands = hands_text(self.hands(*named) | self.writers_of(version.sha256 or "") | {act.person})
        self._set(version, {"state": "submitted", "hands": hands})
        self._note("submitted", *named, version.sha256, act)
        self._session.add(
            PolicySubmission(
                policy_id=version.policy_id,
                number=version.number,
                state="open",
                sha256=version.sha256,
                submitted_by=act.person,
                submitted_at=act.at,
                approvers_needed=approvers_needed,
                simulation_days=simulation_days,
                hands=hands,
            )
        )
        self._session.flush()
        return self.version(*named)

    def close_submission(self, policy_id: str, number: int, state: str) -> None:
        """Bring the open submission of a version, if there is one, into another state."""
        rows = PolicySubmission
        self._session.execute(
            update(rows)
            .where(rows.policy_id == policy_id, rows.number == number, rows.state == "open")
            .values(state=state),
            execution_options={"synchronize_session": False},
        )

    def last_submission(self, policy_id: str, number: int) -> Submission | None:
        """Return the last submission of a version, in whatever state; none if it was never handed in."""
        of_version = (PolicySubmission.policy_id == policy_id, PolicySubmission.number == number)
        newest = select(*_COLUMNS).where(*of_version).order_by(PolicySubmission.submission_number.desc()).limit(1)
        row = self._session.execute(newest).one_or_none()
        if row is None:
            return None
        said = dict(zip(Submission.__slots__, row, strict=True))
        return Submission(**{**said, "hands": frozenset(json.loads(said["hands"]))})

    def approve(self, submission: Submission, sha256: str, act: Act, simulation_key: str | None = None) -> None:
        """Store an approval; Conflict S210 if that person has approved the submission already."""
        self._session.add(
            PolicyApproval(
                submission_number=submission.submission_number,
                person=act.person,
                at=act.at,
                sha256=sha256,
                note=act.note,
                key_id=act.key_id,
                is_bypass=act.is_bypass,
                simulation_key=simulation_key,
            )
        )
        self._session.flush()

    def approvals(self, submission: Submission) -> tuple[Approval, ...]:
        """Return the approvals of a submission, the earliest first."""
        of_submission = PolicyApproval.submission_number == submission.submission_number
        rows = self._session.execute(select(*_APPROVAL_COLUMNS).where(of_submission))
        return tuple(sorted((Approval(*row) for row in rows), key=lambda each: (each.at, each.person)))

    def writers_of(self, sha256: str) -> frozenset[str]:
        """Return everyone who has written or submitted exactly this text, in whatever version."""
        steps = PolicyVersionStep
        wrote = select(steps.person).where(steps.sha256 == sha256, steps.step.in_(_HAND_STEPS))
        return frozenset(self._session.scalars(wrote))
