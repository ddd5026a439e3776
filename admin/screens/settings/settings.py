"""The company's settings: what each means, and changes that one person proposes and another agrees to."""

import json
from dataclasses import replace
from functools import partial
from typing import Any, Final

from flask import request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.screen import Screen
from admin.screens.settings.described import ANY, DESCRIBED, NOTHING, UP_TO, Described, said, written
from admin.visitors import seeing, visitor
from policy_service.domain.acting import Act
from policy_service.domain.permissions import AUTHORITY, Permission
from policy_service.services.actor import Actor
from policy_service.services.company_settings import company_settings, plain_settings
from policy_service.services.house import House
from policy_service.services.setting_changes import agree_to_setting, propose_setting, withdraw_setting
from policy_service.storage.errors import not_stored
from policy_service.storage.settings_store import ProposedChange, SettingsStore

_CHANGES_SHOWN: Final = 20
_LONGEST_NOTE: Final = 2_000


class CompanySettingsScreen(Screen):
    """All settings, and each with its changes."""

    permission = Permission.SETTINGS_READ

    @expose("/")
    def all(self) -> Any:
        """List what is in force, and on top what waits for a second person."""
        with seeing() as session:
            values = plain_settings(company_settings(session))
            proposals = SettingsStore(session).open_proposals()
        return self.render(
            "console/settings/settings.html",
            settings=[(name, each, said(name, values[name])) for name, each in DESCRIBED.items()],
            proposals=[
                (each, _described(each.name), said(each.name, values[each.name]), _said(each)) for each in proposals
            ],
            reader=visitor().actor.person,
        )

    @expose("/setting/<which>")
    def setting(self, which: str) -> Any:
        """Show a setting with the form to propose another value, and its changes so far."""
        described = _described(which)
        with seeing() as session:
            value: Any = plain_settings(company_settings(session))[which]
            store = SettingsStore(session)
            is_open = any(each.name == which for each in store.open_proposals())
            changes = store.closed_proposals(which, _CHANGES_SHOWN)
        return self.render(
            "console/settings/setting.html",
            name=which,
            described=described,
            value=value,
            said=said(which, value),
            is_open=is_open,
            changes=[(each, _said(each)) for each in changes],
            roles=AUTHORITY,
            reaches=(ANY, UP_TO, NOTHING),
        )

    @expose("/setting/<which>/propose", methods=["POST"])
    def propose(self, which: str) -> Response:
        """Propose another value."""
        described = _described(which)
        propose = partial(_propose, note=request.form.get("note", "").strip()[:_LONGEST_NOTE])
        told = gettext("The change is proposed. It counts once another person agrees.")
        value = written(described.kind, request.form)
        return done(propose, which, value, success=told, back=str(self.get_url(".setting", which=which)))

    @expose("/setting/<which>/proposals/<change_id>/agree", methods=["POST"])
    def agree(self, which: str, change_id: str) -> Response:
        """Put another person's proposal in force."""
        told = gettext("The change is in force from now on.")
        return done(agree_to_setting, which, change_id, success=told, back=str(self.get_url(".all")))

    @expose("/setting/<which>/proposals/<change_id>/withdraw", methods=["POST"])
    def withdraw(self, which: str, change_id: str) -> Response:
        """Take a proposal back."""
        told = gettext("The proposal is taken back.")
        return done(withdraw_setting, which, change_id, success=told, back=str(self.get_url(".all")))


def _propose(
    house: House, session: Session, name: str, value: object, actor: Actor, act: Act, *, note: str
) -> ProposedChange:
    return propose_setting(house, session, name, value, actor, replace(act, note=note))


def _described(name: str) -> Described:
    found = DESCRIBED.get(name)
    if found is None:
        raise not_stored(f"setting {name[:60]!r}")
    return found


def _said(change: ProposedChange) -> list[str]:
    return said(change.name, json.loads(change.value))
