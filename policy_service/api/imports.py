"""Ledger files over HTTP: uploaded, imported as a job, and the report on every row left out."""

import re
import time
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Response, jsonify, request, url_for
from flask.views import MethodView
from sqlalchemy.orm import Session

from policy_service.api.edge import Call, changes, reads, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.idempotency import REPLAYED, answered_once, idempotency_key
from policy_service.api.import_schemas import (
    Beside,
    ImportPage,
    ImportState,
    NotePage,
    NoteQuery,
    NotesAsked,
    UploadForm,
)
from policy_service.api.paging import PageAsked, PageQuery, page_of, position_of
from policy_service.api.uploads import Upload, allows_uploads, holds_standings, take_upload
from policy_service.domain.permissions import Permission
from policy_service.ledger.reasons import EXPLANATIONS, Reason, Remark
from policy_service.services.actor import require
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER, ask_for_import
from policy_service.services.ledger_in.importing import discard
from policy_service.services.ledger_in.mappings import named_mapping
from policy_service.storage.errors import not_stored
from policy_service.storage.import_store import ImportRecord, ImportStore, NoteRecord
from policy_service.storage.job_store import Job, JobStore

blueprint = Endpoints("imports", __name__, url_prefix="/v1", description="Ledger files and what became of them")

_WAIT: Final = re.compile(r"\bwait=(\d{1,3})\b", re.ASCII)
_LONGEST_WAIT: Final = 120
_LOOKS_AGAIN_AFTER: Final = 0.05
_WORDS: Final[dict[str, Reason | Remark]] = {word.value: word for word in (*Reason, *Remark)}


@blueprint.route("/imports")
class ImportsView(MethodView):
    """Import ledger files, and look at earlier imports."""

    @changes(Permission.LEDGER_WRITE, creates=True, own_transactions=True)
    @allows_uploads
    @blueprint.arguments(UploadForm, location="form", content_type="multipart/form-data")
    @blueprint.alt_response(200, schema=ImportState, description="It is done, or failed, within the time to wait.")
    @blueprint.response(202, ImportState)
    @blueprint.problems(400, 409, 413, 415, 422)
    def post(self, beside: Beside) -> Response:
        """Upload ledger files, a part for each table; they are imported whole or not at all.

        With the header `Prefer: wait=60` the answer comes when the import has ended, or after so many seconds.
        """
        call = the_call()
        mapping = named_mapping(call.house, beside["mapping"]) if beside["mapping"] else None
        upload = take_upload(call.house)
        if holds_standings(upload, mapping):
            _check_records_standings(call, upload)
        accepted = _accepted(call, upload, beside)
        return _waited_for(call, accepted, _seconds_to_wait())

    @reads(Permission.LEDGER_READ)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, ImportPage)
    def get(self, asked: PageAsked) -> dict[str, object]:
        """List imports, the newest first: done, under way, failed and cancelled."""
        session, after = the_call().session, position_of(asked["cursor"], int, str)
        found = ImportStore(session).page(IMPORT_LEDGER, asked["limit"] + 1, after)  # type: ignore[arg-type]
        page = page_of(found, asked["limit"], lambda one: one)
        return page | {"items": [_in_short(session, import_id) for _, import_id in found[: asked["limit"]]]}


@blueprint.route("/imports/<import_id>")
class ImportView(MethodView):
    """One import."""

    @reads(Permission.LEDGER_READ)
    @blueprint.response(200, ImportState)
    @blueprint.problems(404)
    def get(self, import_id: str) -> dict[str, object]:
        """Return how far an import is, and what it came to."""
        return _state(the_call().session, import_id)


