"""The test cases of a version as a table, run as they stand; those of a draft are added, changed and taken out."""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import named_revision, refused
from admin.screens.policies.case_forms import asked_of, case_in_form, choices, copied_name, listing, name_of_decision
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_day, the_house, visitor, working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.outcomes import Outcome
from policy_service.domain.permissions import Permission
from policy_service.language.files.cases import CASES_FILE
from policy_service.services.actor import require
from policy_service.services.decisions.recorded import recorded
from policy_service.services.policy_editing.case_edits import with_case, with_changed_case, without_case
from policy_service.services.policy_editing.case_texts import CaseText, case_text
from policy_service.services.policy_editing.cases_table import CasesTable, cases_table, refuse_unread
from policy_service.services.policy_editing.kept_decisions import kept_case
from policy_service.services.policy_editing.row_paths import row_paths
from policy_service.services.policy_life.drafts import files_with, save_files
from policy_service.services.policy_life.files import Files, read_files
from policy_service.services.policy_life.reading import VersionNow, version_now
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.policy_store import EDITABLE, PolicyStore

_CASES: Final = "/<policy_id>/<int:number>/cases"
#: Lines of a form that wait for another fact or output.
_EMPTY_LINES: Final = 3


class PolicyCases(Screen):
    """The table of cases, and the form of one."""

    @expose(_CASES)
    def cases(self, policy_id: str, number: int) -> Any:
        """Show the cases with how each runs, and the rows that none of them hits."""
        now, files = _version(policy_id, number)
        return self.render("console/policies/cases.html", **cases_shown(now, files))

    @expose(f"{_CASES}/case")
    def case(self, policy_id: str, number: int) -> Any:
        """Show the form of a case: one that is there, a copy of it, a decision's, or an empty one."""
        was, after = request.args.get("name", ""), request.args.get("copy", "")
        return self._form(policy_id, number, was, after, _opened)

    @expose(f"{_CASES}/save", methods=["POST"])
    def save_case(self, policy_id: str, number: int) -> Any:
        """Keep a case as its form says it, a new one behind the one that it was copied from."""
        was, after, typed = request.form.get("was", ""), request.form.get("after", ""), case_in_form(request.form)
        if was:
            change: Callable[[str], str] = partial(with_changed_case, name=was, case=typed)
        else:
            change = partial(with_case, case=typed, after=after)
        try:
            _save(policy_id, number, change)
        except PolicyServiceError as error:
            if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            flash(said(error), "error")
            return self._form(policy_id, number, was, after, lambda _: typed), status_of(error)
        flash(gettext("The case is kept."), "success")
        return redirect(self.get_url(".cases", policy_id=policy_id, number=number, at=typed.name) + "#at")

    @expose(f"{_CASES}/delete", methods=["POST"])
    def delete_case(self, policy_id: str, number: int) -> Response:
        """Take a case out of a draft."""
        back = self.get_url(".cases", policy_id=policy_id, number=number)
        try:
            _save(policy_id, number, partial(without_case, name=request.form.get("name", "")))
        except PolicyServiceError as error:
            return refused(error, back)
        flash(gettext("The case is taken out."), "success")
        return redirect(back)

    def _form(self, policy_id: str, number: int, was: str, after: str, opened: Callable[[CasesTable], CaseText]) -> str:
        now, files = _version(policy_id, number)
        table = cases_table(policy_id, files, the_house().settings.rules_dir)
        case = opened(table)
        page: str = self.render(
            "console/policies/case.html",
            now=now,
            version=now.version,
            table=table,
            case=case,
            was=was,
            after=after,
            asks=asked_of(case),
            choices=choices(_rule_sets(table)),
            outcomes=list(Outcome),
            listing=listing,
            empty_lines=_EMPTY_LINES,
            is_open=_is_open(now),
        )
        return page


def cases_shown(now: VersionNow, files: Files) -> dict[str, Any]:
    """Return what the table of cases is shown with: all, those that fail, or those that ask one thing."""
    table = cases_table(now.version.policy_id, files, the_house().settings.rules_dir)
    show = request.args.get("show", "")
    asked = {asked_of(case_text(row.case)) for row in table.rows}
    rows = [
        row
        for row in table.rows
        if not show or (row.has_failed if show == "failed" else asked_of(case_text(row.case)) == show.removeprefix("="))
    ]
    return {
        "now": now,
        "version": now.version,
        "table": table,
        "case_rows": rows,
        "show": show,
        "asked": [choice for choice in choices(_rule_sets(table)) if choice[0] in asked],
        "is_open": _is_open(now),
        "row_pages": _row_pages(now, table),
        "at": request.args.get("at", ""),
    }


def _row_pages(now: VersionNow, table: CasesTable) -> dict[tuple[str, str], str]:
    # In a draft a row is gone to where it can be changed, else on the page of the version.
    here: dict[str, Any] = {"policy_id": now.version.policy_id, "number": now.version.number}
    page, is_open = url_for("policies.version", **here), _is_open(now)
    found = {}
    for each in table.policy.rule_sets if table.policy else ():
        form = url_for("policies.edit", part=each.name, **here)
        for row, path in row_paths(each).items():
            found[each.name, row] = f"{form}#{quote(json.dumps(path))}" if is_open else f"{page}#{each.name}.{row}"
    return found


def _is_open(now: VersionNow) -> bool:
    return now.state in EDITABLE and may(Permission.POLICIES_EDIT)


def _rule_sets(table: CasesTable) -> list[str]:
    return [one.name for one in table.policy.rule_sets] if table.policy else []


def _version(policy_id: str, number: int) -> tuple[VersionNow, Files]:
    with seeing() as session:
        now = version_now(session, policy_id, number, the_act().at)
        return now, PolicyStore(session).files(policy_id, number)


def _opened(table: CasesTable) -> CaseText:
    if request.args.get("decision"):
        return _of_decision(request.args["decision"], table)
    named, copied = request.args.get("name", ""), request.args.get("copy", "")
    for row in table.rows:
        if row.case.name in (named, copied):
            return case_text(row.case) if named else copied_name(case_text(row.case))
    return CaseText(as_of=the_day().isoformat())


def _of_decision(decision_id: str, table: CasesTable) -> CaseText:
    require(visitor().actor, Permission.DECISIONS_READ)
    with seeing() as session:
        found = recorded(DecisionStore(session).load(decision_id))
    return kept_case(found, table.policy, name_of_decision(found, [row.case.name for row in table.rows]))


def _save(policy_id: str, number: int, change: Callable[[str], str]) -> None:
    require(visitor().actor, Permission.POLICIES_EDIT)
    revision, rules_dir = named_revision(), the_house().settings.rules_dir
    with seeing() as session:
        text = PolicyStore(session).files(policy_id, number).get(CASES_FILE, "")
        files = files_with(session, policy_id, number, revision, CASES_FILE, change(text))
    refuse_unread(policy_id, files, rules_dir)
    # Reading a large table takes seconds: nobody waits for it.
    read = read_files(policy_id, files, rules_dir)
    with working() as work:
        save_files(work.house, work.session, read, number, revision, work.visitor.actor, work.act)
