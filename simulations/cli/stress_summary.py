"""What a stress does to both policies, beside what they come to without it."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table

from policy_service.cli import output
from policy_service.language.policy import Policy
from simulations.cli.search_heading import effect_lines
from simulations.cli.search_wording import said
from simulations.runs.simulation import Simulation
from simulations.search.figures import figure_of, figure_text, unit_of
from simulations.stress.applying import Effect

_SHOWN: Final = (
    *("approved_amount", "prepaid_amount", "held_amount", "declined_amount", "sales", "collected"),
    *("open_balance_end", "past_due_balance_end"),
    *("receivables_peak", "days_late_mean_weighted", "on_time_share", "dso_simple", "cases_opened"),
    *("carrying_cost", "risk_adjusted_margin"),
)


def show_stress(simulation: Simulation, effects: Sequence[Effect], policy: Policy, language: str) -> None:
    """Print whom the stress hit, and the main figures of both sides with and without it."""
    for effect in effects:
        for line in effect_lines(effect, policy.currency, language):
            output.out.print(line)
    stress = simulation.circumstances.stress
    if stress is not None:
        worse = (simulation.comparison.baseline, simulation.comparison.candidate)
        table = Table(box=box.SIMPLE, padding=(0, 1))
        table.add_column(said("figure", language))
        for side in ("baseline", "candidate"):
            for when in ("without_stress", "with_stress"):
                heading = f"{said(side, language)}, {said(when, language)}"
                table.add_column(heading, justify="right")
        for name in _SHOWN:
            sides = zip((stress.baseline, stress.candidate), worse, strict=True)
            figures = [figure_of(kpis, name) for pair in sides for kpis in pair]
            unit = unit_of(name, policy)
            table.add_row(said(name, language), *(figure_text(one, unit, policy.currency) for one in figures))
        output.out.print(table)