@blueprint.route("/imports/<import_id>/notes")
class ImportNotesView(MethodView):
    """The report of one import."""

    @reads(Permission.LEDGER_READ)
    @blueprint.arguments(NoteQuery, location="query")
    @blueprint.response(200, NotePage)
    @blueprint.problems(404)
    def get(self, asked: NotesAsked, import_id: str) -> dict[str, object]:
        """List the rows that an import left out, or remarked on, each with place, reason and remedy."""
        store = ImportStore(the_call().session)
        # One that failed has left out nothing: there is no ledger without it.
        _in_short(the_call().session, import_id)
        position = position_of(asked["cursor"], int)
        after = int(position[0]) if position else -1
        found = store.notes(import_id, asked["limit"] + 1, after, asked["kind"], asked["code"])
        page = page_of(found, asked["limit"], lambda one: (one.position,))
        return page | {"items": [_note(one) for one in found[: asked["limit"]]]}


def _check_records_standings(call: Call, upload: Upload) -> None:
    try:
        require(call.actor, Permission.STANDINGS_RECORD)
    except BaseException:
        discard(upload.folder)
        raise


def _accepted(call: Call, upload: Upload, beside: Beside) -> Response:
    key = idempotency_key()
    try:
        with call.house.database.writing() as session:
            ask = partial(_asked_for, session, call, upload, beside)
            made = ask() if key is None else answered_once(session, call.act, key, ask, upload.content)
    except BaseException:
        discard(upload.folder)
        raise
    if REPLAYED in made.headers:
        discard(upload.folder)
    return made


def _asked_for(session: Session, call: Call, upload: Upload, beside: Beside) -> Response:
    replaces = beside["differing"] == "replace"
    job = ask_for_import(
        session, call.actor, upload.folder, upload.source, call.act, mapping=beside["mapping"], replaces=replaces
    )
    made = jsonify(ImportState().dump(_under_way(job)))
    made.status_code = HTTPStatus.ACCEPTED
    made.headers["Location"] = url_for("imports.ImportView", import_id=job.job_id)
    return made


def _seconds_to_wait() -> int:
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), _LONGEST_WAIT) if found else 0


def _waited_for(call: Call, accepted: Response, seconds: int) -> Response:
    import_id = accepted.headers["Location"].rpartition("/")[2]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with call.house.database.reading() as session:
            if JobStore(session).load(import_id).is_ended:
                return jsonify(ImportState().dump(_state(session, import_id)))
        time.sleep(_LOOKS_AGAIN_AFTER)
    return accepted


def _state(session: Session, import_id: str) -> dict[str, Any]:
    found = _in_short(session, import_id)
    return found | {"by_code": ImportStore(session).counts_by_code(import_id)} if "posting" in found else found


def _in_short(session: Session, import_id: str) -> dict[str, Any]:
    record = ImportStore(session).find(import_id)
    if record:
        return _done(record)
    job = JobStore(session).find(import_id)
    if job is None or job.kind != IMPORT_LEDGER:
        raise not_stored(f"import {import_id[:60]}")
    return _under_way(job)


def _under_way(job: Job) -> dict[str, Any]:
    return {
        "import_id": job.job_id,
        "state": job.state,
        "progress": job.progress_done / job.progress_total if job.progress_total else 0.0,
        "error": job.error,
        "source": job.arguments["source"],
        "person": job.created_by,
        "started_at": job.started_at,
    }


def _done(record: ImportRecord) -> dict[str, Any]:
    counts = ("added", "replaced", "unchanged", "quarantined", "warnings")
    return {
        "import_id": record.import_id,
        "state": "done",
        "progress": 1.0,
        "error": "",
        "source": record.source,
        "person": record.person,
        "started_at": record.started_at,
        "base_currency": record.base_currency,
        "posting": record.posting,
        "files": record.files,
        **{name: getattr(record, name) for name in counts},
    }


def _note(note: NoteRecord) -> dict[str, Any]:
    word = _WORDS.get(note.code)
    explanation = EXPLANATIONS[word] if word else None
    return {
        "kind": note.kind,
        "code": note.code,
        "file": note.file,
        "line": note.line,
        "column": note.column_name,
        "entry": note.entry,
        "found": note.found,
        "reason": explanation.meaning if explanation else "",
        "remedy": explanation.remedy if explanation else "",
        "further": note.further,
    }
