"""What is behind the figures of a simulation: lists of orders, customers and case steps out of its stored result."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flask import Response, redirect, request
from flask_admin import expose

from admin.screens.screen import Screen
from admin.screens.simulations import behind_asked
from admin.screens.simulations.behind_asked import Listed
from admin.visitors import seeing, the_house
from policy_service.domain.permissions import Permission
from policy_service.domain.whole_numbers import parse_whole_number
from policy_service.language.policy import Policy
from policy_service.storage.simulation_store import KeptSimulation, SimulationStore
from simulations.jobs.finished import result_file

if TYPE_CHECKING:
    from simulations.behind.reading import Page

_SHOWN: Final = 50
OUTCOMES: Final = ("approve", "prepay", "hold", "refer", "decline")
SWAPS: Final = ("approved_both", "approved_only_baseline", "approved_only_candidate", "neither")


class BehindFigures(Screen):
    """The rows behind the figures of a run."""

    permission = Permission.SIMULATIONS_READ
    is_in_menu = False

    @expose("/")
    def none(self) -> Any:
        """Lead to the runs: without one there is nothing to show."""
        return redirect(self.get_url("simulations.all"))

    @expose("/<job_id>/orders")
    def orders(self, job_id: str) -> Any:
        """List orders of the window with what baseline and candidate decide first."""
        return self._list(job_id, behind_asked.orders(request.args))

    @expose("/<job_id>/customers")
    def customers(self, job_id: str) -> Any:
        """List customers with what changes for them, and the cell that decided."""
        return self._list(job_id, behind_asked.customers(request.args))

    @expose("/<job_id>/steps")
    def steps(self, job_id: str) -> Any:
        """List case steps."""
        return self._list(job_id, behind_asked.steps(request.args))

    def _list(self, job_id: str, listed: Listed) -> Any:
        from simulations.behind.reading import page_of, rows_of  # noqa: PLC0415  # takes a while to load

        with seeing() as session:
            run = SimulationStore(session).load(job_id)
            texts = SimulationStore(session).texts(job_id)
        file = result_file(the_house().settings, run, listed.file)
        if request.args.get("download") == "csv":
            return _downloaded(run, listed, rows_of(file, listed.asked(0, _SHOWN)))
        place = _place()
        page = page_of(file, listed.asked(place, _SHOWN), listed.summed)
        return self._shown(run, texts[0], listed, place, page)

    def _shown(self, run: KeptSimulation, candidate: str, listed: Listed, place: int, page: "Page") -> Any:
        from policy_service.language.printing.canonical import from_canonical  # noqa: PLC0415  # takes a while to load

        policy = from_canonical(candidate)
        following = place + _SHOWN
        return self.render(
            f"console/simulations/{listed.name}.html",
            run=run,
            page=page,
            rows=listed.told(page.rows, policy),
            given=listed.given,
            listed=listed,
            place=place,
            following=following if following < page.chosen else None,
            most=_SHOWN,
            currency=policy.currency.code,
            outcomes=OUTCOMES,
            swaps=SWAPS,
            owners=_owners(policy),
            grades=(*policy.grades, "none"),
            titles=_titles(policy),
        )


def _place() -> int:
    asked = request.args.get("after", "")
    return parse_whole_number(asked) or 0


def _downloaded(run: KeptSimulation, listed: Listed, rows: Sequence[Mapping[str, Any]]) -> Response:
    from simulations.report.customer_files import written_rows  # noqa: PLC0415  # takes a while to load

    heading = list(rows[0]) if rows else []
    text = written_rows([heading, *(["" if cell is None else str(cell) for cell in row.values()] for row in rows)])
    name = f"{run.job_id[:8]}-{listed.name}.csv"
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def _owners(policy: Policy) -> Sequence[str]:
    from simulations.runs.simulation import owners_of  # noqa: PLC0415  # takes a while to load

    return sorted(owners_of(policy))


def _titles(policy: Policy) -> Mapping[str, Any]:
    return {code: reason.title for code, reason in policy.reasons.items()}
