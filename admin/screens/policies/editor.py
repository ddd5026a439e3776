"""The editor of a draft: a form for every part of it, each edit stored as it is made, and what the checks say."""

from functools import partial
from typing import Any, Final

from flask import redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.languages import short_language
from admin.screens.policies.editor_answers import answered, change, concerned, findings, sheet_cells, words
from admin.screens.policies.editor_parts import part_of, parts_of
from admin.screens.policies.forms import READ_AS_FORMS, form_shown
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act
from policy_service.domain.permissions import Permission
from policy_service.services.policy_editing.saving import stored
from policy_service.services.policy_life.reading import version_now
from policy_service.storage.policy_store import EDITABLE

_VERSION: Final = "/<policy_id>/<int:number>"


class PolicyEditor(Screen):
    """The pages of the editor; of what may not be edited tables are on the page of the version, forms are read here."""

    @expose(f"{_VERSION}/edit")
    def edit(self, policy_id: str, number: int) -> Any:
        """Show one part of a draft as a form: `part` names a rule set, or parameters, facts, formulas, cases."""
        with seeing() as session:
            now = version_now(session, policy_id, number, the_act().at)
            files = stored(session, policy_id, number).files
        is_open = now.state in EDITABLE and may(Permission.POLICIES_EDIT)
        tabs = parts_of(files, short_language())
        part = part_of(tabs, request.args.get("part", ""))
        if not is_open and part.kind not in READ_AS_FORMS:
<<<<<<< HEAD
            return redirect(self.get_url(".version", policy_id=policy_id, number=number))
=======
            return redirect(f"{self.get_url('.version', policy_id=policy_id, number=number)}#{part.name}")
>>>>>>> 0819710 (Lead who may not edit a table to it on the page of the version)
        shown = {"now": now, "version": now.version, "files": files, "tabs": tabs, "part": part, "is_open": is_open}
        page = "editor" if is_open else "reading"
        return self.render(f"console/policies/editor/{page}.html", **shown, **form_shown(part, now, files))

    @expose(f"{_VERSION}/edit/sheets/<sheet>")
    def edit_sheet(self, policy_id: str, number: int, sheet: str) -> Response:
        """Give a table or a scorecard with all its cells."""
        return answered(partial(sheet_cells, policy_id, number, sheet))

    @expose(f"{_VERSION}/edit/words")
    def edit_words(self, policy_id: str, number: int) -> Response:
        """Give the facts, parameters, outputs and reasons that cells may name."""
        return answered(partial(words, policy_id, number))

    @expose(f"{_VERSION}/edit/findings")
    def edit_findings(self, policy_id: str, number: int) -> Response:
        """Give what the loader, the linter and the cases say of the draft as it is stored."""
        return answered(partial(findings, policy_id, number))

    @expose(f"{_VERSION}/edit/concerned")
    def edit_concerned(self, policy_id: str, number: int) -> Response:
        """Give whom the findings concern."""
        return answered(partial(concerned, policy_id, number))

    @expose(f"{_VERSION}/edit/change", methods=["POST"])
    def edit_change(self, policy_id: str, number: int) -> Response:
        """Store a change of a file as far as the draft can be read with it; answer what takes it back."""
<<<<<<< HEAD
        return change(policy_id, number)
=======
        return _change(policy_id, number)


def _answered(answer: Callable[[], Mapping[str, object]]) -> Response:
    try:
        return jsonify(answer())
    except PolicyServiceError as error:
        return _refused(error)


def _refused(error: PolicyServiceError, **more: object) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
    answer = jsonify({"ok": False, "code": error.code, "said": said(error), **more})
    answer.status_code = status
    return answer


def _shown(one: Located, policy: Policy | None = None) -> dict[str, object]:
    about = one.said
    return {**as_data(one), "message": told(about.message, policy), "remedy": told(about.remedy, policy)}


def _sheet(policy_id: str, number: int, name: str) -> dict[str, object]:
    with seeing() as session:
        now = stored(session, policy_id, number)
    file = f"{name}.yaml"
    if file not in now.files:
        raise not_stored(f"file {file[:60]} in version {number} of {policy_id[:60]}")
    return {"revision": now.version.revision, **sheets.as_data(sheets.sheet_of(name, file, now.files[file]))}


def _words(policy_id: str, number: int) -> dict[str, object]:
    with seeing() as session:
        files = stored(session, policy_id, number).files
    found = words_of(policy_id, files, the_house().settings.rules_dir)
    return {"words": [_word_data(word) for word in found]}


def _word_data(word: Word) -> dict[str, str]:
    title = output_said(word.name) if word.what == "output" else word.title.in_language(short_language())
    return {"name": word.name, "what": word.what, "kind": word.kind, "title": title}


def _findings(policy_id: str, number: int) -> dict[str, object]:
    with seeing() as session:
        now = stored(session, policy_id, number)
        check = check_version(the_house(), session, now.version)
    found = [_shown(one, check.policy) for one in located(now.files, (*check.problems, *check.findings))]
    failed = [
        {"name": result.case.name, "differences": [told(str(one)) for one in result.differences]}
        for result in check.cases.results
        if not result.passed
    ]
    cases = {"run": len(check.cases.results), "failed": failed}
    return {"revision": now.version.revision, "is_green": check.is_green, "findings": found, "cases": cases}


def _change(policy_id: str, number: int) -> Response:
    revision = 0
    try:
        change = read_change(request.get_json(silent=True))
        revision = change.revision
        with seeing() as session:
            now = stored(session, policy_id, number)
        # Reading a large table takes its time: nobody waits for it.
        made = make(the_house(), now, change, visitor().actor)
        with working() as work:
            version = save(work.house, work.session, made, number, work.visitor.actor, work.act)
    except Conflict as error:
        return _refused(error, changes=_changes_since(policy_id, number, revision))
    except EditRefused as error:
        # What somebody is just typing is no fault of a request.
        problems = [_shown(one) for one in error.problems]
        return jsonify({"ok": False, "code": error.code, "said": said(error), "problems": problems})
    except PolicyServiceError as error:
        return _refused(error)
    undo = {"do": "splice", "start": made.undo.start, "end": made.undo.end, "text": made.undo.text}
    return jsonify(
        {
            "ok": True,
            "revision": version.revision,
            "state": version.state,
            "undo": {"file": made.file, "edits": [undo]},
            "refused": [_shown(one) for one in made.refused],
            "is_readable": version.sha256 is not None,
        }
    )


def _changes_since(policy_id: str, number: int, revision: int) -> list[dict[str, object]]:
    with seeing() as session:
        found = changed_since(session, policy_id, number, revision)
    return [
        {
            "person": one.person,
            "at": minute(one.at),
            "files": list(one.files),
            "cells": list(one.cells),
        }
        for one in found
    ]
>>>>>>> 0819710 (Lead who may not edit a table to it on the page of the version)
