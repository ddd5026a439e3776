"""How a connection is reached: its settings, and its secrets, which are taken and never shown."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from admin.doing import SECRET_FIELD, done, refused
from admin.screens.connections.of_one import OfOneConnection
from admin.values import told
from admin.visitors import may, seeing, the_act, the_house, visitor
from policy_service.connectors.described import Described
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.means import Account
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.connectors.systems import checked_account
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.instants import Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.connections.discovering import within
from policy_service.services.connections.looking_back import kept_secrets, last_check, readable_secrets
from policy_service.services.connections.opening import NOTICES
from policy_service.services.connections.runs import overview
from policy_service.services.connections.setting_up import Changes, change, check
from policy_service.services.house import House
from policy_service.storage.connection_store import StoredConnection

_SETTING: Final = "setting."
#: Somebody waits for the page: a system that lets one wait longer is asked again later.
PATIENCE_SECONDS: Final = 30.0
_LONGEST: Final = 4_000


class ConnectionAccount(OfOneConnection):
    """The account of a connection."""

    permission = Permission.CONNECTIONS_CONNECT
    or_else = None
    main_view = ".form"

    @expose("/<connection_name>")
    def form(self, connection_name: str) -> Any:
        """Show the settings, and since when which secrets are kept."""
        actor, fault = visitor().actor, None
        kept: Mapping[str, Instant] = {}
        with seeing() as session:
            connection = overview(session, connection_name, actor).connection
            checked = last_check(session, connection_name, actor)
            try:
                kept = kept_secrets(the_house(), session, connection_name, actor)
            except ConnectorError as error:
                fault = error
        return self.render(
            "console/connections/account.html",
            connection=connection,
            described=SYSTEMS[System(connection.system)],
            kept=kept,
            checked=checked,
            fault=fault,
            longest=_LONGEST,
            notices=NOTICES,
        )

    @expose("/<connection_name>/keep", methods=["POST"])
    def keep(self, connection_name: str) -> Any:
        """Keep what was given, a secret that was left empty as it is; and check it at once, if that is wanted."""
        page = self.page_of(connection_name)
        with seeing() as session:
            connection = overview(session, connection_name, visitor().actor).connection
        described = SYSTEMS[System(connection.system)]
        told = {name: value for name, value in connection.settings.items() if name == NOTICES}
        given = Changes(settings={**_settings(described), **told}, secrets=_secrets(described))
        answer = done(_keep, connection_name, given, success=gettext("It is kept."), back=page, onward=f"{page}#check")
        is_kept = answer.location == f"{page}#check"
        return self._checked(connection_name) if is_kept and "check" in request.form else answer

    @expose("/<connection_name>/check", methods=["POST"])
    def check(self, connection_name: str) -> Any:
        """Sign in over there, and say what is reached or what to do."""
        return self._checked(connection_name)

    @expose("/<connection_name>/keep")
    @expose("/<connection_name>/check")
    def anew(self, connection_name: str) -> Response:
        """Lead whoever comes back to one of these pages to where they begin."""
        return redirect(self.page_of(connection_name))

    def _checked(self, connection_name: str) -> Response:
        if not may(Permission.CONNECTIONS_CONNECT):
            raise Forbidden
        house, page = the_house(), f"{self.page_of(connection_name)}#check"
        try:
            reached = check(house, connection_name, visitor().actor, the_act(), within(house, PATIENCE_SECONDS))
        except PolicyServiceError as error:
            return refused(error, page)
        flash(gettext("The connection reaches: %(what)s", what=told(reached[:200])), "success")
        return redirect(page)


def _keep(
    house: House, session: Session, name: str, given: Changes, actor: Actor, act: Act, revision: int | None = None
) -> StoredConnection:
    before = overview(session, name, actor).connection
    # Those that nobody can read any more are given anew, all of them.
    kept = dict.fromkeys(readable_secrets(house, session, name, actor), "kept")
    checked = checked_account(System(before.system), Account(given.settings or {}, kept | dict(given.secrets)))
    # Other settings would begin the pull anew, even if they say the same.
    settings = None if _as_before(before, checked.settings) else given.settings
    return change(house, session, name, replace(given, settings=settings), actor, act, revision=revision)


def _as_before(before: StoredConnection, settings: Mapping[str, str]) -> bool:
    described = SYSTEMS[System(before.system)]
    were = {one.name: before.settings.get(one.name, "") or one.default for one in described.settings}
    return bool(before.settings) and all(were.get(name) == value for name, value in settings.items())


def _settings(described: Described) -> Mapping[str, str]:
    # Whether it is told of changes is switched on a page of its own.
    asked = [one.name for one in described.settings if not one.is_secret and one.name != NOTICES]
    given = {name: _text(_SETTING + name) for name in asked}
    # What is chosen otherwise than listed is written beside the choice.
    given |= {name: other for name in given if (other := _text(f"other.{name}"))}
    return {name: text for name, text in given.items() if text}


def _secrets(described: Described) -> Mapping[str, str]:
    given = {one.name: _text(SECRET_FIELD + one.name) for one in described.settings if one.is_secret}
    return {name: text for name, text in given.items() if text}


def _text(field: str) -> str:
    return request.form.get(field, "").strip().replace("\r\n", "\n")[: _LONGEST + 1]
