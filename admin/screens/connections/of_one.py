"""What the screens of one connection share: whoever may see it, and where they lead."""

from typing import ClassVar

from flask import redirect
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.screens.screen import Screen
from policy_service.domain.permissions import Permission


class OfOneConnection(Screen):
    """A screen of one connection, which the list of connections leads to."""

    permission = Permission.LEDGER_READ
    or_else: ClassVar[Permission | None] = Permission.CONNECTIONS_CONNECT
    is_in_menu = False
    #: The view that its others lead back to.
    main_view: ClassVar[str] = ".page"

    @expose("/")
    def all(self) -> Response:
        """Lead to the connections."""
        return redirect(self.get_url("connections.all"))

    def page_of(self, connection_name: str) -> str:
        """Return the address of a connection's page here."""
        return str(self.get_url(self.main_view, connection_name=connection_name))
