"""Column mappings: a file of one's own is looked at, its columns are chosen, and what would be read is shown."""

from typing import Any, Final

import msgspec
from flask import redirect, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from admin.doing import done, refused
from admin.screens.imports.reasons import explained
from admin.screens.mappings.targets import fields_of, named
from admin.screens.screen import Screen
from admin.visitors import may, seeing, the_act, the_house
from policy_service.api.uploads import of_its_own_shape, take_upload
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.permissions import Permission
from policy_service.ledger.columns import Table
from policy_service.ledger.headings import Target, date_format_of, proposed
from policy_service.ledger.mapped_columns import DATE_FORMATS, ISO_FORMAT
from policy_service.ledger.sample_rows import Chosen, Sample, SampleRow, lacking, sample_of
from policy_service.services.ledger_in.importing import discard
from policy_service.services.ledger_in.mappings import (
    keep_mapping,
    known_mappings,
    mapping_as_text,
    remove_mapping,
    tried_mapping,
)

_ISSUED: Final = (Table.INVOICES, "issue_date")
_LONGEST_NAME: Final = 40


class Mappings(Screen):
    """The mappings, and a new one."""

    permission = Permission.LEDGER_READ

    @expose("/")
    def all(self) -> Any:
        """List the mappings, and ask for a file to make one for."""
        with seeing() as session:
            known = known_mappings(the_house(), session)
        return self.render("console/mappings/all.html", known=known)

    @expose("/mapping/<mapping_name>")
    def mapping(self, mapping_name: str) -> Any:
        """Show a mapping as a file says it."""
        with seeing() as session:
            text = mapping_as_text(the_house(), session, mapping_name)
            known = next(one for one in known_mappings(the_house(), session) if one.name == mapping_name)
        return self.render("console/mappings/mapping.html", known=known, text=text)

    @expose("/look", methods=["POST"])
    def look(self) -> Any:
        """Take a file, and propose which of its columns is which of the ledger's."""
        _refuse_reader()
        back = str(self.get_url(".all"))
        try:
            upload = take_upload(the_house(), of_its_own_shape)
            try:
                sample = sample_of(next(iter(upload.folder.iterdir())))
            finally:
                discard(upload.folder)
        except PolicyServiceError as error:
            return refused(error, back)
        columns = proposed(sample.header)
        dates = [row[sample.header.index(columns[_ISSUED])] for row in sample.rows] if _ISSUED in columns else []
        return self._shown(sample, Chosen(columns, date_format_of(dates)))

    @expose("/try", methods=["POST"])
    def try_out(self) -> Any:
        """Show how the first rows would be read by what was chosen."""
        _refuse_reader()
        return self._shown(_sample(), _chosen())

    @expose("/keep", methods=["POST"])
    def keep(self) -> Any:
        """Keep what was chosen under a name."""
        _refuse_reader()
        name, sample, chosen = request.form.get("name", "").strip()[:100], _sample(), _chosen()
        told = gettext("The mapping %(name)s is kept. Choose it when you import such a file.", name=name)
        answer = done(keep_mapping, name, sample, chosen, success=told, back="", onward=str(self.get_url(".all")))
        # What was chosen is not lost by what is refused.
        return answer if answer.location else self._shown(sample, chosen)

    @expose("/mapping/<mapping_name>/remove", methods=["POST"])
    def remove(self, mapping_name: str) -> Response:
        """Take a mapping away."""
        told = gettext("The mapping %(name)s is taken away.", name=mapping_name)
        back = str(self.get_url(".mapping", mapping_name=mapping_name))
        return done(remove_mapping, mapping_name, success=told, back=back, onward=str(self.get_url(".all")))

    @expose("/look")
    @expose("/try")
    @expose("/keep")
    def anew(self) -> Response:
        """Lead whoever comes back to one of these pages to where they begin."""
        return redirect(self.get_url(".all"))

    def _shown(self, sample: Sample, chosen: Chosen) -> Any:
        rows: tuple[SampleRow, ...] = ()
        fault: PolicyServiceError | None = None
        missing = lacking(chosen)
        if not missing:
            try:
                with seeing() as session:
                    rows = tried_mapping(the_house(), session, sample, chosen, the_act().at)
            except PolicyServiceError as error:
                fault = error
        return self.render(
            "console/mappings/choose.html",
            sample=sample,
            written=msgspec.json.encode(sample).decode(),
            chosen=chosen,
            fields=fields_of(chosen),
            missing={named(target) for target in missing},
            rows=rows,
            why=lambda fault: explained(fault.reason.value).meaning,
            fault=fault,
            formats=tuple(DATE_FORMATS),
            longest=_LONGEST_NAME,
        )


def _refuse_reader() -> None:
    if not may(Permission.LEDGER_WRITE):
        raise Forbidden


def _sample() -> Sample:
    try:
        return msgspec.json.decode(request.form.get("sample", ""), type=Sample)
    except msgspec.MsgspecError as error:
        raise RequestError("R414", "The form names no sample.", remedy="Open the page anew.") from error


def _chosen() -> Chosen:
    given = {target: request.form.get(named(target), "") for target, _ in fields_of(Chosen({}, ISO_FORMAT))}
    header = frozenset(_sample().header)
    columns: dict[Target, str] = {target: text for target, text in given.items() if text and text in header}
    form = request.form.get("date_format", "")
    return Chosen(columns, form if form in DATE_FORMATS else ISO_FORMAT)
