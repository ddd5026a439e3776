"""The worklist: cases on ladders, what people do about them, and how much work each role has."""

import datetime as dt
from dataclasses import asdict
from typing import Any, Final

from flask.views import MethodView

from policy_service.api.case_bodies import (
    ApprovalRequest,
    AssignmentRequest,
    CaseBody,
    CaseFileBody,
    CaseNoteBody,
    CaseNoteRequest,
    CasePage,
    CasesAsked,
    CasesQuery,
    ContactRequest,
    DeadlineRequest,
    DisputeRequest,
    PromiseAsked,
    PromiseRequest,
    WorkloadBody,
    WorkloadQuery,
)
from policy_service.api.edge import changes, named_revision, reads, the_call, with_etag
from policy_service.api.endpoints import Endpoints
from policy_service.api.paging import day_position_of, page_of
from policy_service.api.roles_asked import check_roles
from policy_service.api.services_called import at_revision, done
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Permission
from policy_service.services.escalation.approving import approve_step, refuse_step
from policy_service.services.escalation.follow_up import FollowUp
from policy_service.services.escalation.worklist import case_file, workload
from policy_service.storage.case_store import LAST_DAY, CaseStore
from policy_service.storage.stored_cases import CaseNow, Note, Wanted

blueprint = Endpoints("cases", __name__, url_prefix="/v1/cases", description="Cases on ladders, and who works on them")
#: What is done about a case may name its revision.
_at_revision = blueprint.may_name_revision("the case")

_WEEKS_SHOWN: Final = dt.timedelta(weeks=12)


@blueprint.route("")
class CasesView(MethodView):
    """The cases."""

    @reads(Permission.CASES_READ)
    @blueprint.arguments(CasesQuery, location="query")
    @blueprint.response(200, CasePage)
    def get(self, asked: CasesAsked) -> dict[str, object]:
        """List cases, the earliest deadline first, those without one last."""
        store = CaseStore(the_call().session)
        found = store.page(_wanted(asked), asked["limit"] + 1, day_position_of(asked["cursor"]))
        if not found:
            check_roles(owner_role=asked["owner_role"], waiting_for=asked["waiting_for"])
        roles = store.waiting_roles([case.case_id for case in found])
        items = [{**asdict(case), "waiting_for": roles.get(case.case_id, ())} for case in found]
        return page_of(items, asked["limit"], lambda case: (_deadline(case).isoformat(), case["case_id"]))


@blueprint.route("/workload")
class WorkloadView(MethodView):
    """The work of each role."""

    @reads(Permission.CASES_READ)
    @blueprint.arguments(WorkloadQuery, location="query")
    @blueprint.response(200, WorkloadBody)
    def get(self, asked: dict[str, dt.date]) -> dict[str, object]:
        """Count the case steps of each role by ISO week."""
        call = the_call()
        last = asked.get("last") or business_day(call.act.at, call.house.settings.zone)
        first = asked.get("first") or max(dt.date.min + _WEEKS_SHOWN, last) - _WEEKS_SHOWN
        return {"items": [asdict(week) for week in workload(call.session, first, last)]}


@blueprint.route("/<case_id>")
class CaseView(MethodView):
    """One case."""

    @reads(Permission.CASES_READ)
    @blueprint.problems(404)
    @blueprint.response(200, CaseFileBody)
    def get(self, case_id: str) -> tuple[object, dict[str, str]]:
        """Show a case with its steps, its invoices as they are now, and what people noted."""
        call = the_call()
        file = case_file(call.house, call.session, case_id, call.act.at)
        parts = asdict(file)
        return with_etag({**parts.pop("case"), **parts, "waiting_for": file.waiting_for}, file.case.revision)


@blueprint.route("/<case_id>/notes")
class NotesView(MethodView):
    """Notes on a case."""

    @changes(Permission.CASES_WORK, creates=True)
    @_at_revision
    @blueprint.problems(404)
    @blueprint.arguments(CaseNoteRequest)
    @blueprint.response(201, CaseNoteBody)
    def post(self, said: dict[str, str], case_id: str) -> tuple[object, dict[str, str]]:
        """Note something on a case."""
        working = _working_on(case_id)
        return _noted(working, working.note(said["text"]))


