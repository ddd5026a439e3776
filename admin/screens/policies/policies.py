"""Policies and their versions: what each says, what changed, who approved it, and from when on it counts."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import flash, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.doing import done, named_revision, refused
from admin.languages import short_language
from admin.screens.policies.cases import PolicyCases
from admin.screens.policies.editor import PolicyEditor
from admin.screens.policies.evidence import evidence_of
from admin.screens.policies.form_changes import FormChanges
from admin.screens.policies.impact import PolicyImpact
from admin.screens.policies.rule_tables import dial, sheets_of
from admin.visitors import seeing, the_act, the_house, visitor
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.acting import Act
from policy_service.domain.days import parse_day
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.instants import Instant, start_of_day
from policy_service.domain.permissions import Permission
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.services.actor import Actor
from policy_service.services.house import House
from policy_service.services.policy_life import approving, rollback, scheduling
from policy_service.services.policy_life.checking import check_version
from policy_service.services.policy_life.comparing import compare, compared_with
from policy_service.services.policy_life.drafts import draft_from_version, files_with, save_files
from policy_service.services.policy_life.files import ReadFiles, read_files
from policy_service.services.policy_life.reading import policies_now, policy_now, version_now
from policy_service.services.policy_life.submitting import Examined, examine, submit
from policy_service.services.policy_life.titles import title_of
from policy_service.storage.policy_store import PolicyStore

_VERSION: Final = "/<policy_id>/<int:number>"


class Policies(PolicyEditor, FormChanges, PolicyCases, PolicyImpact):
    """The policies, their versions, and what is done to these."""

    permission = Permission.POLICIES_READ

    @expose("/")
    def all(self) -> Any:
        """List the policies with what is in force, to come and in work."""
        with seeing() as session:
            found = [(now, title_of(session, now)) for now in policies_now(session, the_act().at)]
        return self.render("console/policies/all.html", policies=found)

    @expose("/<policy_id>")
    def policy(self, policy_id: str) -> Any:
        """Show the versions of a policy, the latest first."""
        at = the_act().at
        with seeing() as session:
            now = policy_now(session, policy_id, at)
            title = title_of(session, now)
            numbers = [version.number for version in PolicyStore(session).versions(policy_id)]
            versions = [version_now(session, policy_id, number, at) for number in reversed(numbers)]
        return self.render("console/policies/policy.html", now=now, title=title, versions=versions)

    @expose(_VERSION)
    def version(self, policy_id: str, number: int) -> Any:
        """Show a version: its tables, what changed, what the checks say, and what can be done with it."""
        act = the_act()
        with seeing() as session:
            store = PolicyStore(session)
            now = version_now(session, policy_id, number, act.at)
            against = _asked_number("against") or compared_with(session, policy_id, number, act.at)
            check = check_version(the_house(), session, now.version)
            policy = check.policy
            changes = compare(session, policy_id, number, against) if against is not None and policy else ()
            others = [one.number for one in store.versions(policy_id) if one.number != number]
            evidence = evidence_of(session, now, policy, act.at)
        return self.render(
            "console/policies/version.html",
            now=now,
            version=now.version,
            policy=policy,
            sheets=sheets_of(policy, short_language()) if policy else (),
            dials=[(one, dial(one, policy)) for one in policy.parameters.values()] if policy else (),
            check=check,
            against=against,
            others=others,
            changes=changes,
            has_a_hand=visitor().actor.person in now.hands,
            **evidence,
        )

    @expose(f"{_VERSION}/text")
    def text(self, policy_id: str, number: int) -> Any:
        """Show the files of a version, to be changed while it is a draft."""
        return self._files(policy_id, number, request.args.get("file", ""))

    @expose(f"{_VERSION}/text", methods=["POST"])
    def save(self, policy_id: str, number: int) -> Any:
        """Keep another text of a file of a draft; a version that was handed in is a draft again.

        A text that is refused, as where somebody else changed the draft, stays in the form, of the revision it was.
        """
        name, text = request.form.get("file", ""), request.form.get("text", "").replace("\r\n", "\n")
        back = self.get_url(".text", policy_id=policy_id, number=number, file=name)
        try:
            with seeing() as session:
                files = files_with(session, policy_id, number, named_revision(), name, text)
            # Reading a large table takes seconds: nobody waits for it.
            read = read_files(policy_id, files, the_house().settings.rules_dir)
        except PolicyServiceError as error:
            if status_of(error) not in (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED):
                return refused(error, back)
            flash(said(error), "error")
            # Too long to be kept until the next page is asked for, so that this answer is the page.
            page = self._files(policy_id, number, name, not_kept=text, revision=request.form["revision"])
            return page, HTTPStatus.CONFLICT
        saved = partial(_saved, read, number)
        return done(saved, success=gettext("Kept. The page of the version says what the checks find in it."), back=back)

    @expose(f"{_VERSION}/draft", methods=["POST"])
    def draft(self, policy_id: str, number: int) -> Response:
        """Begin a draft with the text of a version."""
        with seeing() as session:
            files = PolicyStore(session).files(policy_id, number)
            newest = max(version.number for version in PolicyStore(session).versions(policy_id))
        read = read_files(policy_id, files, the_house().settings.rules_dir)
        # Where somebody else begins one in the same moment, the list shows both.
        back = self._page_of(policy_id, newest + 1)
        return done(draft_from_version, read, number, success=gettext("A draft is begun."), back=back)

    @expose(f"{_VERSION}/submit", methods=["POST"])
    def submit(self, policy_id: str, number: int) -> Response:
        """Hand a draft in for approval."""
        try:
            with seeing() as session:
                examined = examine(the_house(), session, policy_id, number, named_revision())
        except PolicyServiceError as error:
            return refused(error, self._page_of(policy_id, number))
        handed_in = partial(_submitted, examined, request.form.get("note", ""))
        return done(handed_in, success=gettext("It is handed in."), back=self._page_of(policy_id, number))

    @expose(f"{_VERSION}/<any(approve, bypass):step>", methods=["POST"])
    def approve(self, policy_id: str, number: int, step: str) -> Response:
        """Approve the very text that was read, by its hash."""
        verb = approving.approve if step == "approve" else approving.bypass
        sha256, note = request.form.get("sha256", ""), request.form.get("note", "")
        return self._told(policy_id, number, verb, gettext("It is approved by you."), sha256, note)

    @expose(f"{_VERSION}/<any(changes, reject, comment):step>", methods=["POST"])
    def say(self, policy_id: str, number: int, step: str) -> Response:
        """Ask for changes, reject, or say something."""
        verbs = {"changes": approving.ask_for_changes, "reject": approving.reject, "comment": approving.comment}
        return self._told(policy_id, number, verbs[step], gettext("It is noted."), request.form.get("note", ""))

    @expose(f"{_VERSION}/schedule", methods=["POST"])
    def schedule(self, policy_id: str, number: int) -> Response:
        """Let an approved version count, from a day on or at once."""
        told = gettext("It is on the schedule.")
        return self._told(policy_id, number, scheduling.schedule, told, _begin(), request.form.get("note", ""))

    @expose(f"{_VERSION}/unschedule", methods=["POST"])
    def unschedule(self, policy_id: str, number: int) -> Response:
        """Take a version off the schedule before it begins."""
        told = gettext("It is off the schedule.")
        return self._told(policy_id, number, scheduling.unschedule, told, request.form.get("note", ""))

    @expose(f"{_VERSION}/roll-back", methods=["POST"])
    def roll_back(self, policy_id: str, number: int) -> Response:
        """Put the text of a version that was in force back in force, as a new version."""
        told = gettext("A new version has its text.")
        return self._told(policy_id, number, rollback.roll_back, told, _begin(), request.form.get("note", ""))

    def _told(self, policy_id: str, number: int, verb: Callable[..., object], success: str, *more: object) -> Response:
        return done(verb, policy_id, number, *more, success=success, back=self._page_of(policy_id, number))

    def _files(self, policy_id: str, number: int, chosen: str, **refused_form: str) -> Any:
        with seeing() as session:
            now = version_now(session, policy_id, number, the_act().at)
            files = PolicyStore(session).files(policy_id, number)
        return self.render(
            "console/policies/text.html",
            now=now,
            version=now.version,
            files=files,
            file=chosen if chosen in files else next(iter(files), ""),
            is_open=now.state in ("draft", "submitted"),
            **refused_form,
        )

    def _page_of(self, policy_id: str, number: int) -> str:
        return str(self.get_url(".version", policy_id=policy_id, number=number))


def _saved(
    read: ReadFiles, number: int, house: House, session: Session, actor: Actor, act: Act, *, revision: int
) -> None:
    save_files(house, session, read, number, revision, actor, act)


def _submitted(
    examined: Examined, why: str, house: House, session: Session, actor: Actor, act: Act, *, revision: int
) -> None:
    # It was examined at that very revision.
    submit(house, session, replace(examined, revision=revision), why, actor, act)


def _asked_number(name: str) -> int | None:
    return parse_whole_number(request.args.get(name, ""))


def _begin() -> Instant | None:
    asked = request.form.get("day", "")
    if not asked:
        return None
    day = parse_day(asked)
    if day is None:
        raise RequestError("R467", f"{asked[:20]!r} is no day.", remedy="Write a day such as 2027-01-01, or none.")
    return start_of_day(day, the_house().settings.zone)
