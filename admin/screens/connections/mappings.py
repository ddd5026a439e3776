"""The mapping of a connection: as tables, as text, proposed, checked against what is there, and tried on real rows."""

from dataclasses import replace
from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from admin.doing import done, named_revision, refused
from admin.screens.connections.accounts import PATIENCE_SECONDS
from admin.screens.connections.column_forms import chosen_value, options, with_column, with_feed
from admin.screens.connections.discovered import seen_of
from admin.screens.connections.feeds import Shown, shown, titles_of
from admin.screens.connections.of_one import OfOneConnection
from admin.screens.connections.previews import ObjectShown, previewed
from admin.screens.connections.words import TABLES, column_called, source_said
from admin.visitors import may, seeing, the_act, the_house, visitor
from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.reader import LONGEST_MAPPING, read_connector_mapping
from policy_service.connectors.mapping.writer import mapping_text
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.services.connections.discovering import proposed
from policy_service.services.connections.runs import overview
from policy_service.services.connections.setting_up import keep_connection_mapping, shipped_mapping
from policy_service.services.connections.trying import try_on_mirror, try_on_page
from policy_service.storage.connection_store import StoredConnection

_LONGEST_COLUMN: Final = 60
_NOW: Final = "now"


class ConnectionMappings(OfOneConnection):
    """The mapping of each connection."""

    main_view = ".mapping"

    @expose("/<connection_name>")
    def mapping(self, connection_name: str) -> Any:
        """Show the mapping as tables, with what checking finds; without one, ask which to begin with."""
        connection = _connection(connection_name)
        try:
            mapping = _kept(connection) if connection.mapping else None
        except PolicyServiceError as error:
            # A text that an earlier version of the service took can be mended where it is written.
            if may(Permission.LEDGER_WRITE):
                return refused(error, str(self.get_url(".text", connection_name=connection_name)))
            raise
        seen = seen_of(connection)
        return self.render(
            "console/connections/mapping.html",
            connection=connection,
            described=SYSTEMS[System(connection.system)],
            shown=shown(mapping, seen.found) if mapping else None,
            seen=seen,
        )

    @expose("/<connection_name>/look", methods=["POST"])
    def look(self, connection_name: str) -> Response:
        """Look anew at what is over there."""
        _refuse_reader()
        seen = seen_of(_connection(connection_name), anew=True)
        if seen.found:
            flash(gettext("Objects there: %(number)s.", number=len(seen.found.objects)), "success")
        return redirect(self.page_of(connection_name))

    @expose("/<connection_name>/propose", methods=["POST"])
    def propose(self, connection_name: str) -> Any:
        """Show the likeliest mapping of what is over there, which is not kept yet."""
        _refuse_reader()
        connection = _connection(connection_name)
        seen = seen_of(connection)
        if seen.found is None:
            if seen.error:
                return refused(seen.error, self.page_of(connection_name))
            flash(gettext("Nothing is known of what is over there: say how it is reached, and check."), "error")
            return redirect(self.page_of(connection_name))
        text = proposed(the_house(), System(connection.system), seen.found)
        return self._text(connection, text, connection.revision, gettext("Proposed. It counts once it is kept."))

    @expose("/<connection_name>/text")
    def text(self, connection_name: str) -> Any:
        """Show the mapping, or the one that ships, as text to change."""
        _refuse_reader()
        connection = _connection(connection_name)
        text = connection.mapping
        if not text or request.args.get("take") == "shipped":
            text = shipped_mapping(the_house(), System(connection.system))
        return self._text(connection, text, connection.revision)

    @expose("/<connection_name>/try", methods=["POST"])
    def try_out(self, connection_name: str) -> Any:
        """Check a text, and show what it makes of real rows; nothing is kept."""
        _refuse_reader()
        return self._text(_connection(connection_name), _given_text(), named_revision(), is_tried=True)

    @expose("/<connection_name>/keep", methods=["POST"])
    def keep(self, connection_name: str) -> Any:
        """Keep a text, unless somebody else has changed the connection since it was opened."""
        _refuse_reader()
        text = _given_text()
        answer = self._keep(connection_name, text, back="")
        if answer.location:
            return answer
        # What was written is not lost by what is refused, and names what its writer saw.
        return self._text(_connection(connection_name), text, named_revision())

    @expose("/<connection_name>/preview", methods=["GET", "POST"])
    def preview(self, connection_name: str) -> Any:
        """Show what the mapping makes of rows that were pulled, or by POST of a page that is asked for now."""
        connection = _connection(connection_name)
        if not connection.mapping:
            return redirect(self.page_of(connection_name))
        is_now = request.method == "POST"
        if is_now:
            _refuse_reader()
        try:
            rows = _previewed(connection, _kept(connection), is_now=is_now)
        except PolicyServiceError as error:
            return refused(error, self.page_of(connection_name))
        return self.render("console/connections/preview.html", connection=connection, objects=rows, is_now=is_now)

    @expose("/<connection_name>/column")
    def column(self, connection_name: str) -> Any:
        """Ask which field is to feed a column."""
        _refuse_reader()
        connection = _connection(connection_name)
        mapping, seen = _kept(connection), seen_of(connection)
        number, column = _number(mapping, request.args), request.args.get("column", "")[:_LONGEST_COLUMN]
        if not column or seen.found is None:
            return redirect(self.page_of(connection_name))
        feed = mapping.feeds[number]
        source = feed.columns.get(column)
        return self.render(
            "console/connections/column.html",
            connection=connection,
            feed=feed,
            number=number,
            table=TABLES[feed.table],
            column=column,
            called=column_called(column),
            said=source_said(source, feed.object_name, titles_of(seen.found)) if source else "",
            chosen=chosen_value(source),
            options=options(feed, seen.found),
        )

    @expose("/<connection_name>/column/keep", methods=["POST"])
    def keep_column(self, connection_name: str) -> Response:
        """Let another field feed a column, or none."""
        _refuse_reader()
        connection = _connection(connection_name)
        mapping, seen = _kept(connection), seen_of(connection)
        number, column = _number(mapping, request.form), request.form.get("column", "")[:_LONGEST_COLUMN]
        changed = (
            with_column(mapping, number, column, request.form.get("field", ""), seen.found)
            if seen.found and column
            else None
        )
        if changed is None:
            flash(gettext("There is no such field any more. Look anew at what is there."), "error")
            return redirect(self.page_of(connection_name))
        return self._keep(connection_name, mapping_text(changed), back=self.page_of(connection_name))

    @expose("/<connection_name>/feed", methods=["POST"])
    def switch(self, connection_name: str) -> Response:
        """Turn a feed on, or off."""
        _refuse_reader()
        mapping = _kept(_connection(connection_name))
        number = _number(mapping, request.form)
        feed = replace(mapping.feeds[number], is_on=request.form.get("on") == "yes")
        text = mapping_text(with_feed(mapping, number, feed))
        return self._keep(connection_name, text, back=self.page_of(connection_name))

    @expose("/<connection_name>/look")
    @expose("/<connection_name>/propose")
    @expose("/<connection_name>/try")
    @expose("/<connection_name>/keep")
    @expose("/<connection_name>/column/keep")
    @expose("/<connection_name>/feed")
    def anew(self, connection_name: str) -> Response:
        """Lead whoever comes back to one of these pages to where they begin."""
        return redirect(self.page_of(connection_name))

    def _keep(self, connection_name: str, text: str, back: str) -> Response:
        told = gettext("The mapping is kept. The next pull reads everything by it.")
        onward = self.page_of(connection_name)
        return done(keep_connection_mapping, connection_name, text, success=told, back=back, onward=onward)

    def _text(
        self, connection: StoredConnection, text: str, revision: int, told: str = "", *, is_tried: bool = False
    ) -> Any:
        fault: PolicyServiceError | None = None
        checked: Shown | None = None
        rows: tuple[ObjectShown, ...] = ()
        seen, is_now = seen_of(connection), request.form.get("rows") == _NOW
        try:
            mapping = read_connector_mapping(text, f"{connection.name}.yaml")
            checked = shown(mapping, seen.found)
            if is_tried:
                rows = _previewed(connection, mapping, is_now=is_now)
        except PolicyServiceError as error:
            fault = error
        return self.render(
            "console/connections/text.html",
            connection=connection,
            text=text,
            revision=revision,
            told=told,
            fault=fault,
            shown=checked,
            seen=seen,
            objects=rows,
            is_tried=is_tried,
            is_now=is_now,
            longest=LONGEST_MAPPING,
        )


def _refuse_reader() -> None:
    if not may(Permission.LEDGER_WRITE):
        raise Forbidden


def _connection(name: str) -> StoredConnection:
    with seeing() as session:
        return overview(session, name, visitor().actor).connection


def _kept(connection: StoredConnection) -> ConnectorMapping:
    return read_connector_mapping(connection.mapping, f"{connection.name}.yaml")


def _given_text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")[: LONGEST_MAPPING + 1]


def _number(mapping: ConnectorMapping, given: Any) -> int:
    number = parse_whole_number(given.get("feed", ""))
    if number is None or number >= len(mapping.feeds):
        raise NotFound
    return number


def _previewed(connection: StoredConnection, mapping: ConnectorMapping, *, is_now: bool) -> tuple[ObjectShown, ...]:
    house, actor, act = the_house(), visitor().actor, the_act()
    titles = titles_of(seen_of(connection).found)
    if is_now:
        return previewed(try_on_page(house, connection.name, mapping, actor, act, PATIENCE_SECONDS), titles)
    with seeing() as session:
        return previewed(try_on_mirror(house, session, connection.name, mapping, actor, act), titles)
