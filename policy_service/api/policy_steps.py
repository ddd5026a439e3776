"""The steps of a version's life over HTTP: handed in, approved by others, scheduled, rolled back to, retired."""

import re
from datetime import date
from typing import Any, Final, TypedDict

from flask import Response
from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validates_schema

from policy_service.api.edge import changes, expected_revision, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import Day, Flag, InstantField, Text
from policy_service.api.policies import VERSION, in_one_transaction, told
from policy_service.api.policy_bodies import VersionBody
from policy_service.api.services_called import Verb, What, done
from policy_service.domain.instants import Instant, start_of_day
from policy_service.domain.permissions import Permission
from policy_service.services.policy_life import approving, rollback, scheduling, submitting
from policy_service.storage.policy_store import PolicyVersion

blueprint = Endpoints("policy steps", __name__, url_prefix="/v1/policies", description="The life of a version")

Answer = tuple[object, dict[str, str]]

_LONGEST_NOTE: Final = 4_000
_SHA256: Final = re.compile("[0-9a-f]{64}", re.ASCII)
_HASH: Final[dict[str, object]] = {"pattern": f"^{_SHA256.pattern}$", "example": "ab12" * 16}


def _is_hash(text: str) -> None:
    # A pattern's end would let a line end behind it pass.
    if not _SHA256.fullmatch(text):
        raise ValidationError("Give the SHA-256 of the text, 64 small hexadecimal digits.")


class NoteNeeded(Schema):
    """A note that is needed."""

    note = Text(_LONGEST_NOTE, least=1, required=True, metadata={"example": "Limits for the autumn season"})


class NoteAllowed(Schema):
    """A note that may be left out."""

    note = Text(_LONGEST_NOTE, load_default="")


class PolicyApprovalRequest(NoteAllowed):
    """The text that is approved, by its hash."""

    sha256 = fields.String(required=True, validate=_is_hash, metadata=_HASH)


class BypassRequest(NoteNeeded):
    """The text that is let through, by its hash, and why it cannot wait."""

    sha256 = fields.String(required=True, validate=_is_hash, metadata=_HASH)


class WhenAsked(Schema):
    """When, as an instant or as a business day."""

    effective_from = InstantField(metadata={"description": "An instant that is not past."})
    effective_on = Day(metadata={"description": "The start of a business day.", "example": "2027-01-01"})

    @validates_schema
    def one_instant(self, given: dict[str, object], **_: object) -> None:
        """Refuse two."""
        if {"effective_from", "effective_on"} <= given.keys():
            raise ValidationError("Give effective_from or effective_on, not both.")


class ScheduleRequest(WhenAsked, NoteAllowed):
    """From when on the version counts."""

    @validates_schema
    def an_instant(self, given: dict[str, object], **_: object) -> None:
        """Refuse none."""
        if not {"effective_from", "effective_on"} & given.keys():
            raise ValidationError("Give effective_from or effective_on; to begin now, use /activation.")


class RollbackRequest(WhenAsked, NoteNeeded):
    """Why, and from when on; default: now."""


class RetirementRequest(WhenAsked, NoteNeeded):
    """Why, and from when on the version counts no more; default: now."""

    confirm = Flag(
        load_default=False,
        metadata={"description": "true: although no version counts from then on, and no order can be decided."},
    )


class Asked(TypedDict, total=False):
    """A validated body of any step."""

    note: str
    sha256: str
    effective_from: Instant
    effective_on: date
    confirm: bool


@blueprint.route(f"{VERSION}/submission")
class SubmissionView(MethodView):
    """A version handed in."""

    @changes(Permission.POLICIES_SUBMIT, own_transactions=True)
    @blueprint.problems(404, 409, 428)
    @blueprint.arguments(NoteNeeded)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Response:
        """Hand a draft in: it must be readable and green, and what approval it needs is settled now."""
        call, revision = the_call(), expected_revision()
        with call.house.database.reading() as session:
            examined = submitting.examine(call.house, session, policy_id, number, revision)
        return in_one_transaction(
            200,
            lambda session: submitting.submit(call.house, session, examined, asked["note"], call.actor, call.act),
        )


