"""A simulation, a sweep or a search begun: forms over what the API takes, refused beside the field that is at fault."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext

from admin.screens.screen import Screen
from admin.screens.simulations.asked_by_form import MOST_CANDIDATES, STRESSES, WHOLE, Wrong, field_of, requests_of
from admin.screens.simulations.choices import first_choice, order_days, turnable, versions_to_choose
from admin.screens.simulations.words import figures_to_seek
from admin.visitors import seeing, the_act, the_house, working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Permission
from policy_service.storage.job_store import Job
from simulations.jobs.asking import Examined, ask_together, examine

_KIND: Final = "/<any(simulation, sweep, seek):kind>"
_DEFAULTS: Final[Mapping[str, str]] = {
    "mode": "closed",
    "held_orders": "lost",
    "release_days": "30",
    "payment_behaviour": "keep_delay",
    "yearly_rate": "8",
    "margin": "20",
    "loss_given_default": "100",
    "cost_per_step": "0",
}
_RUNS: Final[Mapping[str, str]] = {"sweep": "200", "seek": "400"}
#: A sweep turns one parameter, or two.
_DIALS: Final[Mapping[str, int]] = {"simulation": 0, "sweep": 2, "seek": 4}
_REFUSED: Final = 422


class NewSimulation(Screen):
    """The forms by which simulations are begun."""

    permission = Permission.SIMULATIONS_RUN
    is_in_menu = False

    @expose("/")
    def usual(self) -> Any:
        """Lead to the form for a simulation."""
        return redirect(f"{self.get_url('.new', kind='simulation')}?{urlencode(list(request.args.items(multi=True)))}")

    @expose(_KIND)
    def new(self, kind: str) -> Any:
        """Show the form, filled with what leads here and the defaults."""
        return self._form(kind, request.args.to_dict(), {})

    @expose(_KIND, methods=["POST"])
    def ask(self, kind: str) -> Any:
        """Have it done behind the scenes, or say beside each field what is at fault."""
        form = request.form.to_dict()
        try:
            jobs = _begun(kind, form)
        except Wrong as wrong:
            return self._form(kind, form, {field: str(hint) for field, hint in wrong.by_field.items()}), _REFUSED
        except _Refused as refused:
            if status_of(refused.error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise refused.error from refused
            return self._form(kind, form, {refused.field: said(refused.error)}), _REFUSED
        if len(jobs) == 1:
            return redirect(self.get_url("simulations.run", job_id=jobs[0].job_id))
        flash(
            gettext("%(number)s simulations are begun. Choose them here to compare them.", number=len(jobs)), "success"
        )
        return redirect(self.get_url("simulations.all"))

    def _form(self, kind: str, given: Mapping[str, str], errors: Mapping[str, str]) -> Any:
        with seeing() as session:
            versions = versions_to_choose(session, the_act().at)
            default = the_house().settings.default_policy
            candidate, baseline = first_choice(versions, default, given.get("candidate-1", ""))
            first = {**_DEFAULTS, "runs": _RUNS.get(kind, ""), "candidate-1": candidate, "baseline": baseline}
            values = {**first, **{name: text for name, text in given.items() if name != "csrf_token"}}
            dials = turnable(session, values["candidate-1"]) if _DIALS[kind] else ()
            days = order_days(session)
        return self.render(
            f"console/simulations/new_{kind}.html",
            kind=kind,
            values=values,
            errors=errors,
            whole=errors.get(WHOLE, ""),
            versions=versions,
            turnable=dials,
            days=days,
            numbers=range(1, MOST_CANDIDATES + 1),
            dials=range(1, _DIALS[kind] + 1),
            stresses=range(1, STRESSES + 1),
            figures=figures_to_seek(),
        )


class _Refused(Exception):
    """What a run would refuse, and beside which field that is told."""

    def __init__(self, field: str, error: PolicyServiceError) -> None:
        super().__init__()
        self.field = field
        self.error = error


def _begun(kind: str, form: Mapping[str, str]) -> list[Job]:
    examined = [_examined(kind, field, asked, form) for field, asked in requests_of(kind, form).items()]
    try:
        with working() as work:
            return list(ask_together(work.house, work.session, examined, work.visitor.actor, work.act))
    except PolicyServiceError as error:
        raise _Refused(WHOLE, error) from error


def _examined(kind: str, field: str, asked: Mapping[str, Any], form: Mapping[str, str]) -> Examined:
    try:
        with seeing() as session:
            return examine(session, kind, asked, the_act().at)
    except PolicyServiceError as error:
        raise _Refused(field_of(error, kind, field, form), error) from error
