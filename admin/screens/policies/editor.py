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
            return redirect(f"{self.get_url('.version', policy_id=policy_id, number=number)}#{part.name}")
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
        return change(policy_id, number)
