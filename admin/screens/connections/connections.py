"""Connections: which systems are connected and how they fare, a new one, and each with its steps, runs and rows."""

from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from admin.doing import done, shown
from admin.screens.connections.steps import steps_of
from admin.screens.connections.words import TABLES, column_called
from admin.screens.imports.reasons import explained
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_house, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.connectors.port import System
from policy_service.connectors.system_settings import SYSTEMS
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.ledger.columns import Table
from policy_service.services.actor import Actor
from policy_service.services.connections.looking_back import last_check
from policy_service.services.connections.runs import overview, rejected_rows, runs, unmapped_rows
from policy_service.services.connections.scheduling import WITHDRAWS_MUCH
from policy_service.services.connections.setting_up import (
    LEAST_MINUTES,
    MOST_MINUTES,
    Changes,
    NewConnection,
    ask_pull,
    change,
    connect,
    connections,
)
from policy_service.services.connections.withdrawing import TOO_MUCH, gone_over_there
from policy_service.services.house import House
from policy_service.services.job_cancelling import may_cancel
from policy_service.storage.connection_store import ConnectionStore, StoredConnection, StoredState
from policy_service.storage.customer_search import names_of
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.mirror_store import MirrorStore
from policy_service.storage.pull_store import PullStore, StoredPull

_RUNS: Final = 20
_ROWS: Final = 50
_UNMAPPED: Final = 200
_GONE: Final = 30
_LONGEST_NAME: Final = 40
#: Schedules that people choose from, in minutes; 0 is by hand alone.
_RHYTHMS: Final = (0, 5, 15, 30, 60, 240, 1440, 10_080)


@dataclass(frozen=True, slots=True)
class Listed:
    """A connection as the list shows it; `waiting` are rows that came and are not read yet."""

    connection: StoredConnection
    state: StoredState
    last: StoredPull | None
    job: Job | None
    waiting: int


