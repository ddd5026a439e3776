"""The reports of simulations, sweeps and searches as pages of the console."""

from typing import Any, Final

from flask import Response, redirect, send_file
from flask_admin import expose

from admin.languages import short_language
from admin.screens.screen import Screen
from admin.screens.simulations.addresses import behind
from admin.visitors import seeing, the_house
from policy_service.domain.permissions import Permission
from policy_service.storage.simulation_store import KeptSimulation, SimulationStore
from simulations.jobs.finished import stored_report, stored_subject

#: Within which elements the style of a report counts.
_WITHIN: Final = ".report"
_SCRIPTS: Final = "text/javascript"


class SimulationReport(Screen):
    """The report of a run."""

    permission = Permission.SIMULATIONS_READ
    is_in_menu = False

    @expose("/")
    def none(self) -> Any:
        """Lead to the runs: without one there is nothing to show."""
        return redirect(self.get_url("simulations.all"))

    @expose("/<job_id>")
    def report(self, job_id: str) -> Any:
        """Show the report of a finished simulation, sweep or search."""
        with seeing() as session:
            run = SimulationStore(session).load(job_id)
            texts = SimulationStore(session).texts(job_id)
        if run.kind == "simulation":
            return self._simulation(run, *texts)
        return self._search(run, texts[0])

    @expose("/parts/<any('report.js', 'report.css', 'echarts.js'):file>")
    def part(self, file: str) -> Response:
        """Give script or style of reports."""
        from simulations.report.page.writing import ECHARTS, SCRIPT, style_within  # noqa: PLC0415  # as above

        if file == "report.css":
            return Response(style_within(_WITHIN), mimetype="text/css")
        return send_file(ECHARTS if file == "echarts.js" else SCRIPT, _SCRIPTS, max_age=3600)

    def _simulation(self, run: KeptSimulation, candidate: str, baseline: str | None) -> Any:
        from admin.screens.simulations.stress_told import stress_told  # noqa: PLC0415  # as above
        from simulations.report.page.writing import pieces_of  # noqa: PLC0415  # as above

        subject = stored_subject(the_house().settings, run, candidate, baseline)
        policy = subject.policies[0]
        pieces = pieces_of(subject, policy, short_language(), behind(run.job_id))
        stress = stress_told(subject.report, policy, short_language())
        told = {"pieces": pieces, "changed": subject.changed, "stress": stress}
        return self.render("console/simulations/report.html", run=run, **told)

    def _search(self, run: KeptSimulation, text: str) -> Any:
        from admin.screens.simulations import searches  # noqa: PLC0415  # as above
        from policy_service.language.printing.canonical import from_canonical  # noqa: PLC0415  # as above

        told = searches.Told(stored_report(the_house().settings, run), from_canonical(text), short_language())
        if run.kind == "seek":
            return self.render(
                "console/simulations/seek.html",
                run=run,
                told=told,
                report=told.report,
                turned_to=", ".join(searches.turned_to(told)),
                figures=searches.every_figure(),
            )
        is_grid = len(told.report["parameters"]) > 1
        return self.render(
            "console/simulations/sweep.html",
            run=run,
            told=told,
            report=told.report,
            drawn=None if is_grid else searches.sweep_charts(told),
            grids=list(searches.grids(told)) if is_grid else (),
            changing=searches.changing(told),
            unchanged=searches.unchanged(told),
            flat=list(searches.flat_stretches(told)),
            gaps=list(searches.widest_gaps(told)),
        )
