"""How a connection is told of changes by its system: until when, how often it was, and what stands in the way."""

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done
from admin.screens.audit.acts import act_said
from admin.screens.connections.of_one import OfOneConnection
from admin.visitors import may, seeing, the_house, visitor
from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.connections.looking_back import kept_secrets
from policy_service.services.connections.notice_history import notice_history
from policy_service.services.connections.notice_settings import Notices, notices_of, switch_notices
from policy_service.services.connections.runs import runs
from policy_service.services.house import House

#: What Fxiaoke signs and encrypts its callbacks with.
_OF_CALLBACKS: Final = ("callback_token", "callback_key")
_SHOWN: Final = 20
_RUNS: Final = 5


class ConnectionNotices(OfOneConnection):
    """The notices of each connection."""

    @expose("/<connection_name>")
    def page(self, connection_name: str) -> Any:
        """Show whether the system tells of changes, how that stands, and what came of it."""
        actor = visitor().actor
        with seeing() as session:
            found = notices_of(the_house(), session, connection_name, actor)
            latest = runs(session, connection_name, actor, _RUNS)
            history = notice_history(session, connection_name, actor, _SHOWN)
            lacking, fault = _lacking(session, found, actor)
        system = System(found.connection.system)
        return self.render(
            "console/connections/notices.html",
            connection=found.connection,
            described=SYSTEMS[system],
            is_called_back=system is System.FXIAOKE,
            notices=found,
            channel=found.channel,
            lacking=lacking,
            fault=fault,
            latest=latest,
            history=history,
            act_said=act_said,
        )

    @expose("/<connection_name>/switch", methods=["POST"])
    def switch(self, connection_name: str) -> Response:
        """Let the system tell of changes, or no longer; what failed before is tried anew."""
        is_on = request.form.get("on") == "yes"
        if is_on:
            told = gettext(
                "Notices are switched on. Whatever has to be agreed over there is asked for within a minute."
            )
        else:
            told = gettext("Notices are switched off. What was agreed over there is ended within a minute.")
        back = self.page_of(connection_name)
        return done(_switch, connection_name, is_on, success=told, back=back)

    @expose("/<connection_name>/switch")
    def anew(self, connection_name: str) -> Response:
        """Lead whoever comes back to it to the page."""
        return redirect(self.page_of(connection_name))


def _switch(
    house: House, session: Session, name: str, is_on: bool, actor: Actor, act: Act, revision: int | None = None
) -> Notices:
    return switch_notices(house, session, name, actor, act, is_on=is_on, revision=revision)


def _lacking(session: Session, found: Notices, actor: Actor) -> tuple[frozenset[str], ConnectorError | None]:
    """Return which secrets of callbacks lack, for who may give them, or why nobody can tell."""
    if found.connection.system != System.FXIAOKE or not may(Permission.CONNECTIONS_CONNECT):
        return frozenset(), None
    try:
        kept: Mapping[str, object] = kept_secrets(the_house(), session, found.connection.name, actor)
    except ConnectorError as error:
        return frozenset(), error
    return frozenset(_OF_CALLBACKS) - frozenset(kept), None