@blueprint.route("/<case_id>/contacts")
class ContactsView(MethodView):
    """Contacts with the customer of a case."""

    @changes(Permission.CASES_WORK, creates=True)
    @_at_revision
    @blueprint.problems(404)
    @blueprint.arguments(ContactRequest)
    @blueprint.response(201, CaseNoteBody)
    def post(self, said: dict[str, str], case_id: str) -> tuple[object, dict[str, str]]:
        """Note that somebody spoke with the customer today; it becomes an event `contact` of the ledger."""
        working = _working_on(case_id)
        return _noted(working, working.contact(said["channel"], said["text"]))


@blueprint.route("/<case_id>/promises")
class PromisesView(MethodView):
    """Promises of the customer of a case."""

    @changes(Permission.CASES_WORK, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(PromiseRequest)
    @blueprint.response(201, CaseNoteBody)
    def post(self, said: PromiseAsked, case_id: str) -> tuple[object, dict[str, str]]:
        """Note that the customer promised today to pay; it becomes a promise of the ledger."""
        working = _working_on(case_id)
        note = working.promise(said["invoice_id"], said["promised"], said["amount"], said["text"])
        return _noted(working, note)


@blueprint.route("/<case_id>/disputes")
class DisputesView(MethodView):
    """Disputes of the customer of a case."""

    @changes(Permission.CASES_WORK, creates=True)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(DisputeRequest)
    @blueprint.response(201, CaseNoteBody)
    def post(self, said: dict[str, str], case_id: str) -> tuple[object, dict[str, str]]:
        """Note that an invoice is disputed from today on, or from today on no more; the ledger takes it."""
        working = _working_on(case_id)
        tell = working.dispute if said["state"] == "opened" else working.settle_dispute
        return _noted(working, tell(said["invoice_id"], said["text"]))


@blueprint.route("/<case_id>/assignment")
class AssignmentView(MethodView):
    """Who works on a case."""

    @changes(Permission.CASES_WORK)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(AssignmentRequest)
    @blueprint.response(200, CaseBody)
    def post(self, said: dict[str, str], case_id: str) -> tuple[object, dict[str, str]]:
        """Give a case to a person, or to nobody."""
        return _tagged(_working_on(case_id).assign(said["assigned_to"]))


@blueprint.route("/<case_id>/deadline")
class DeadlineView(MethodView):
    """Until when a case is to be dealt with."""

    @changes(Permission.CASES_WORK)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(DeadlineRequest)
    @blueprint.response(200, CaseBody)
    def post(self, said: dict[str, Any], case_id: str) -> tuple[object, dict[str, str]]:
        """Move the deadline of a case, for a reason."""
        return _tagged(_working_on(case_id).move_deadline(said["deadline"], said["reason"]))


@blueprint.route("/<case_id>/steps/<int:number>/approval")
class ApprovalView(MethodView):
    """The word that a proposed step waits for."""

    @changes(Permission.CASES_WORK)
    @_at_revision
    @blueprint.problems(404, 409)
    @blueprint.arguments(ApprovalRequest)
    @blueprint.response(200, CaseBody)
    def post(self, said: dict[str, Any], case_id: str, number: int) -> tuple[object, dict[str, str]]:
        """Approve a proposed step, which then fires and has its effects, or refuse it for good."""
        settle = approve_step if said["approved"] else refuse_step
        return _tagged(done(at_revision(settle), case_id, number, said["reason"]))


def _working_on(case_id: str) -> FollowUp:
    call = the_call()
    return FollowUp(call.house, call.session, case_id, call.actor, call.act, revision=named_revision())


def _noted(working: FollowUp, note: Note) -> tuple[object, dict[str, str]]:
    # The case is what changes; its notes never do.
    return with_etag(note, working.case.revision)


def _tagged(case: CaseNow) -> tuple[object, dict[str, str]]:
    roles = CaseStore(the_call().session).waiting_roles([case.case_id])
    return with_etag({**asdict(case), "waiting_for": roles.get(case.case_id, ())}, case.revision)


def _wanted(asked: CasesAsked) -> Wanted:
    return Wanted(
        "" if asked["state"] == "all" else asked["state"],
        asked["owner_role"],
        asked["assigned_to"],
        asked["customer_id"],
        asked["level"],
        asked["waiting_for"],
        asked.get("due_before"),
    )


def _deadline(case: dict[str, Any]) -> dt.date:
    deadline: dt.date | None = case["deadline"]
    return deadline or LAST_DAY
