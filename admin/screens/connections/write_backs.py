"""The write-back of a connection: what it would write, switched on after a dry run, and what became of it."""

from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, shown
from admin.screens.connections.of_one import OfOneConnection
from admin.screens.connections.written import by_row, writing_of
from admin.visitors import seeing, the_act, the_house, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.connectors.mapping.mapping import ConnectorMapping
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.domain.acting import Act
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.actor import Actor
from policy_service.services.connections.runs import overview
from policy_service.services.connections.setting_up import Changes, change
from policy_service.services.connections.writing_back_looking import (
    FieldWrites,
    ask_push,
    planned_case_tasks,
    planned_writes,
    pushes,
    row_results,
    task_results,
)
from policy_service.services.connections.writing_back_schedule import PUSH_CONNECTION
from policy_service.services.connections.writing_back_switch import look_at, write_back_now
from policy_service.services.connections.writing_back_tasks import PlannedTask
from policy_service.services.house import House
from policy_service.services.job_cancelling import may_cancel
from policy_service.storage.connection_store import StoredConnection
from policy_service.storage.customer_search import names_of
from policy_service.storage.errors import not_stored
from policy_service.storage.job_store import Job, JobStore

_RUNS: Final = 10
_TASKS: Final = 100
_RESULTS: Final = 50


class ConnectionWriteBack(OfOneConnection):
    """The write-back of each connection."""

    @expose("/<connection_name>")
    def page(self, connection_name: str) -> Any:
        """Show what a run would write now, field by field, what the last ones did, and what was refused."""
        actor, fault = visitor().actor, None
        position: Any = position_of(request.args.get("after", ""), str, str)
        planned, tasks = FieldWrites((), None), tuple[PlannedTask, ...]()
        with seeing() as session:
            connection = overview(session, connection_name, actor).connection
            now = write_back_now(session, connection_name, actor)
            if now.writes_anything:
                try:
                    planned = planned_writes(
                        the_house(), session, connection_name, actor, the_act(), position or ("", "")
                    )
                    tasks = planned_case_tasks(the_house(), session, connection_name, actor, the_act(), most=_TASKS + 1)
                except PolicyServiceError as error:
                    fault = error
            latest = pushes(session, connection_name, actor, _RUNS)
            results = {
                is_done: row_results(session, connection_name, actor, _RESULTS, is_done=is_done)
                for is_done in (False, True)
            }
            handed = [one for one in task_results(session, connection_name, actor, _RESULTS) if one.state != "done"]
            job = _job(session, connection_name, now.state.job_id)
            concerned = {one.customer_id for one in planned.writes} | {one.case.customer_id for one in tasks}
            concerned |= {one.customer_id for rows in results.values() for one in rows}
            names = names_of(session, concerned | {one.customer_id for one in handed})
        return self.render(
            "console/connections/write_back.html",
            connection=connection,
            now=now,
            fault=fault,
            following=cursor_of(planned.after) if planned.after else "",
            tasks=tasks[:_TASKS],
            has_more_tasks=len(tasks) > _TASKS,
            latest=latest,
            results=results,
            handed=handed,
            job=job,
            may_cancel=job is not None and may_cancel(job, actor),
            rows=by_row(planned.writes),
            written=writing_of(_mapping(connection), the_house().settings.zone),
            names=names,
        )

    @expose("/<connection_name>/plan", methods=["POST"])
    def plan(self, connection_name: str) -> Any:
        """Have a dry run made."""
        return self._ask(connection_name, is_dry=True)

    @expose("/<connection_name>/push", methods=["POST"])
    def push(self, connection_name: str) -> Any:
        """Have it written back now."""
        return self._ask(connection_name, is_dry=False)

    @expose("/<connection_name>/switch", methods=["POST"])
    def switch(self, connection_name: str) -> Response:
        """Switch the write-back on, by somebody who has looked at the dry run that the form names, or off."""
        back = self.page_of(connection_name)
        if request.form.get("on") != "yes":
            told = gettext("The write-back is switched off: nothing is written any more.")
            return done(change, connection_name, Changes(writes_back=False), success=told, back=back)
        told = gettext("The write-back is switched on.")
        push_id = request.form.get("dry_run", "")[:60]
        return done(_switch_on, connection_name, push_id, success=told, back=back)

    def _ask(self, connection_name: str, *, is_dry: bool) -> Any:
        back = self.page_of(connection_name)

        def asked(house: House, session: Session, actor: Actor, act: Act, **_revision: int) -> Job:
            return ask_push(house, session, connection_name, actor, act, is_dry=is_dry)

        def told(job: Job) -> Response:
            flash(gettext("It is asked for. How far it is stands below."), "success")
            return redirect(str(self.get_url(".page", connection_name=connection_name, job=job.job_id)))

        return shown(asked, show=told, back=back)


def _switch_on(
    house: House, session: Session, name: str, push_id: str, actor: Actor, act: Act, revision: int | None = None
) -> StoredConnection:
    dry_run = write_back_now(session, name, actor).dry_run
    if dry_run is None or dry_run.push_id != push_id:
        # Another one has been made since, or the mapping is another: that is to be looked at.
        raise not_stored(f"dry run {push_id}")
    look_at(house, session, push_id, actor, act)
    return change(house, session, name, Changes(writes_back=True), actor, act, revision=revision)


def _mapping(connection: StoredConnection) -> ConnectorMapping | None:
    return read_connector_mapping(connection.mapping, f"{connection.name}.yaml") if connection.mapping else None


def _job(session: Session, connection_name: str, job_id: str | None) -> Job | None:
    # A dry run is a job of its own, which the address of the page names.
    for each in (request.args.get("job", "")[:60], job_id):
        found = JobStore(session).find(each) if each else None
        is_it = found and found.kind == PUSH_CONNECTION and found.arguments.get("connection") == connection_name
        if found and is_it and not found.is_ended:
            return found
    return None
