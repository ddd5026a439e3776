"""What a stress does to both policies, beside what they come to without it."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich import box
from rich.table import Table

from policy_service.cli import output
from policy_service.language.policy import Policy
from simulations.accounting.kpis import Kpis
from simulations.cli.search_heading import effect_lines
from simulations.cli.search_wording import said
from simulations.report.stress_sentences import without_and_under
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
        question, found = simulation.comparison.question, simulation.comparison
        sides = {"baseline": (stress.baseline, found.baseline), "candidate": (stress.candidate, found.candidate)}
        if question.baseline.run == question.candidate.run:
            # A policy beside itself: what the stress does to it is said once.
            del sides["baseline"]
        output.out.print(_table(sides, policy, language))


def _table(sides: Mapping[str, tuple[Kpis, Kpis]], policy: Policy, language: str) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1))
    table.add_column(said("figure", language))
    for side in sides:
        for column in without_and_under(said(side, language), language):
            table.add_column(column, justify="right")
    for name in _SHOWN:
        figures = [figure_of(kpis, name) for pair in sides.values() for kpis in pair]
        unit = unit_of(name, policy)
        table.add_row(said(name, language), *(figure_text(one, unit, policy.currency) for one in figures))
    return table
