"""/v1/audit: who did what, and whether anything was altered behind the service's back."""

import json
from dataclasses import asdict
from typing import Any, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields

from policy_service.api.edge import reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import InstantField, Name
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.verification import found_as_data, verify
from policy_service.storage.audit_store import AuditEvent, AuditStore

blueprint = Endpoints("audit", __name__, url_prefix="/v1", description="Who did what")


class EventsAsked(PageAsked, total=False):
    """A validated question for events."""

    person: str
    act: str
    subject_kind: str
    subject_id: str
    since: Instant
    before: Instant


class VerificationAsked(TypedDict, total=False):
    """A validated question for a verification."""

    writer: str


class EventsQuery(PageQuery):
    """Which events are asked for; every filter given must fit."""

    person = Name(200, metadata={"example": "ada"})
    act = Name(40, metadata={"example": "agreed"})
    subject_kind = Name(40, metadata={"example": "role"})
    subject_id = Name(200)
    since = InstantField(metadata={"description": "From this instant on."})
    before = InstantField(metadata={"description": "Until before this instant."})


class EventAnswer(Schema):
    """One thing that somebody did."""

    event_id = fields.String()
    at = InstantField()
    person = fields.String(metadata={"example": "ada"})
    act = fields.String(metadata={"example": "agreed"})
    subject_kind = fields.String(metadata={"example": "role"})
    subject_id = fields.String(metadata={"example": "a.chen/approver"})
    detail = fields.Dict()
    request_id = fields.String()
    key_id = fields.String(allow_none=True)


class EventPage(Schema):
    """Some events, the latest first."""

    items = fields.List(fields.Nested(EventAnswer))
    next_cursor = fields.String(allow_none=True)


class VerificationQuery(Schema):
    """Whose chains are to be verified; without a writer every one's."""

    writer = Name(200, metadata={"description": "One process that writes records, as `chains` names it."})


class ChainAnswer(Schema):
    """One chain of records."""

    log = fields.String(metadata={"example": "decisions"})
    writer = fields.String()
    records = fields.Integer()


class BrokenAnswer(Schema):
    """One thing that is not as it was written."""

    kind = fields.String(metadata={"example": "altered"})
    log = fields.String()
    writer = fields.String()
    first = fields.Integer()
    last = fields.Integer()
    record_id = fields.String()
    meaning = fields.String()


class VerificationAnswer(Schema):
    """What was found; without a key of seals a chain that was written anew whole is not noticed."""

    is_intact = fields.Boolean()
    seals_checked = fields.Boolean()
    chains = fields.List(fields.Nested(ChainAnswer))
    broken = fields.List(fields.Nested(BrokenAnswer), metadata={"description": "The first hundred."})


@blueprint.route("/audit")
class AuditView(MethodView):
    """The audit trail."""

    @reads(Permission.AUDIT_READ)
    @blueprint.arguments(EventsQuery, location="query")
    @blueprint.response(200, EventPage)
    def get(self, asked: EventsAsked) -> dict[str, object]:
        """List what people and systems did, the latest first."""
        filters: dict[str, Any] = {name: value for name, value in asked.items() if name not in ("limit", "cursor")}
        behind: Any = position_of(asked["cursor"], int, str)
        store = AuditStore(the_call().session)
        events = store.page(**filters, behind=behind, limit=asked["limit"] + 1)
        return page_of(list(map(_event, events)), asked["limit"], lambda event: (event["at"], event["event_id"]))


@blueprint.route("/audit/verification")
class AuditVerificationView(MethodView):
    """The chains and seals of decisions and acts."""

    @reads(Permission.AUDIT_READ)
    @blueprint.problems(404)
    @blueprint.arguments(VerificationQuery, location="query")
    @blueprint.response(200, VerificationAnswer)
    def get(self, asked: VerificationAsked) -> dict[str, object]:
        """Read every record again, and say what was altered, taken out or written anew; long on a large database."""
        call = the_call()
        return found_as_data(verify(call.session, call.house.settings, asked.get("writer")))


def _event(event: AuditEvent) -> dict[str, Any]:
    return {**asdict(event), "detail": json.loads(event.detail)}
