"""What both sides of a run under stress come to without it; what the stress did is among the notices of its report.

This loads what simulations stand on, which takes a second: import it where it is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext

from policy_service.language.policy import Policy
from simulations.report.contents import Report
from simulations.report.page.wording import Wording
from simulations.report.stress_sentences import without_and_under
from simulations.search.figures import figure_of, figure_text, unit_of

_SHOWN: Final = (
    *("approved_amount", "held_amount", "sales", "collected", "open_balance_end", "past_due_balance_end"),
    *("receivables_peak", "days_late_mean_weighted", "on_time_share", "dso_simple", "cases_opened"),
    *("carrying_cost", "risk_adjusted_margin"),
)


@dataclass(frozen=True, slots=True)
class StressTold:
    """By figure the baseline without and with the stress, then the candidate."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def stress_told(report: Report, policy: Policy, language: str) -> StressTold | None:
    """Return what a run under stress comes to with and without it; none of a run over the ledger as recorded."""
    if "stress" not in report:
        return None
    stress, called = report["stress"], Wording(language).figures
    sides = [kpis[side] for side in ("baseline", "candidate") for kpis in (stress["without"], report)]
    columns = [
        column for side in (gettext("Baseline"), gettext("Candidate")) for column in without_and_under(side, language)
    ]
    rows = [(called[name][0], [_figure(kpis, name, policy) for kpis in sides]) for name in _SHOWN]
    return StressTold(columns, rows)


def _figure(kpis: Mapping[str, Any], name: str, policy: Policy) -> str:
    return figure_text(figure_of(kpis, name), unit_of(name, policy), policy.currency)
