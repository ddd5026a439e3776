"""Overrides: a person's word over the rules', given, confirmed by a second person, ended."""

import datetime as dt
from dataclasses import asdict
from typing import Any, Final, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import changes, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.fact_fields import FactValue
from policy_service.api.fields import Day, InstantField, Name, printable
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.services_called import Verb, What, at_revision, done
from policy_service.domain.instants import business_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Permission
from policy_service.services import given_reason
from policy_service.services.given_overrides import confirm, end, give, reject
from policy_service.services.override_limits import Wanted
from policy_service.storage.models.standings import OVERRIDE_STATES
from policy_service.storage.override_store import OverrideStore, StoredOverride

blueprint = Endpoints("overrides", __name__, url_prefix="/v1/overrides", description="A person's word over the rules'")
#: What is done to an override may name its revision.
_at_revision = blueprint.may_name_revision("the override")

_OUTPUTS_AT_MOST: Final = 20
_OUTPUTS: Final = {
    "description": "What it sets, by name: amounts and numbers as text; of an order `outcome` and `prepay_percent`.",
    "example": {"credit_limit": "500000.00"},
    "maxProperties": _OUTPUTS_AT_MOST,
}
_REASON: Final = {"example": "Bank guarantee of 300,000 received"}


class NewOverride(Schema):
    """An override that somebody gives."""

    customer_id = Name(200, required=True, metadata={"example": "C000000001"})
    decision_type = fields.Enum(DecisionType, by_value=True, required=True, metadata={"example": "review"})
    order_id = Name(200, load_default="", metadata={"description": "The one order it is for; default: all orders."})
    outputs = fields.Dict(
        keys=Name(100),
        values=FactValue(),
        required=True,
        validate=validate.Length(1, _OUTPUTS_AT_MOST),
        metadata=_OUTPUTS,
    )
    reason = Name(given_reason.LONGEST, least=given_reason.SHORTEST, required=True, metadata=_REASON)
    expires_on = Day(
        required=True, metadata={"description": "The last day it counts, within a year.", "example": "2026-06-30"}
    )


class ReasonBody(Schema):
    """Why."""

    reason = Name(
        given_reason.LONGEST, least=given_reason.SHORTEST, required=True, metadata={"example": "Guarantee withdrawn"}
    )


class OverrideBody(Schema):
    """An override."""

    override_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    customer_id = fields.String(metadata={"example": "C000000001"})
    order_id = fields.String(metadata={"description": "Empty: for all orders of the customer."})
    decision_type = fields.String(metadata={"example": "review"})
    outputs = fields.Dict(keys=fields.String(), values=fields.String(), metadata=_OUTPUTS)
    reason = fields.String(metadata=_REASON)
    state = fields.String(validate=validate.OneOf(OVERRIDE_STATES), metadata={"example": "in_force"})
    person = fields.String(metadata={"description": "Who gave it.", "example": "ada"})
    given_at = InstantField()
    expires_on = Day(metadata={"description": "The last day it counts."})
    has_expired = fields.Boolean()
    second_person = fields.String(metadata={"description": "Who confirmed it; empty where nobody had to."})
    in_force_at = InstantField(allow_none=True)
    ended_at = InstantField(allow_none=True, metadata={"description": "Ended early or rejected; null otherwise."})
    ended_by = fields.String()
    end_reason = fields.String()


class OverridePage(Schema):
    """Some overrides, the latest given first."""

    items = fields.List(fields.Nested(OverrideBody))
    next_cursor = fields.String(allow_none=True)


class OverridesQuery(PageQuery):
    """Which overrides are asked for."""

    customer_id = fields.String(load_default="", validate=[validate.Length(max=200), printable])
    order_id = fields.String(load_default="", validate=[validate.Length(max=200), printable])
    decision_type = fields.Enum(DecisionType, by_value=True, metadata={"example": "order"})
    state = fields.String(
        load_default="", validate=validate.OneOf(("", *OVERRIDE_STATES)), metadata={"example": "proposed"}
    )
    person = fields.String(load_default="", validate=[validate.Length(max=200), printable])
    expired = fields.String(
        load_default="true",
        validate=validate.OneOf(("true", "false")),
        metadata={"description": "`false` leaves out what has expired."},
    )


