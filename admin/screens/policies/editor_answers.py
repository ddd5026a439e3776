"""What the editor's scripts are told: sheets, words, findings, whom these concern, and what became of a change."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from flask import jsonify, request
from werkzeug.wrappers import Response

from admin.languages import short_language
from admin.numbers import count, minute, money
from admin.values import output_said, told
from admin.visitors import seeing, the_day, the_house, visitor, working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.findings import Finding
from policy_service.language.policy import Policy
from policy_service.services.affected import Affected
from policy_service.services.policy_editing import sheets
from policy_service.services.policy_editing.asked import read_change
from policy_service.services.policy_editing.conflicts import changed_since
from policy_service.services.policy_editing.gap_rows import GapRow, fill_of, is_of_a_gap
from policy_service.services.policy_editing.problems import Located, as_data, located
from policy_service.services.policy_editing.saving import EditRefused, make, save, stored
from policy_service.services.policy_editing.widened_bands import Widened
from policy_service.services.policy_editing.words import Word, words_of
from policy_service.services.policy_life.check import Check
from policy_service.services.policy_life.checking import check_version
from policy_service.services.policy_life.concerning import concerned as whom_it_concerns
from policy_service.services.policy_life.files import Files
from policy_service.storage.errors import Conflict, not_stored


def answered(answer: Callable[[], Mapping[str, object]]) -> Response:
    """Answer as JSON; what is refused says why, with the status of the API."""
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


def sheet_cells(policy_id: str, number: int, name: str) -> dict[str, object]:
    """Return a table or a scorecard with all its cells; NotStored S209 if there is none of that name."""
    with seeing() as session:
        now = stored(session, policy_id, number)
    file = f"{name}.yaml"
    if file not in now.files:
        raise not_stored(f"file {file[:60]} in version {number} of {policy_id[:60]}")
    return {"revision": now.version.revision, **sheets.as_data(sheets.sheet_of(name, file, now.files[file]))}


def words(policy_id: str, number: int) -> dict[str, object]:
    """Return the words that cells may name, with what they are called in the language of the page."""
    with seeing() as session:
        files = stored(session, policy_id, number).files
    found = words_of(policy_id, files, the_house().settings.rules_dir)
    return {"words": [_word_data(word) for word in found]}


def _word_data(word: Word) -> dict[str, str]:
    title = output_said(word.name) if word.what == "output" else word.title.in_language(short_language())
    return {"name": word.name, "what": word.what, "kind": word.kind, "title": title}


def findings(policy_id: str, number: int) -> dict[str, object]:
    """Return what the loader, the linter and the cases say of a version, each with its place and its gap's row."""
    with seeing() as session:
        now = stored(session, policy_id, number)
        check = check_version(the_house(), session, now.version)
    found = _with_gap_rows(now.files, located(now.files, (*check.problems, *check.findings)), check.policy)
    failed = [
        {"name": result.case.name, "differences": [told(str(one)) for one in result.differences]}
        for result in check.cases.results
        if not result.passed
    ]
    cases = {"run": len(check.cases.results), "failed": failed}
    return {"revision": now.version.revision, "is_green": check.is_green, "findings": found, "cases": cases}


def _with_gap_rows(files: Files, found: Sequence[Located], policy: Policy | None) -> list[dict[str, object]]:
    read: dict[str, sheets.Sheet] = {}
    answer = []
    for one in found:
        data = _shown(one, policy)
        if isinstance(one.said, Finding) and is_of_a_gap(one.said) and one.file in files:
            name = one.file.removesuffix(".yaml")
            sheet = read.get(name) or sheets.sheet_of(name, one.file, files[one.file])
            data["fill"] = _told_fill(fill_of(one.said, read.setdefault(name, sheet), one.path))
        answer.append(data)
    return answer


def _told_fill(fill: GapRow | Widened | None) -> dict[str, object] | None:
    match fill:
        case GapRow():
            return {"part": fill.part, "when": dict(fill.when), "like": fill.like, "left_open": fill.left_open}
        case Widened():
            return {"set": fill.at, "value": fill.when}
        case None:
            return None


def concerned(policy_id: str, number: int) -> dict[str, object]:
    """Return how many customers each finding concerns and their exposure, if the ledger is small enough to ask."""
    today = the_day()
    with seeing() as session:
        now = stored(session, policy_id, number)
        check = check_version(the_house(), session, now.version)
        try:
            counted = whom_it_concerns(session, check, today)
        except RequestError as error:
            # A draft in another currency than the ledger is no fault of whoever looks at it.
            return {"revision": now.version.revision, "is_counted": False, "why": said(error), "concerned": []}
    data = [_concerned_data(one, check) for one in counted or ()]
    return {"revision": now.version.revision, "is_counted": counted is not None, "why": "", "concerned": data}


def _concerned_data(one: Affected | None, check: Check) -> dict[str, str] | None:
    if one is None or check.policy is None:
        return None
    code = check.policy.currency.code
    return {"customers": count(one.customers), "exposure": f"{money(one.exposure, code)} {code}"}


def change(policy_id: str, number: int) -> Response:
    """Store a change as far as the draft can be read with it, and answer what takes it back."""
    revision = 0
    try:
        asked = read_change(request.get_json(silent=True))
        revision = asked.revision
        with seeing() as session:
            now = stored(session, policy_id, number)
        # Reading a large table takes its time: nobody waits for it.
        made = make(the_house().settings.rules_dir, now, asked, visitor().actor)
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
