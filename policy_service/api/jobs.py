"""Work that runs on its own: days that are run, and the jobs of all kinds."""

import datetime as dt
from typing import Any, Final

from flask.views import MethodView
from marshmallow import Schema, fields, validate

from policy_service.api.edge import changes, reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import Day, InstantField
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.services_called import done
from policy_service.domain.days import parse_day
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission
from policy_service.services.background_jobs import HANDLERS
from policy_service.services.daily_run.job import ask_to_run
from policy_service.services.daily_run.run import report_of_day
from policy_service.services.job_cancelling import cancel_job
from policy_service.services.ledger_in.import_job import FOLDER
from policy_service.storage.job_store import Job, JobStore
from policy_service.storage.models.jobs import JOB_STATES
from policy_service.storage.models.simulations import SIMULATION_KINDS

blueprint = Endpoints("jobs", __name__, url_prefix="/v1", description="Days that are run, and other jobs")


class JobProgressBody(Schema):
    """How far a job is."""

    done = fields.Integer(metadata={"example": 1200})
    total = fields.Integer(metadata={"description": "0 before it is known.", "example": 2000})


class JobBody(Schema):
    """A job."""

    job_id = fields.String(metadata={"example": "5f1d7a84db00d2fce00b31a7fc73224f"})
    kind = fields.String(metadata={"example": "run_day"})
    arguments = fields.Dict(keys=fields.String(), metadata={"example": {"day": "2026-11-21"}})
    state = fields.String(validate=validate.OneOf(JOB_STATES), metadata={"example": "running"})
    created_at = InstantField()
    created_by = fields.String(metadata={"example": "m.li"})
    started_at = InstantField(allow_none=True)
    finished_at = InstantField(allow_none=True)
    attempts = fields.Integer(metadata={"example": 1})
    progress = fields.Nested(JobProgressBody)
    is_cancel_asked = fields.Boolean()
    result = fields.Dict(keys=fields.String(), metadata={"description": "Of a job that is done what came of it."})
    error = fields.String(metadata={"description": "What the last attempt failed of; empty: nothing."})


#: Of a job what its body says as it is.
_NAMES: Final = tuple(name for name in JobBody().fields if name != "progress")


class JobPage(Schema):
    """Some jobs, the newest first."""

    items = fields.List(fields.Nested(JobBody))
    next_cursor = fields.String(allow_none=True)


class JobsQuery(PageQuery):
    """Which jobs are asked for."""

    kind = fields.String(
        load_default="",
        validate=validate.OneOf(("", *HANDLERS, *SIMULATION_KINDS)),
        metadata={"example": "run_day"},
    )
    state = fields.String(load_default="", validate=validate.OneOf(("", *JOB_STATES)), metadata={"example": "failed"})


class JobsAsked(PageAsked, total=False):
    """A validated question for jobs."""

    kind: str
    state: str


class DayFaultBody(Schema):
    """What kept the run from finishing a customer's day."""

    customer_id = fields.String(metadata={"example": "C000000001"})
    code = fields.String(metadata={"example": "F102"})
    message = fields.String()


_COUNTED = {"example": {"collection.L1": 12, "collection.L3": 2}}


class DayRunBody(Schema):
    """What a day that was run came to."""

    day = Day(metadata={"example": "2026-11-21"})
    ledger_head = fields.Integer(metadata={"description": "The last posting that was known.", "example": 118})
    policy_id = fields.String(metadata={"example": "manufacturer_cn"})
    policy_version = fields.Integer(metadata={"example": 3})
    customers = fields.Integer(metadata={"example": 2000})
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"example": {"reviews": 14, "cases_opened": 9}}
    )
    notices = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Firings by level, an invoice each.", **_COUNTED},
    )
    case_steps = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Firings by level, a customer each.", **_COUNTED},
    )
    fault_count = fields.Integer(metadata={"example": 0})
    faults = fields.List(fields.Nested(DayFaultBody), metadata={"description": "The first thousand."})
    made_up = fields.List(
        Day(metadata={"example": "2026-11-20"}),
        metadata={"description": "The missed days that were run before it; each has its own report."},
    )


@blueprint.route("/days/<day>/run")
class DayRunView(MethodView):
    """The run of a day."""

    @changes(Permission.DAY_RUN, creates=True)
    @blueprint.problems(404, 409)
    @blueprint.response(202, JobBody)
    def post(self, day: str) -> tuple[object, dict[str, str]]:
        """Have a day run, after the days missed before it; asked for twice it is one job."""
        call = the_call()
        job = ask_to_run(call.house, call.session, _day(day), call.act)
        return _body(job), {"Location": f"/v1/jobs/{job.job_id}"}


@blueprint.route("/days/<day>")
class DayView(MethodView):
    """A day that was run."""

    @reads(Permission.JOBS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, DayRunBody)
    def get(self, day: str) -> dict[str, Any]:
        """Show what a day came to."""
        return report_of_day(the_call().session, _day(day)).as_plain() | {"day": _day(day)}


@blueprint.route("/jobs")
class JobsView(MethodView):
    """The jobs."""

    @reads(Permission.JOBS_READ)
    @blueprint.arguments(JobsQuery, location="query")
    @blueprint.response(200, JobPage)
    def get(self, asked: JobsAsked) -> dict[str, object]:
        """List jobs, the newest first."""
        behind: Any = position_of(asked["cursor"], int, str)
        found = JobStore(the_call().session).page(asked["limit"] + 1, behind, asked["kind"], asked["state"])
        return page_of(list(map(_body, found)), asked["limit"], lambda job: (job["created_at"], job["job_id"]))


@blueprint.route("/jobs/<job_id>")
class JobView(MethodView):
    """One job."""

    @reads(Permission.JOBS_READ)
    @blueprint.problems(404)
    @blueprint.response(200, JobBody)
    def get(self, job_id: str) -> dict[str, Any]:
        """Show a job, how far it is, and what came of it."""
        return _body(JobStore(the_call().session).load(job_id))


@blueprint.route("/jobs/<job_id>/cancellation")
class CancellationView(MethodView):
    """The end of a job before it is done."""

    @changes(
        Permission.DAY_RUN, or_else=(Permission.LEDGER_WRITE, Permission.CONNECTIONS_RUN, Permission.SIMULATIONS_RUN)
    )
    @blueprint.problems(404)
    @blueprint.response(200, JobBody)
    def post(self, job_id: str) -> dict[str, Any]:
        """Ask a job to stop: one's own import or simulation, or any with the permission to run the day.

        What it did stays done.
        """
        return _body(done(cancel_job, job_id))


def _day(text: str) -> dt.date:
    day = parse_day(text)
    if day is None:
        raise RequestError("R450", f"{text[:40]!r} is no day.", remedy="Write a day that exists, such as 2026-11-21.")
    return day


def _body(job: Job) -> dict[str, Any]:
    said = {name: getattr(job, name) for name in _NAMES}
    # Where files lie on the machine is nobody's who asks.
    arguments = {name: each for name, each in job.arguments.items() if name != FOLDER}
    return said | {"arguments": arguments, "progress": {"done": job.progress_done, "total": job.progress_total}}
