"""/v1/settings: what the company has settled, and changes that one person proposes and another agrees to."""

import json
from dataclasses import asdict
from typing import Any, TypedDict

from flask.views import MethodView
from marshmallow import Schema, fields

from policy_service.api.edge import changes, reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import InstantField, Text
from policy_service.api.services_called import done
from policy_service.domain.permissions import Permission
from policy_service.services.company_settings import company_settings, plain_settings
from policy_service.services.setting_changes import agree_to_setting, propose_setting, withdraw_setting
from policy_service.storage.settings_store import ProposedChange, SettingsStore

blueprint = Endpoints("settings", __name__, url_prefix="/v1", description="What the company has settled")

_PROPOSALS = "/settings/<string:name>/proposals"


class SettingWanted(TypedDict):
    """A validated proposal."""

    value: object
    note: str


class SettingRequest(Schema):
    """Another value for a setting, and why."""

    value = fields.Raw(required=True, allow_none=True, metadata={"description": "As GET shows it.", "example": 2})
    note = Text(2_000, load_default="")


class ProposalAnswer(Schema):
    """A proposal of another value."""

    change_id = fields.String()
    name = fields.String(metadata={"example": "approvers_needed"})
    value = fields.Raw(allow_none=True, metadata={"example": 2})
    note = fields.String()
    state = fields.String(metadata={"description": "proposed, agreed or withdrawn", "example": "proposed"})
    proposed_by = fields.String(metadata={"example": "ada"})
    proposed_at = InstantField()
    settled_by = fields.String(allow_none=True)
    settled_at = InstantField(allow_none=True)


class SettingsAnswer(Schema):
    """What is in force, and what is proposed."""

    settings = fields.Dict(metadata={"example": {"approvers_needed": 1}})
    proposals = fields.List(fields.Nested(ProposalAnswer))


@blueprint.route("/settings")
class SettingsView(MethodView):
    """The settings."""

    @reads(Permission.SETTINGS_READ)
    @blueprint.response(200, SettingsAnswer)
    def get(self) -> dict[str, object]:
        """Show what is in force, and the proposals that are open."""
        session = the_call().session
        proposals = SettingsStore(session).open_proposals()
        return {"settings": plain_settings(company_settings(session)), "proposals": list(map(_answer, proposals))}


@blueprint.route(_PROPOSALS)
class SettingProposalsView(MethodView):
    """Proposals for a setting."""

    @changes(Permission.SETTINGS_CHANGE, creates=True)
    @blueprint.problems(404, 409)
    @blueprint.arguments(SettingRequest)
    @blueprint.response(201, ProposalAnswer)
    def post(self, wanted: SettingWanted, name: str) -> dict[str, Any]:
        """Propose another value, which another person then agrees to."""
        return _answer(done(propose_setting, name, wanted["value"], note=wanted["note"]))


@blueprint.route(f"{_PROPOSALS}/<string:change_id>")
class SettingProposalView(MethodView):
    """One proposal."""

    @changes(Permission.SETTINGS_CHANGE)
    @blueprint.problems(404, 409)
    @blueprint.response(200, ProposalAnswer)
    def delete(self, name: str, change_id: str) -> dict[str, Any]:
        """Take a proposal back."""
        return _answer(done(withdraw_setting, name, change_id))


@blueprint.route(f"{_PROPOSALS}/<string:change_id>/agreement")
class SettingAgreementView(MethodView):
    """The agreement to a proposal of somebody else."""

    @changes(Permission.SETTINGS_CHANGE, creates=True)
    @blueprint.problems(404, 409)
    @blueprint.response(200, ProposalAnswer)
    def post(self, name: str, change_id: str) -> dict[str, Any]:
        """Agree to another person's proposal: it is in force from now on, and for nothing that was submitted before."""
        return _answer(done(agree_to_setting, name, change_id))


def _answer(change: ProposedChange) -> dict[str, Any]:
    return {**asdict(change), "value": json.loads(change.value)}
