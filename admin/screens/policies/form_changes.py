"""What the forms of the editor ask for besides edits: what is wrong with a formula; a new fact, a new parameter."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias

from flask import flash, jsonify, redirect, request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.doing import named_revision
from admin.languages import short_language
from admin.screens.policies.editor_parts import part_of, parts_of
from admin.screens.policies.forms import form_shown
from admin.screens.screen import Screen
from admin.visitors import seeing, the_act, the_house, visitor, working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.services.actor import require
from policy_service.services.policy_editing.asked import read_path
from policy_service.services.policy_editing.declared_facts import FactText, with_fact
from policy_service.services.policy_editing.declared_parameters import ParameterText, with_parameter
from policy_service.services.policy_editing.formula_texts import tried
from policy_service.services.policy_editing.refusals import not_an_edit
from policy_service.services.policy_life.drafts import save_files
from policy_service.services.policy_life.files import Files, read_files
from policy_service.services.policy_life.reading import version_now
from policy_service.storage.errors import changed_since_read
from policy_service.storage.policy_store import PolicyStore

_EDIT: Final = "/<policy_id>/<int:number>/edit"
#: Makes the files with something new of the files of a policy, with the folder of rules.
_Made: TypeAlias = Callable[[str, Files, Path], Files]


class FormChanges(Screen):
    """The questions and the changes of forms that are no single edit."""

    @expose(f"{_EDIT}/formula", methods=["POST"])
    def try_formula(self, policy_id: str, number: int) -> Response:
        """Say what would keep the draft from being read if one formula were what is typed; nothing is stored."""
        try:
            require(visitor().actor, Permission.POLICIES_READ)
            asked = request.get_json(silent=True)
            if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) for name in ("file", "text")):
                raise not_an_edit("a file and the text of a formula are to be named")
            with seeing() as session:
                files = PolicyStore(session).files(policy_id, number)
            rules_dir = the_house().settings.rules_dir
            found = tried(policy_id, files, rules_dir, asked["file"], read_path(asked), asked["text"])
        except PolicyServiceError as error:
            if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            answer = jsonify({"code": error.code, "said": said(error)})
            answer.status_code = status_of(error)
            return answer
        problems = [{"code": one.code, "message": one.message, "remedy": one.remedy, "at": one.at} for one in found]
        return jsonify({"problems": problems})

    @expose(f"{_EDIT}/facts", methods=["POST"])
    def declare_fact(self, policy_id: str, number: int) -> Any:
        """Declare a fact of the policy's own; what is refused is said above the form, which keeps what was typed."""
        fact = FactText(**_texts_in_form(FactText), is_required="is_required" in request.form)
        made = partial(with_fact, fact=fact)
        return self._declared(policy_id, number, made, "facts", {"fact": fact}, gettext("The fact is declared."))

    @expose(f"{_EDIT}/parameters", methods=["POST"])
    def declare_parameter(self, policy_id: str, number: int) -> Any:
        """Declare a parameter; what is refused is said above the form, which keeps what was typed."""
        new = ParameterText(**_texts_in_form(ParameterText))
        made, done = partial(with_parameter, parameter=new), gettext("The parameter is declared.")
        return self._declared(policy_id, number, made, "parameters", {"new": new}, done)

    def _declared(
        self, policy_id: str, number: int, made: _Made, part: str, typed: Mapping[str, object], done: str
    ) -> Any:
        try:
            _declare(policy_id, number, made)
        except PolicyServiceError as error:
            if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            flash(said(error), "error")
            return self._page(policy_id, number, part, typed), status_of(error)
        flash(done, "success")
        return redirect(self.get_url(".edit", policy_id=policy_id, number=number, part=part))

    def _page(self, policy_id: str, number: int, name: str, typed: Mapping[str, object]) -> str:
        require(visitor().actor, Permission.POLICIES_EDIT)
        with seeing() as session:
            now = version_now(session, policy_id, number, the_act().at)
            files = PolicyStore(session).files(policy_id, number)
        tabs = parts_of(files, short_language())
        part = part_of(tabs, name)
        shown = {"now": now, "version": now.version, "files": files, "tabs": tabs, "part": part, "is_open": True}
        shown |= {**form_shown(part, now, files), **typed}
        page: str = self.render("console/policies/editor/editor.html", **shown)
        return page


def _texts_in_form(form: type[FactText | ParameterText]) -> dict[str, str]:
    names = [each.name for each in fields(form) if each.type in (str, "str")]
    return {name: " ".join(request.form.get(name, "").split())[:500] for name in names}


def _declare(policy_id: str, number: int, made: _Made) -> None:
    require(visitor().actor, Permission.POLICIES_EDIT)
    revision, rules_dir = named_revision(), the_house().settings.rules_dir
    with seeing() as session:
        store = PolicyStore(session)
        if store.version(policy_id, number).revision != revision:
            raise changed_since_read(f"version {number} of {policy_id[:60]}")
        files = store.files(policy_id, number)
    read = read_files(policy_id, made(policy_id, files, rules_dir), rules_dir)
    with working() as work:
        save_files(work.house, work.session, read, number, revision, work.visitor.actor, work.act)
