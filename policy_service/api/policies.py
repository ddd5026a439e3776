"""/v1/policies: what is in force, to come and in work; versions with their text, checks, changes and steps."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypedDict

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from policy_service.api.edge import reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import InstantField
from policy_service.api.idempotency import answered_once, idempotency_key
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.policy_bodies import (
    PolicyBody,
    PolicyPage,
    VersionBody,
    VersionBrief,
    VersionStepPage,
    brief,
    briefs,
    policy_body,
    step_body,
    version_body,
)
from policy_service.api.policy_checks import PolicyCheckBody, PolicyDiffBody, check_body, diff_body
from policy_service.domain.instants import Instant, business_day
from policy_service.domain.permissions import Permission
from policy_service.services.policy_life.checking import check_version
from policy_service.services.policy_life.comparing import compare, compared_with
from policy_service.services.policy_life.concerning import concerned
from policy_service.services.policy_life.reading import policies_now, policy_now, version_now
from policy_service.storage.errors import not_stored
from policy_service.storage.policy_store import PolicyStore, PolicyVersion

blueprint = Endpoints("policies", __name__, url_prefix="/v1/policies", description="Policies and their versions")

#: The paths of a policy and of a version below /v1/policies.
POLICY: Final = "/<string(maxlength=60):policy_id>"
VERSION: Final = f"{POLICY}/versions/<int:number>"


class EffectiveQuery(Schema):
    """Which instant is asked about."""

    at = InstantField(metadata={"description": "Default: now."})


class EffectiveBody(Schema):
    """What counts at an instant."""

    at = InstantField()
    version = fields.Nested(VersionBrief, allow_none=True, metadata={"description": "null: none counts."})


class PolicyTextBody(Schema):
    """The canonical text; `sha256` is the hash of its bytes in UTF-8."""

    sha256 = fields.String(metadata={"example": "ab12" * 16})
    text = fields.String(metadata={"example": '{"format":1,"policy":{}}'})


class CheckQuery(Schema):
    """What the check is to tell."""

    affected = fields.String(
        load_default="false",
        validate=validate.OneOf(("true", "false")),
        metadata={"description": "`true` counts the customers that findings concern, over a small ledger."},
    )


class DiffQuery(Schema):
    """With which version to compare."""

    against = fields.Integer(
        validate=validate.Range(1, 999_999_999),
        metadata={"description": "Default: the version it was made from, else the one in force."},
    )


class DiffAsked(TypedDict, total=False):
    """A validated comparison."""

    against: int


class EffectiveAsked(TypedDict, total=False):
    """A validated question for what counts."""

    at: Instant


@blueprint.route("")
class PoliciesView(MethodView):
    """The policies."""

    @reads(Permission.POLICIES_READ)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, PolicyPage)
    def get(self, asked: PageAsked) -> dict[str, object]:
        """List the policies, each with its versions in force, to come and in work."""
        call, behind = the_call(), position_of(asked["cursor"], str)
        found = [policy_body(each, call.act.at) for each in policies_now(call.session, call.act.at)]
        later = [each for each in found if behind is None or (each["policy_id"],) > behind]
        return page_of(later[: asked["limit"] + 1], asked["limit"], lambda each: (each["policy_id"],))


@blueprint.route(POLICY)
class PolicyView(MethodView):
    """One policy."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404, 422)
    @blueprint.response(200, PolicyBody)
    def get(self, policy_id: str) -> dict[str, Any]:
        """Show a policy: the version in force, those to come, and those in work."""
        call = the_call()
        return policy_body(policy_now(call.session, policy_id, call.act.at), call.act.at)


@blueprint.route(f"{POLICY}/effective")
class EffectiveView(MethodView):
    """What counts."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404)
    @blueprint.arguments(EffectiveQuery, location="query")
    @blueprint.response(200, EffectiveBody)
    def get(self, asked: EffectiveAsked, policy_id: str) -> dict[str, Any]:
        """Show which version counts, or will count, at an instant."""
        call = the_call()
        at = asked.get("at", call.act.at)
        policy_now(call.session, policy_id, at)
        found = PolicyStore(call.session).effective(policy_id, at)
        return {"at": at, "version": brief(found, at) if found else None}


@blueprint.route(VERSION)
class VersionView(MethodView):
    """One version."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404, 422)
    @blueprint.response(200, VersionBody)
    def get(self, policy_id: str, number: int) -> tuple[object, dict[str, str]]:
        """Show a version with its submission; its ETag is what an edit has to name."""
        return told(policy_id, number)