class Connections(Screen):
    """The connections, and each of them."""

    permission = Permission.LEDGER_READ
    or_else = Permission.CONNECTIONS_CONNECT

    @expose("/")
    def all(self) -> Any:
        """List the connections with how each fares."""
        with seeing() as session:
            listed = [_listed(session, one) for one in connections(session, visitor().actor)]
        is_under_way = any(one.job is not None for one in listed)
        return self.render(
            "console/connections/connections.html", listed=listed, systems=SYSTEMS, is_under_way=is_under_way
        )

    @expose("/new")
    def new(self) -> Any:
        """Ask which system is to be connected, and under which name."""
        if not may(Permission.CONNECTIONS_CONNECT):
            raise Forbidden
        chosen = request.args.get("system", "")
        return self.render(
            "console/connections/new.html",
            systems=SYSTEMS,
            chosen=chosen if chosen in set(System) else "",
            longest=_LONGEST_NAME,
        )

    @expose("/make", methods=["POST"])
    def make(self) -> Any:
        """Store a connection, which is off and asked for nothing yet; its settings come next."""
        system, name = request.form.get("system", ""), request.form.get("name", "").strip()[:100]
        back = str(self.get_url(".new"))
        if system not in set(System):
            flash(gettext("Choose the system first."), "error")
            return redirect(back)
        onward = str(self.get_url("connections_account.form", connection_name=name)) if name else ""
        told = gettext("The connection %(name)s is stored. Now say how it is reached.", name=name)
        return done(connect, NewConnection(name, System(system), {}), success=told, back=back, onward=onward)

    @expose("/connection/<connection_name>")
    def connection(self, connection_name: str) -> Any:
        """Show a connection: what is still to be done, how far it is, and its last runs."""
        actor = visitor().actor
        with seeing() as session:
            seen = overview(session, connection_name, actor)
            number = seen.connection.connection_id
            latest = runs(session, connection_name, actor, _RUNS)
            job = _job(session, seen.state)
            waiting = MirrorStore(session, number).waiting()
            steps = steps_of(the_house(), session, seen.connection, actor, has_pulled=_has_pulled(latest))
            checked = last_check(session, connection_name, actor)
        minutes = seen.connection.schedule_minutes
        return self.render(
            "console/connections/connection.html",
            connection=seen.connection,
            state=seen.state,
            mirrored=seen.mirrored,
            described=SYSTEMS[System(seen.connection.system)],
            latest=latest,
            job=job,
            may_cancel=job is not None and may_cancel(job, actor),
            waiting=waiting,
            steps=steps,
            checked=checked,
            rhythms=sorted({*_RHYTHMS, minutes}),
            least=LEAST_MINUTES,
            most=MOST_MINUTES,
        )

    @expose("/connection/<connection_name>/schedule", methods=["POST"])
    def schedule(self, connection_name: str) -> Response:
        """Keep how often it is pulled."""
        given = parse_whole_number(request.form.get("minutes", ""))
        # What is no number is refused with the same words as one that is too large.
        minutes = MOST_MINUTES + 1 if given is None else given
        told = gettext("The schedule is kept.")
        return self._change(connection_name, Changes(schedule_minutes=minutes), told)

    @expose("/connection/<connection_name>/switch", methods=["POST"])
    def switch(self, connection_name: str) -> Response:
        """Switch a connection on, or off."""
        is_on = request.form.get("on") == "yes"
        told = gettext("It is switched on.") if is_on else gettext("It is switched off: it is not pulled by itself.")
        return self._change(connection_name, Changes(is_on=is_on), told)

    @expose("/connection/<connection_name>/pull", methods=["POST"])
    def pull(self, connection_name: str) -> Any:
        """Have it pulled now."""
        back = self._page_of(connection_name)

        def told(_job: Job) -> Response:
            flash(gettext("It is pulled now. How far it is stands below."), "success")
            return redirect(back)

        return shown(_pull, connection_name, show=told, back=back)

    @expose("/connection/<connection_name>/run/<pull_id>")
    def run(self, connection_name: str, pull_id: str) -> Any:
        """Show a run: its counts, what went wrong, and each row that its import left out, with where it comes from."""
        actor = visitor().actor
        position = position_of(request.args.get("after", ""), int)
        with seeing() as session:
            connection = overview(session, connection_name, actor).connection
            run = PullStore(session).load(pull_id)
            if run.connection_id != connection.connection_id:
                raise not_stored(f"pull {pull_id[:60]}")
            rejected = rejected_rows(session, pull_id, actor, _ROWS + 1, int(position[0]) if position else -1)
            latest, job = _latest(session, connection, actor)
            is_asked = run.code == TOO_MUCH and latest == pull_id
            sees = may(Permission.LEDGER_READ)
            gone = gone_over_there(session, connection_name, actor, _GONE) if is_asked and sees else None
            names = names_of(session, (one.customer_id for one in gone.named)) if gone else {}
        return self.render(
            "console/connections/run.html",
            connection=connection,
            run=run,
            latest=latest,
            job=job,
            gone=gone,
            names=names,
            tables={**TABLES, Table.CUSTOMERS: lazy_gettext("Customer records")},
            column_called=column_called,
            rejected=[(one, explained(one.found.code)) for one in rejected[:_ROWS]],
            following=cursor_of((rejected[_ROWS - 1].found.position,)) if len(rejected) > _ROWS else "",
        )

    @expose("/connection/<connection_name>/withdraw", methods=["POST"])
    def withdraw(self, connection_name: str) -> Any:
        """Have it pulled, and withdrawn what is gone over there, by somebody who saw how much that was at a run."""
        pull_id = request.form.get("pull_id", "")[:60]
        back = str(self.get_url(".run", connection_name=connection_name, pull_id=pull_id))
        if request.form.get("sure") != "yes":
            flash(gettext("Say first that the rows are really gone over there."), "error")
            return redirect(back)

        def told(job: Job) -> Response:
            if job.arguments.get(WITHDRAWS_MUCH):
                flash(gettext("It is pulled now, and what is gone over there is withdrawn."), "success")
            else:
                flash(gettext("Another pull is under way. Wait for its end, and look at what it came to."), "warning")
            return redirect(self._page_of(connection_name))

        return shown(_withdraw, connection_name, pull_id, show=told, back=back)

    @expose("/connection/<connection_name>/unmapped")
    def unmapped(self, connection_name: str) -> Any:
        """List rows over there of which the mapping makes nothing, with why."""
        actor = visitor().actor
        with seeing() as session:
            connection = overview(session, connection_name, actor).connection
            rows = unmapped_rows(session, connection_name, actor, _UNMAPPED + 1)
        return self.render(
            "console/connections/unmapped.html",
            connection=connection,
            rows=rows[:_UNMAPPED],
            are_more=len(rows) > _UNMAPPED,
        )

    def _change(self, connection_name: str, changes: Changes, told: str) -> Response:
        return done(change, connection_name, changes, success=told, back=self._page_of(connection_name))

    def _page_of(self, connection_name: str) -> str:
        return str(self.get_url(".connection", connection_name=connection_name))


def _pull(house: House, session: Session, name: str, actor: Actor, act: Act, **_revision: int) -> Job:
    # Whatever somebody changed meanwhile, it is to be pulled.
    return ask_pull(house, session, name, actor, act)


def _withdraw(house: House, session: Session, name: str, pull_id: str, actor: Actor, act: Act, **_revision: int) -> Job:
    latest, _ = _latest(session, overview(session, name, actor).connection, actor)
    if latest != pull_id:
        # What would be withdrawn by now, nobody has seen.
        raise changed_since_read(f"the connection {name[:60]}")
    return ask_pull(house, session, name, actor, act, withdraws_much=True)


def _latest(session: Session, connection: StoredConnection, actor: Actor) -> tuple[str, Job | None]:
    found = runs(session, connection.name, actor, 1)
    state = ConnectionStore(session).state(connection.connection_id)
    return found[0].pull_id if found else "", _job(session, state)


def _listed(session: Session, connection: StoredConnection) -> Listed:
    number = connection.connection_id
    state = ConnectionStore(session).state(number)
    last = PullStore(session).latest(number, 1)
    waiting = MirrorStore(session, number).waiting()
    return Listed(connection, state, last[0] if last else None, _job(session, state), waiting)


def _job(session: Session, state: StoredState) -> Job | None:
    found = JobStore(session).find(state.job_id) if state.job_id else None
    return found if found and not found.is_ended else None


def _has_pulled(latest: tuple[StoredPull, ...]) -> bool:
    return any(run.state == "done" for run in latest)