@blueprint.route(f"{VERSION}/approvals")
class ApprovalsView(MethodView):
    """The approvals of a version."""

    @changes(Permission.POLICIES_APPROVE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(PolicyApprovalRequest)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Approve the text with that hash; whoever has a hand in it cannot, with whatever key or role."""
        return _done(approving.approve, policy_id, number, asked["sha256"], asked["note"])


@blueprint.route(f"{VERSION}/bypass")
class BypassView(MethodView):
    """An approval in an emergency."""

    @changes(Permission.POLICIES_BYPASS)
    @blueprint.problems(404, 409)
    @blueprint.arguments(BypassRequest)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Approve alone in an emergency; it is marked, audited and announced, and needs no hand in the text either."""
        return _done(approving.bypass, policy_id, number, asked["sha256"], asked["note"])


@blueprint.route(f"{VERSION}/changes-wanted")
class ChangesWantedView(MethodView):
    """Changes that an approver wants."""

    @changes(Permission.POLICIES_APPROVE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(NoteNeeded)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Give a submitted version back to be changed: it is a draft again, and its approvals are void."""
        return _done(approving.ask_for_changes, policy_id, number, asked["note"])


@blueprint.route(f"{VERSION}/rejection")
class RejectionView(MethodView):
    """The rejection of a version."""

    @changes(Permission.POLICIES_APPROVE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(NoteNeeded)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Reject a submitted version: it is a draft again, and its approvals are void."""
        return _done(approving.reject, policy_id, number, asked["note"])


@blueprint.route(f"{VERSION}/comments")
class CommentsView(MethodView):
    """What people say of a version."""

    @changes(Permission.POLICIES_READ, creates=True)
    @blueprint.problems(404)
    @blueprint.arguments(NoteNeeded)
    @blueprint.response(201, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Say something of a version; the steps show it, and nothing is changed."""
        return _done(approving.comment, policy_id, number, asked["note"])


@blueprint.route(f"{VERSION}/schedule")
class ScheduleView(MethodView):
    """When a version begins."""

    @changes(Permission.POLICIES_RELEASE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(ScheduleRequest)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Let an approved version count from an instant on, or move one that is scheduled."""
        return _done(scheduling.schedule, policy_id, number, _instant(asked), asked["note"])

    @changes(Permission.POLICIES_RELEASE)
    @blueprint.problems(404, 409, 422)
    @blueprint.response(200, VersionBody)
    def delete(self, policy_id: str, number: int) -> Answer:
        """Take a version off the schedule before it begins; it stays approved."""
        return _done(scheduling.unschedule, policy_id, number, "")


@blueprint.route(f"{VERSION}/activation")
class ActivationView(MethodView):
    """A version that begins now."""

    @changes(Permission.POLICIES_RELEASE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(NoteAllowed)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Let an approved version count from now on."""
        return _done(scheduling.schedule, policy_id, number, None, asked["note"])


@blueprint.route(f"{VERSION}/rollback")
class RollbackView(MethodView):
    """The way back to a version."""

    @changes(Permission.POLICIES_RELEASE, creates=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(RollbackRequest)
    @blueprint.response(201, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """Make a version with the text of this one, which was in force, and let it count without a new approval."""
        body, headers = _done(rollback.roll_back, policy_id, number, _instant(asked), asked["note"])
        made: Any = body
        return body, {**headers, "Location": f"/v1/policies/{policy_id}/versions/{made['number']}"}


@blueprint.route(f"{VERSION}/retirement")
class RetirementView(MethodView):
    """The end of a version."""

    @changes(Permission.POLICIES_RELEASE)
    @blueprint.problems(404, 409)
    @blueprint.arguments(RetirementRequest)
    @blueprint.response(200, VersionBody)
    def post(self, asked: Asked, policy_id: str, number: int) -> Answer:
        """End a version's period: from then on the policy answers nothing, until another version begins."""
        return _done(scheduling.retire, policy_id, number, _instant(asked), asked["note"], asked["confirm"])

    @changes(Permission.POLICIES_RELEASE)
    @blueprint.problems(404, 409, 422)
    @blueprint.response(200, VersionBody)
    def delete(self, policy_id: str, number: int) -> Answer:
        """Take back a retirement that is to come."""
        return _done(scheduling.keep, policy_id, number, "")


def _done(verb: Verb[str, int, *What, PolicyVersion], policy_id: str, number: int, *what: *What) -> Answer:
    return told(policy_id, done(verb, policy_id, number, *what).number)


def _instant(asked: Asked) -> Instant | None:
    if "effective_on" in asked:
        return start_of_day(asked["effective_on"], the_call().house.settings.zone)
    return asked.get("effective_from")
