"""Policies and their versions as the API tells them."""

from collections.abc import Sequence
from typing import Any, Final

from marshmallow import Schema, fields, validate

from policy_service.api.fields import InstantField
from policy_service.services.policy_life.in_hand import state_at
from policy_service.services.policy_life.reading import PolicyNow, VersionNow
from policy_service.storage.models.policies import VERSION_STATES
from policy_service.storage.policy_store import PolicyVersion, Step

_HASH: Final = {"description": "SHA-256 of the canonical text; null while it cannot be read.", "example": "ab12" * 16}
_UNTIL: Final = {"description": "Until before then it counts; null: without end."}


class VersionBrief(Schema):
    """A version without its text."""

    number = fields.Integer(metadata={"example": 3})
    state = fields.String(validate=validate.OneOf(VERSION_STATES), metadata={"example": "draft"})
    sha256 = fields.String(allow_none=True, metadata=_HASH)
    based_on = fields.Integer(allow_none=True, metadata={"description": "The version it was made from."})
    effective_from = InstantField(allow_none=True, metadata={"description": "From then on it counts; null: never."})
    effective_until = InstantField(allow_none=True, metadata=_UNTIL)
    retires_at = InstantField(allow_none=True, metadata={"description": "The end that somebody set."})
    revision = fields.Integer(metadata={"description": "Also its ETag."})


class PolicyApprovalBody(Schema):
    """One person's approval."""

    person = fields.String(metadata={"example": "e.wu"})
    at = InstantField()
    note = fields.String()
    is_bypass = fields.Boolean(metadata={"description": "Alone, in an emergency."})
    simulation_key = fields.String(
        allow_none=True, metadata={"description": "The `key` of the simulation that it rests on, if one was needed."}
    )


class PolicySubmissionBody(Schema):
    """A text handed in, and what approval it needs."""

    sha256 = fields.String(metadata=_HASH)
    submitted_by = fields.String(metadata={"example": "m.li"})
    submitted_at = InstantField()
    approvers_needed = fields.Integer(metadata={"description": "As settled then.", "example": 1})
    simulation_days = fields.Integer(
        allow_none=True,
        metadata={"description": "How old the ledger of the simulation may be that it needs; null: it needs none."},
    )
    approvals = fields.List(fields.Nested(PolicyApprovalBody))


class VersionBody(VersionBrief):
    """A version."""

    policy_id = fields.String(metadata={"example": "manufacturer_cn"})
    hands = fields.List(fields.String(), metadata={"description": "Who cannot approve it.", "example": ["ada", "m.li"]})
    is_bypass = fields.Boolean(metadata={"description": "Whether its text went through without the usual approval."})
    submission = fields.Nested(PolicySubmissionBody, allow_none=True)


class VersionPage(Schema):
    """Some versions, the newest first."""

    items = fields.List(fields.Nested(VersionBrief))
    next_cursor = fields.String(allow_none=True)


class PolicyBody(Schema):
    """A policy: what is in force, what is to come, what is in work."""

    policy_id = fields.String(metadata={"example": "manufacturer_cn"})
    active = fields.Nested(VersionBrief, allow_none=True)
    scheduled = fields.List(fields.Nested(VersionBrief))
    drafts = fields.List(fields.Nested(VersionBrief), metadata={"description": "Drafts, submitted and approved ones."})


class PolicyPage(Schema):
    """Some policies, in order of id."""

    items = fields.List(fields.Nested(PolicyBody))
    next_cursor = fields.String(allow_none=True)


class VersionStepBody(Schema):
    """One step of a version's life."""

    step = fields.String(metadata={"example": "submitted"})
    at = InstantField()
    person = fields.String(metadata={"example": "m.li"})
    sha256 = fields.String(allow_none=True, metadata=_HASH)
    note = fields.String()
    key_id = fields.String(allow_none=True)
    is_bypass = fields.Boolean()


class VersionStepPage(Schema):
    """Some steps, the first one first."""

    items = fields.List(fields.Nested(VersionStepBody))
    next_cursor = fields.String(allow_none=True)


def brief(version: PolicyVersion, at: int) -> dict[str, Any]:
    """Return a version as lists tell it, in the state that its period says of the instant."""
    told = {name: getattr(version, name) for name in VersionBrief._declared_fields}
    return {**told, "state": state_at(version, at)}


def briefs(versions: Sequence[PolicyVersion], at: int) -> list[dict[str, Any]]:
    """Return versions as lists tell them."""
    return [brief(version, at) for version in versions]


def version_body(now: VersionNow, at: int) -> dict[str, Any]:
    """Return a version with its submission."""
    submission = None
    if now.submission:
        said = {
            name: getattr(now.submission, name) for name in PolicySubmissionBody._declared_fields if name != "approvals"
        }
        submission = {**said, "approvals": now.approvals}
    own = {"policy_id": now.version.policy_id, "hands": sorted(now.hands), "is_bypass": now.is_bypass}
    return {**brief(now.version, at), **own, "submission": submission}


def policy_body(now: PolicyNow, at: int) -> dict[str, Any]:
    """Return a policy with its versions."""
    return {
        "policy_id": now.policy_id,
        "active": brief(now.active, at) if now.active else None,
        "scheduled": briefs(now.scheduled, at),
        "drafts": briefs(now.drafts, at),
    }


def step_body(step: Step) -> dict[str, Any]:
    """Return a step."""
    return {name: getattr(step, name) for name in Step.__slots__}
