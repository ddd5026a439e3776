"""What a stress did to the ledger of a run, and what both sides come to without it.

This loads what simulations stand on, which takes a second: import it where it is needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext

from policy_service.language.policy import Policy
from simulations.report.contents import Report
from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording
from simulations.report.stress_sentences import effect_told, nothing_changed, without_and_under
from simulations.search.figures import figure_of, figure_text, unit_of

_SHOWN: Final = (
    *("approved_amount", "held_amount", "sales", "collected", "open_balance_end", "past_due_balance_end"),
    *("receivables_peak", "days_late_mean_weighted", "on_time_share", "dso_simple", "cases_opened"),
    *("carrying_cost", "risk_adjusted_margin"),
)


@dataclass(frozen=True, slots=True)
class StressTold:
    """Whom each stress hit, in sentences, and by figure the baseline without and with it, then the candidate."""

    effects: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def stress_told(report: Report, policy: Policy, language: str) -> StressTold | None:
    """Return what the stress of a run did; none of a run over the ledger as recorded."""
    if "stress" not in report:
        return None
    stress, called = report["stress"], Wording(language).figures
    sides = [kpis[side] for side in ("baseline", "candidate") for kpis in (stress["without"], report)]
    numbers = Numbers(policy.currency, language)
    effects = [line for effect in stress["effects"] for line in _effect(effect, numbers)]
    columns = [
        column for side in (gettext("Baseline"), gettext("Candidate")) for column in without_and_under(side, language)
    ]
    rows = [(called[name][0], [_figure(kpis, name, policy) for kpis in sides]) for name in _SHOWN]
    return StressTold(effects, columns, rows)


def _effect(effect: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    yield effect_told(effect, numbers)
    if nothing := nothing_changed(effect, numbers.language):
        yield nothing


def _figure(kpis: Mapping[str, Any], name: str, policy: Policy) -> str:
    return figure_text(figure_of(kpis, name), unit_of(name, policy), policy.currency)