class OverrideAsked(TypedDict):
    """A validated override."""

    customer_id: str
    decision_type: DecisionType
    order_id: str
    outputs: dict[str, str]
    reason: str
    expires_on: dt.date


class OverridesAsked(PageAsked, total=False):
    """A validated question for overrides."""

    customer_id: str
    order_id: str
    decision_type: DecisionType
    state: str
    person: str
    expired: str


@blueprint.route("")
class OverridesView(MethodView):
    """The overrides."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.arguments(OverridesQuery, location="query")
    @blueprint.response(200, OverridePage)
    def get(self, asked: OverridesAsked) -> dict[str, object]:
        """List overrides, the latest given first; with `state=proposed` those that wait for a second person."""
        behind: Any = position_of(asked["cursor"], int, str)
        kind = asked.get("decision_type")
        found = OverrideStore(the_call().session).page(
            customer_id=asked["customer_id"],
            order_id=asked["order_id"],
            decision_type=kind.value if kind else "",
            state=asked["state"],
            person=asked["person"],
            counting_on=_today() if asked["expired"] == "false" else None,
            after=behind,
            limit=asked["limit"] + 1,
        )
        return page_of(list(map(_body, found)), asked["limit"], lambda one: (one["given_at"], one["override_id"]))

    @changes(Permission.OVERRIDES_GIVE, creates=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(NewOverride)
    @blueprint.response(201, OverrideBody)
    def post(self, asked: OverrideAsked) -> tuple[object, dict[str, str]]:
        """Give an override: it counts at once, or when a second person has confirmed it."""
        given = done(give, Wanted(**asked))
        body, headers = _tagged(given)
        return body, {**headers, "Location": f"/v1/overrides/{given.override_id}"}


@blueprint.route("/<override_id>")
class OverrideView(MethodView):
    """One override."""

    @reads(Permission.CUSTOMERS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, OverrideBody)
    def get(self, override_id: str) -> tuple[object, dict[str, str]]:
        """Show an override."""
        return _tagged(OverrideStore(the_call().session).load(override_id))


@blueprint.route("/<override_id>/confirmation")
class ConfirmationView(MethodView):
    """The confirmation of a proposed override."""

    @changes(Permission.OVERRIDES_CONFIRM)
    @_at_revision
    @blueprint.problems(404, 409, 422)
    @blueprint.response(200, OverrideBody)
    def post(self, override_id: str) -> tuple[object, dict[str, str]]:
        """Let a proposed override count from now on: by another person than the one who gave it."""
        return _done(confirm, override_id)


@blueprint.route("/<override_id>/rejection")
class RejectionView(MethodView):
    """The rejection of a proposed override."""

    @changes(Permission.OVERRIDES_CONFIRM)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(ReasonBody)
    @blueprint.response(200, OverrideBody)
    def post(self, said: dict[str, str], override_id: str) -> tuple[object, dict[str, str]]:
        """Let a proposed override never count."""
        return _done(reject, override_id, said["reason"])


@blueprint.route("/<override_id>/end")
class EndView(MethodView):
    """The end of an override before its day."""

    @changes(Permission.OVERRIDES_GIVE)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(ReasonBody)
    @blueprint.response(200, OverrideBody)
    def post(self, said: dict[str, str], override_id: str) -> tuple[object, dict[str, str]]:
        """End an override from now on, or take one back that waits."""
        return _done(end, override_id, said["reason"])


def _done(verb: Verb[*What, StoredOverride], *what: *What) -> tuple[object, dict[str, str]]:
    return _tagged(done(at_revision(verb), *what))


def _tagged(override: StoredOverride) -> tuple[object, dict[str, str]]:
    return with_etag(_body(override), override.revision)


def _today() -> dt.date:
    call = the_call()
    return business_day(call.act.at, call.house.settings.zone)


def _body(override: StoredOverride) -> dict[str, Any]:
    return {**asdict(override), "has_expired": override.expires_on < _today()}