@blueprint.route(f"{VERSION}/text")
class TextView(MethodView):
    """The text that a hash is of."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404, 422)
    @blueprint.response(200, PolicyTextBody)
    def get(self, policy_id: str, number: int) -> dict[str, str | None]:
        """Show the canonical text of a version: what an approval approves."""
        store = PolicyStore(the_call().session)
        return {"sha256": store.version(policy_id, number).sha256, "text": store.text(policy_id, number)}


@blueprint.route(f"{VERSION}/check")
class CheckView(MethodView):
    """The check of a version."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404)
    @blueprint.arguments(CheckQuery, location="query")
    @blueprint.response(200, PolicyCheckBody)
    def post(self, asked: dict[str, str], policy_id: str, number: int) -> dict[str, Any]:
        """Read a version, lint it and run its cases; nothing is changed."""
        call = the_call()
        found = check_version(call.house, call.session, PolicyStore(call.session).version(policy_id, number))
        today = business_day(call.act.at, call.house.settings.zone)
        counts = asked["affected"] == "true"
        return check_body(found, concerned(call.session, found, today) if counts else None)


@blueprint.route(f"{VERSION}/diff")
class DiffView(MethodView):
    """What a version changes."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404)
    @blueprint.arguments(DiffQuery, location="query")
    @blueprint.response(200, PolicyDiffBody)
    def get(self, asked: DiffAsked, policy_id: str, number: int) -> dict[str, Any]:
        """Compare a version with another: each change as a sentence in two languages, and cell by cell."""
        call = the_call()
        against = asked.get("against") or compared_with(call.session, policy_id, number, call.act.at)
        if against is None:
            raise not_stored(f"version to compare version {number} of {policy_id} with")
        return diff_body(against, compare(call.session, policy_id, number, against))


@blueprint.route(f"{VERSION}/steps")
class StepsView(MethodView):
    """What happened to a version."""

    @reads(Permission.POLICIES_READ)
    @blueprint.problems(404)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, VersionStepPage)
    def get(self, asked: PageAsked, policy_id: str, number: int) -> dict[str, object]:
        """List every step of a version's life, comments among them: who did what when, to which text, and why."""
        store = PolicyStore(the_call().session)
        store.version(policy_id, number)
        behind: Any = position_of(asked["cursor"], int) or (0,)
        steps = list(enumerate(store.steps(policy_id, number), start=1))
        later = [{**step_body(step), "place": place} for place, step in steps if place > behind[0]]
        return page_of(later[: asked["limit"] + 1], asked["limit"], lambda each: (each["place"],))


def versions_page(policy_id: str, asked: PageAsked) -> dict[str, object]:
    """Return a page of a policy's versions, the newest first; NotStored S209 if there is no such policy."""
    call = the_call()
    versions = PolicyStore(call.session).versions(policy_id)
    if not versions:
        raise not_stored(f"policy {policy_id}")
    behind: Any = position_of(asked["cursor"], int) or (None,)
    later = [each for each in versions if behind[0] is None or each.number < behind[0]]
    shown = briefs(later[: asked["limit"] + 1], call.act.at)
    return page_of(shown, asked["limit"], lambda each: (each["number"],))


def told(policy_id: str, number: int) -> tuple[object, dict[str, str]]:
    """Return the answer that shows a version as it is by now, with its ETag."""
    return told_in(the_call().session, policy_id, number)


def told_in(session: Session, policy_id: str, number: int) -> tuple[object, dict[str, str]]:
    """Return the answer that shows a version as the session sees it, with its ETag."""
    at = the_call().act.at
    now = version_now(session, policy_id, number, at)
    return with_etag(version_body(now, at), now.version.revision)


def in_one_transaction(status: int, change: Callable[[Session], PolicyVersion]) -> Response:
    """Return the answer that shows the version which `change` leaves, stored under the request's key if it has one.

    For views that have looked at large texts before: nobody else waits for that.
    """
    call = the_call()
    key = idempotency_key() if request.method == "POST" else None
    with call.house.database.writing() as session:
        answer = partial(_changed, session, status, change)
        return answer() if key is None else answered_once(session, call.act, key, answer)


def _changed(session: Session, status: int, change: Callable[[Session], PolicyVersion]) -> Response:
    changed = change(session)
    body, headers = told_in(session, changed.policy_id, changed.number)
    answer = jsonify(VersionBody().dump(body))
    answer.status_code = status
    answer.headers.update(headers)
    if status == HTTPStatus.CREATED:
        answer.headers["Location"] = f"/v1/policies/{changed.policy_id}/versions/{changed.number}"
    return answer
