"""The figures that a goal can be set for: their names, what they count in, and how they are found in a report."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final, cast

from policy_service.domain.amounts import from_scaled
from policy_service.domain.outcomes import EngineReason
from policy_service.domain.values import Currency, Kind, scale
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder
from simulations.accounting.kpis import BUCKETS, NULL_REASONS, Figure, Kpis
from simulations.search.errors import unknown_figure


class Unit(StrEnum):
    """What a figure counts in: pieces, minor units, a share of one, per cent, days, or points of concentration."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    PERCENT = "percent"
    DAYS = "days"
    POINTS = "points"


_COUNTS: Final = ("orders", "approved", "held", "prepaid", "referred", "declined", "cases_opened")
_DAYS: Final = (
    *("days_late_mean_weighted", "dso_simple", "dso_count_back", "best_possible_dso"),
    "average_days_delinquent",
)
_MONEY: Final = (
    *("order_amount", "approved_amount", "held_amount", "prepaid_amount", "referred_amount", "declined_amount"),
    *("sales", "collected", "open_balance_end", "past_due_balance_end", "receivables_mean", "receivables_peak"),
    *("write_offs", "carrying_cost", "margin", "risk_adjusted_margin"),
)
#: Figures of one number. The day of a peak is none that more or less of could be wanted.
UNITS: Final[Mapping[str, Unit]] = {
    **dict.fromkeys(_COUNTS, Unit.COUNT),
    **dict.fromkeys(_MONEY, Unit.MONEY),
    **dict.fromkeys(_DAYS, Unit.DAYS),
    "on_time_share": Unit.SHARE,
    "bad_debt_ratio": Unit.SHARE,
    "collection_effectiveness": Unit.PERCENT,
    "concentration_hhi": Unit.POINTS,
}
_DECIMALS: Final = {Unit.DAYS: 1, Unit.POINTS: 0, Unit.PERCENT: 2}
#: One of the figures that several names lead to.
_WITHIN: Final = "ageing.over_90"
#: Smaller ones are written with two digits that say something, however many places that takes.
_SMALL_SHARE: Final = 0.0001


def unit_of(name: str, policy: Policy) -> Unit:
    """Return what the figure of that name counts in; of several by name it is written `ageing.over_90`.

    RequestError R544 if no report of the policy has it.
    """
    if name in UNITS:
        return UNITS[name]
    several = dict(_by_name(policy))
    if name not in several:
        raise unknown_figure(name, tuple(UNITS), _WITHIN)
    return several[name]


def figure_of(kpis: Kpis, name: str) -> int | float | None:
    """Return the figure of that name; 0 for a reason, level or grade that did not occur, None if it is none."""
    if name in UNITS:
        found = kpis[name]
    else:
        family, _, rest = name.partition(".")
        found = _within(kpis[family], rest)
    return cast("int | float | None", found)


def why_none(kpis: Kpis, name: str) -> str:
    """Return why a figure is none; empty if it is there."""
    reasons = cast("Mapping[str, str]", kpis[NULL_REASONS])
    return str(reasons.get(name.partition(".")[0], ""))


def figure_text(value: float | None, unit: Unit, currency: Currency) -> str:
    """Return a figure as a person reads it: amounts in major units, shares in per cent."""
    if value is None:
        return "-"
    match unit:
        case Unit.COUNT:
            return f"{value:,}"
        case Unit.MONEY:
            whole, point, part = from_scaled(abs(round(value)), scale(Kind.MONEY, currency)).partition(".")
            return f"{'-' if value < 0 else ''}{int(whole):,}{point}{part}"
        case Unit.SHARE:
            # A bad debt of one in a hundred thousand is not none: where a bound is compared, it must not look like it.
            if value and abs(value) < _SMALL_SHARE:
                return f"{Decimal(f'{100 * value:.2g}'):f}%"
            return f"{value:.2%}"
        case Unit.PERCENT | Unit.DAYS | Unit.POINTS:
            return f"{value:,.{_DECIMALS[unit]}f}" + ("%" if unit is Unit.PERCENT else "")


def _within(figures: Figure, name: str) -> Figure:
    if not isinstance(figures, Mapping):
        return figures
    if name in figures:
        return figures[name]
    # Only `reasons` goes a level deeper, and a level's name has a point of its own.
    name, point, rest = name.rpartition(".")
    return _within(figures[name], rest) if point and name in figures else 0


def _by_name(policy: Policy) -> Iterator[tuple[str, Unit]]:
    yield from ((f"ageing.{bucket}", Unit.MONEY) for bucket in BUCKETS)
    for code in sorted({*policy.reasons, *EngineReason}):
        yield f"reasons.{code}.orders", Unit.COUNT
        yield f"reasons.{code}.amount", Unit.MONEY
    for name, owner in _steps(policy):
        yield f"notices.{name}", Unit.COUNT
        yield f"case_steps.{name}", Unit.COUNT
        if owner:
            yield f"workload_peak.{owner}", Unit.COUNT
    yield from ((f"customers_by_grade.{grade}", Unit.COUNT) for grade in policy.grades)


def _steps(policy: Policy) -> Iterator[tuple[str, str]]:
    for ladder in policy.rule_sets:
        if isinstance(ladder, Ladder):
            yield from ((f"{ladder.name}.{level.id}", level.owner) for level in ladder.levels)
            yield from ((f"{ladder.name}.{trigger.id}", trigger.owner) for trigger in ladder.triggers)
