"""Up to four simulations side by side: their figures with differences, and their months over each other."""

from collections.abc import Sequence
from typing import Any, Final

from flask import request
from flask_admin import expose

from admin.languages import short_language
from admin.screens.screen import Screen
from admin.visitors import seeing, the_house
from policy_service.domain.permissions import Permission
from policy_service.storage.simulation_store import KeptSimulation, SimulationStore
from simulations.jobs.finished import stored_report

_FEWEST: Final = 2
_MOST: Final = 4


class ComparedSimulations(Screen):
    """Runs beside each other."""

    permission = Permission.SIMULATIONS_READ
    is_in_menu = False

    @expose("/")
    def compared(self) -> Any:
        """Show the runs that are named side by side, or why they cannot be compared."""
        from policy_service.language.printing.canonical import from_canonical  # noqa: PLC0415  # takes a second to load
        from simulations.report.side_by_side import beside_each_other, obstacles  # noqa: PLC0415  # as above

        named = list(dict.fromkeys(request.args.getlist("run")))
        if not _FEWEST <= len(named) <= _MOST:
            return self._shown([], ["number"])
        with seeing() as session:
            store = SimulationStore(session)
            runs = [store.load(job_id) for job_id in named]
            texts = [store.texts(job_id)[0] for job_id in named]
        if any(run.kind != "simulation" for run in runs):
            return self._shown(runs, ["kind"])
        reports = [stored_report(the_house().settings, run) for run in runs]
        currencies = [from_canonical(text).currency for text in texts]
        if found := obstacles(reports, [one.code for one in currencies]):
            return self._shown(runs, found)
        beside = beside_each_other(reports, [_name(run) for run in runs], currencies[0], short_language())
        return self._shown(runs, (), beside)

    def _shown(self, runs: Sequence[KeptSimulation], found: Sequence[str], beside: Any = None) -> Any:
        names = [_name(run) for run in runs]
        return self.render("console/simulations/compared.html", runs=runs, names=names, obstacles=found, beside=beside)


def _name(run: KeptSimulation) -> str:
    turned = run.request["candidate"].get("parameters") or {}
    said = ", ".join(f"{name} = {value}" for name, value in turned.items())
    version = f"{run.candidate_policy} {run.candidate_number}"
    return f"{version} ({said})" if said else version
