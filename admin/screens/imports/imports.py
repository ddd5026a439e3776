"""Imports: files uploaded, how far each is, and the rows left out by reason, each with how to mend it."""

from typing import Any, Final

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden

from admin.doing import refused, shown
from admin.screens.imports.reasons import explained
from admin.screens.imports.uploading import ask
from admin.screens.jobs.jobs import share_done
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_house, visitor
from policy_service.api.paging import cursor_of, position_of
from policy_service.api.uploads import name_by_file, of_its_own_shape, take_upload
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission
from policy_service.ledger.columns import REQUIRED_TABLES, Table
from policy_service.services.job_cancelling import may_cancel
from policy_service.services.ledger_in.import_job import IMPORT_LEDGER
from policy_service.services.ledger_in.mappings import known_mappings
from policy_service.storage.errors import not_stored
from policy_service.storage.import_store import ImportRecord, ImportStore
from policy_service.storage.job_store import Job, JobStore

_SHOWN: Final = 50


class Imports(Screen):
    """The imports, and each with its report."""

    permission = Permission.LEDGER_READ

    @expose("/")
    def all(self) -> Any:
        """List imports, the newest first: done, under way, failed and cancelled."""
        after: Any = position_of(request.args.get("after", ""), int, str)
        with seeing() as session:
            found = ImportStore(session).page(IMPORT_LEDGER, _SHOWN + 1, after)
            mappings = tuple(one.name for one in known_mappings(the_house(), session))
            imports = [(import_id, *_import(session, import_id)) for _, import_id in found[:_SHOWN]]
        return self.render(
            "console/imports/imports.html",
            imports=[(import_id, record, job, share_done(job) if job else None) for import_id, record, job in imports],
            is_under_way=any(job and not job.is_ended for _, _, job in imports),
            following=cursor_of(found[_SHOWN - 1]) if len(found) > _SHOWN else "",
            mappings=mappings,
            tables=list(Table),
            required=REQUIRED_TABLES,
        )

    @expose("/upload", methods=["POST"])
    def upload(self) -> Any:
        """Take files, and have them imported behind the scenes."""
        if not may(Permission.LEDGER_WRITE):
            raise Forbidden
        back, mapping = str(self.get_url(".all")), request.form.get("mapping", "")
        if not any(file.filename for file in request.files.values()):
            flash(gettext("Choose the files first."), "error")
            return redirect(back)
        try:
            upload = take_upload(the_house(), of_its_own_shape if mapping else name_by_file)
        except RequestError as error:
            return refused(error, back)
        replaces = request.form.get("differing") == "replace"
        return shown(ask, upload, mapping, replaces, show=lambda job: redirect(self._page_of(job.job_id)), back=back)

    @expose("/import/<import_id>")
    def report(self, import_id: str) -> Any:
        """Show how far an import is, or its report: counts by file and by reason, and every row left out."""
        code = request.args.get("code", "")[:10]
        position = position_of(request.args.get("after", ""), int)
        with seeing() as session:
            record, job = _import(session, import_id)
            store = ImportStore(session)
            codes = store.counts_by_code(import_id)
            notes = store.notes(import_id, _SHOWN + 1, int(position[0]) if position else -1, code=code)
        return self.render(
            "console/imports/import.html",
            import_id=import_id,
            record=record,
            job=job,
            share_done=share_done(job) if job else None,
            may_cancel=job is not None and may_cancel(job, visitor().actor),
            codes=[(each, number, explained(each)) for each, number in codes.items()],
            code=code,
            notes=[(note, explained(note.code)) for note in notes[:_SHOWN]],
            following=cursor_of((notes[_SHOWN - 1].position,)) if len(notes) > _SHOWN else "",
        )

    def _page_of(self, import_id: str) -> str:
        return str(self.get_url(".report", import_id=import_id))


def _import(session: Session, import_id: str) -> tuple[ImportRecord | None, Job | None]:
    record = ImportStore(session).find(import_id)
    if record:
        return record, None
    job = JobStore(session).find(import_id)
    if job is None or job.kind != IMPORT_LEDGER:
        raise not_stored(f"import {import_id[:60]}")
    return None, job
