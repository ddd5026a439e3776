"""Cases on ladders: who has to do what until when, and what was said and agreed."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, refused
from admin.inputs import plain_amount
from admin.screens.screen import Screen
from admin.several import RowWork, chosen, each_done
from admin.visitors import Work, seeing, the_act, the_day, the_house, visitor
from policy_service.api.paging import cursor_of, day_position_of
from policy_service.domain.acting import Act
from policy_service.domain.days import parse_day
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission, Role, has_authority
from policy_service.services.actor import Actor
from policy_service.services.escalation.approving import approve_step, refuse_step
from policy_service.services.escalation.follow_up import FollowUp
from policy_service.services.escalation.worklist import case_file, workload
from policy_service.services.given_reason import further_words, given_reason
from policy_service.services.house import House
from policy_service.storage.case_store import LAST_DAY, CaseStore
from policy_service.storage.customer_search import names_of
from policy_service.storage.stored_cases import Wanted

#: How a customer is spoken with, as events of the ledger say it.
CHANNELS: Final = ("phone", "email", "letter", "visit", "sms", "other")
_SHOWN: Final = 50
_LONGEST_AMOUNT: Final = 20
_DIGITS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_WEEKS: Final = dt.timedelta(weeks=12)


class Cases(Screen):
    """The worklist, and each of its cases."""

    permission = Permission.CASES_READ

    @expose("/")
    def worklist(self) -> Any:
        """List cases, the earliest deadline first."""
        asked = {name: request.args.get(name, "")[:200] for name in ("role", "assigned", "customer", "state")}
        state = asked["state"] if asked["state"] in ("open", "closed") else "open"
        wanted = Wanted(state, asked["role"], asked["assigned"], asked["customer"])
        with seeing() as session:
            found = CaseStore(session).page(wanted, _SHOWN + 1, day_position_of(request.args.get("after", "")))
            waiting = CaseStore(session).waiting_roles([case.case_id for case in found])
            names = names_of(session, (case.customer_id for case in found))
        rows = found[:_SHOWN]
        last = rows[-1] if len(found) > _SHOWN else None
        following = cursor_of(((last.deadline or LAST_DAY).isoformat(), last.case_id)) if last else ""
        return self.render(
            "console/cases/worklist.html",
            rows=rows,
            names=names,
            waiting=waiting,
            following=following,
            asked={**asked, "state": state},
            roles=list(Role),
            today=the_day(),
        )

    @expose("/workload")
    def workload(self) -> Any:
        """Count the steps that fell to each role in each of the last weeks."""
        today = the_day()
        with seeing() as session:
            weeks = workload(session, today - _WEEKS, today)
        return self.render(
            "console/cases/workload.html", weeks=weeks, most=max((one.steps for one in weeks), default=1)
        )

    @expose("/case/<case_id>")
    def case(self, case_id: str) -> Any:
        """Show a case with its steps, its invoices as they are now, and what people noted."""
        with seeing() as session:
            file = case_file(the_house(), session, case_id, the_act().at)
        roles = visitor().actor.roles
        mine = {step.number for step in file.steps if step.waiting_for and has_authority(roles, step.waiting_for)}
        return self.render(
            "console/cases/case.html",
            file=file,
            case=file.case,
            today=the_day(),
            channels=CHANNELS,
            may_settle=mine,
            me=visitor().actor.person,
        )

    @expose("/case/<case_id>/note", methods=["POST"])
    def note(self, case_id: str) -> Response:
        """Note something on a case."""
        text = request.form.get("text", "")
        return self._done(case_id, gettext("It is noted."), lambda working: working.note(given_reason(text)))

    @expose("/case/<case_id>/contact", methods=["POST"])
    def contact(self, case_id: str) -> Response:
        """Note that somebody spoke with the customer today."""
        channel, text = request.form.get("channel", ""), further_words(request.form.get("text", ""))
        if channel not in CHANNELS:
            raise RequestError("R422", f"{channel[:40]!r} is no channel.", remedy="Choose one of the list.")
        return self._done(case_id, gettext("The contact is noted."), lambda working: working.contact(channel, text))

    @expose("/case/<case_id>/promise", methods=["POST"])
    def promise(self, case_id: str) -> Response:
        """Note that the customer promised today to pay."""
        day, amount, text = _day("promised"), _amount(), further_words(request.form.get("text", ""))
        invoice = request.form.get("invoice", "")
        told = gettext("The promise is noted.")
        return self._done(case_id, told, lambda working: working.promise(invoice, day, amount, text))

    @expose("/case/<case_id>/dispute", methods=["POST"])
    def dispute(self, case_id: str) -> Response:
        """Note that an invoice is disputed from today on, or no more."""
        invoice, text = request.form.get("invoice", ""), further_words(request.form.get("text", ""))
        ends = request.form.get("state") == "settled"
        told = gettext("The dispute is settled.") if ends else gettext("The dispute is noted.")
        return self._done(
            case_id,
            told,
            lambda working: working.settle_dispute(invoice, text) if ends else working.dispute(invoice, text),
        )

    @expose("/case/<case_id>/assign", methods=["POST"])
    def assign(self, case_id: str) -> Response:
        """Give a case to a person, or to nobody."""
        person = request.form.get("person", "").strip()
        return self._done(case_id, gettext("The case is assigned."), lambda working: working.assign(person))

    @expose("/case/<case_id>/deadline", methods=["POST"])
    def deadline(self, case_id: str) -> Response:
        """Move the deadline of a case, for a reason."""
        day, reason = _day("deadline"), request.form.get("reason", "")
        told = gettext("The deadline is moved.")
        return self._done(case_id, told, lambda working: working.move_deadline(day, given_reason(reason)))

    @expose("/case/<case_id>/step/<int:number>/<any(approve, refuse):word>", methods=["POST"])
    def settle(self, case_id: str, number: int, word: str) -> Response:
        """Approve a proposed step, which then fires, or refuse it for good."""
        verb = approve_step if word == "approve" else refuse_step
        reason = request.form.get("reason", "")
        return done(verb, case_id, number, reason, success=gettext("It is settled."), back=self._page_of(case_id))

    @expose("/several", methods=["POST"])
    def several(self) -> Any:
        """Give each of the chosen cases to a person, or note something on each, and tell what became of each."""
        back = self.get_url(".worklist")
        try:
            rows, work = chosen(), _of_several()
        except RequestError as error:
            return refused(error, back)
        if not rows:
            flash(gettext("Choose at least one case."), "error")
            return redirect(back)
        with seeing() as session:
            customers = {case_id: CaseStore(session).load(case_id).customer_id for case_id, _ in rows}
        answers = each_done(rows, work)
        return self.render("console/cases/several.html", answers=answers, customers=customers)

    def _done(self, case_id: str, told: str, doing: Callable[[FollowUp], object]) -> Response:
        def worked(house: House, session: Session, actor: Actor, act: Act, *, revision: int | None = None) -> None:
            doing(FollowUp(house, session, case_id, actor, act, revision=revision))

        return done(worked, success=told, back=self._page_of(case_id))

    def _page_of(self, case_id: str) -> str:
        return str(self.get_url(".case", case_id=case_id))


def _of_several() -> RowWork:
    person, text = request.form.get("person", "").strip(), request.form.get("text", "")
    is_note = request.form.get("do") == "note"
    why = given_reason(text) if is_note else ""

    def done_with(work: Work, case_id: str, revision: int) -> str:
        case = FollowUp(work.house, work.session, case_id, work.visitor.actor, work.act, revision=revision)
        if is_note:
            case.note(why)
            return str(gettext("noted"))
        case.assign(person)
        return str(gettext("given to %(person)s", person=person) if person else gettext("given to nobody"))

    return done_with


def _day(field: str) -> dt.date:
    day = parse_day(request.form.get(field, ""))
    if day is None:
        raise RequestError("R422", "No day was given.", remedy="Choose a day, such as 2027-01-31.")
    return day


def _amount() -> Decimal:
    text = plain_amount(request.form.get("amount", ""))
    if len(text) > _LONGEST_AMOUNT or not _DIGITS.fullmatch(text):
        raise RequestError("R422", "No amount was given.", remedy="Write digits, such as 1250.00.")
    return Decimal(text)
