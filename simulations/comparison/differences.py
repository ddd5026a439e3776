"""Candidate less baseline, figure by figure."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from simulations.accounting.kpis import NULL_REASONS, Figure, Kpis


def differences(baseline: Kpis, candidate: Kpis) -> Kpis:
    """Return candidate less baseline; None, with the reason, if either is.

    The difference of dates is in days. A name that only one side has counts as 0 on the other.
    """
    found: dict[str, Figure] = {
        name: less(candidate[name], baseline[name]) for name in baseline if name != NULL_REASONS
    }
    return {**found, NULL_REASONS: {**reasons_of("candidate", candidate), **reasons_of("baseline", baseline)}}


def less(candidate: Figure, baseline: Figure) -> Figure:
    """Return one figure less the other, name by name where there are several."""
    match candidate, baseline:
        case (None, _) | (_, None):
            return None
        case Mapping(), Mapping():
            names = sorted({*candidate, *baseline})
            return {name: less(*_both(candidate.get(name), baseline.get(name))) for name in names}
        case str(), str():
            return (date.fromisoformat(candidate) - date.fromisoformat(baseline)).days
        case int() | float(), int() | float():
            return candidate - baseline
        case _:
            raise TypeError(f"{candidate!r} and {baseline!r} are no figures of one kind.")


def reasons_of(side: str, kpis: Kpis) -> Mapping[str, Figure]:
    """Return why figures of that side are None."""
    reasons = cast(Mapping[str, str], kpis[NULL_REASONS])
    return {name: f"Of the {side}: {text}" for name, text in reasons.items()}


def _both(candidate: Figure, baseline: Figure) -> tuple[Figure, Figure]:
    if candidate is None:
        return _nothing(baseline), baseline
    return candidate, _nothing(candidate) if baseline is None else baseline


def _nothing(figure: Figure) -> Figure:
    return dict.fromkeys(figure, 0) if isinstance(figure, Mapping) else 0
