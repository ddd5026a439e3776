"""Every figure of a run, worked out of its sums: exact integers, rounded once at the end."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np

from policy_service.domain.outcomes import Outcome
from policy_service.facts.collection_metrics import collection_effectiveness, concentration, count_back, days_of_sales
from policy_service.facts.quotients import Missing, money, ratio
from simulations.accounting.calendar import days_of_months, text_of
from simulations.accounting.costs import Costs
from simulations.accounting.places import (
    AGES,
    AMOUNTS,
    CASES_OPENED,
    COLLECTED,
    COUNTS,
    DAYS_LATE,
    LIMB,
    PAID,
    PAID_ON_TIME,
    REASONS,
    SALES,
    SQUARE_LIMB,
    SQUARES,
    WRITTEN_OFF,
    Layout,
)
from simulations.ledger_snapshot.columns import Column
from simulations.replay.trace import OUTCOMES

#: A figure: a count, an amount in minor units, a ratio, a date, a figure for each of several names, or none.
Figure: TypeAlias = int | float | str | Mapping[str, "Figure"] | None
Kpis: TypeAlias = Mapping[str, Figure]
_Found: TypeAlias = Mapping[str, Figure | Missing]

NULL_REASONS: Final = "null_reasons"
BUCKETS: Final = ("not_due", "1_30", "31_60", "61_90", "over_90")
LADDER_FIGURES: Final = ("notices", "case_steps", "cases_opened", "workload_peak")
#: What figures call the orders of an outcome.
DECIDED: Final = {
    Outcome.APPROVE: "approved",
    Outcome.HOLD: "held",
    Outcome.PREPAY: "prepaid",
    Outcome.REFER: "referred",
    Outcome.DECLINE: "declined",
}
_NO_PAYMENT = "No payment applied in the window, but for deposits and prepayments."
_NO_LADDER = "There is no ladder in what was recorded."
_NO_STEPS = "A case step has a cost, and it was not recorded how many were taken."
_HALF = 2**32 - 1


def kpis_of(sums: Column, layout: Layout, costs: Costs, *, has_ladder: bool) -> Kpis:
    """Return every figure of the customers with these sums; what cannot be computed is None, with its reason.

    Reasons and grades that do not occur have no figure: it would be 0. Without a ladder its figures are None.
    """
    values = sums[: layout.places.daily].tolist()
    receivables = np.cumsum(sums[layout.places.daily : layout.places.monthly])
    found: dict[str, Figure | Missing] = {
        **_orders(values, layout),
        "sales": values[SALES],
        "collected": values[COLLECTED],
        **_balances(values),
        **_receivables(receivables, layout),
        **_payments(values),
        **_turnover(values, receivables, sums, layout),
        **_losses(values, receivables, layout, costs, has_ladder=has_ladder),
        **_ladder(values, sums, layout, has_ladder=has_ladder),
        "customers_by_grade": _occurring(layout.grades, values[layout.places.grades :]),
        "concentration_hhi": concentration(_limbs(values[SQUARES : SQUARES + 4], SQUARE_LIMB), _open(values)),
    }
    reasons = {name: figure.text for name, figure in found.items() if isinstance(figure, Missing)}
    figures = {name: None if isinstance(figure, Missing) else figure for name, figure in found.items()}
    return {**figures, NULL_REASONS: reasons}


def _orders(values: list[int], layout: Layout) -> _Found:
    counts, amounts = values[COUNTS:AMOUNTS], values[AMOUNTS:SALES]
    found: dict[str, Figure | Missing] = {"orders": sum(counts), "order_amount": sum(amounts)}
    for outcome, name in DECIDED.items():
        found[name] = counts[OUTCOMES.index(outcome)]
        found[f"{name}_amount"] = amounts[OUTCOMES.index(outcome)]
    by_reason = zip(layout.reasons, values[REASONS:], values[layout.places.reason_amounts :], strict=False)
    found["reasons"] = {code: {"orders": orders, "amount": amount} for code, orders, amount in by_reason if orders}
    return found


def _balances(values: list[int]) -> _Found:
    ages = values[AGES:PAID]
    return {
        "open_balance_end": sum(ages),
        "past_due_balance_end": sum(ages[1:]),
        "ageing": dict(zip(BUCKETS, ages, strict=True)),
    }


def _receivables(receivables: Column, layout: Layout) -> _Found:
    peak = int(receivables[1:].argmax())
    return {
        "receivables_mean": money(Fraction(_total(receivables[1:]), len(receivables) - 1)),
        "receivables_peak": int(receivables[1 + peak]),
        "receivables_peak_date": text_of(layout.calendar.begins + peak),
    }


def _payments(values: list[int]) -> _Found:
    days_late = _limbs(values[DAYS_LATE : DAYS_LATE + 2], LIMB)
    return {
        "days_late_mean_weighted": ratio(days_late, values[PAID], _NO_PAYMENT),
        "on_time_share": ratio(values[PAID_ON_TIME], values[PAID], _NO_PAYMENT),
    }


def _turnover(values: list[int], receivables: Column, sums: Column, layout: Layout) -> _Found:
    calendar, sales, balance = layout.calendar, values[SALES], _open(values)
    days, not_due = calendar.ends - calendar.begins, values[AGES]
    monthly = sums[layout.places.monthly : layout.places.weekly].tolist()
    return {
        "dso_simple": days_of_sales(balance, days, sales),
        "dso_count_back": count_back(balance, monthly, days_of_months(calendar)),
        "best_possible_dso": days_of_sales(not_due, days, sales),
        "average_days_delinquent": days_of_sales(balance - not_due, days, sales),
        "collection_effectiveness": collection_effectiveness(int(receivables[0]), sales, balance, not_due),
    }


def _losses(values: list[int], receivables: Column, layout: Layout, costs: Costs, *, has_ladder: bool) -> _Found:
    sales, written_off = values[SALES], values[WRITTEN_OFF]
    carrying = _total(receivables[1:]) * Fraction(costs.yearly_rate) / 365
    margin = sales * Fraction(costs.margin)
    steps = sum(values[layout.places.steps : layout.places.grades])
    adjusted = margin - written_off * Fraction(costs.loss_given_default) - carrying - steps * costs.per_step
    is_known = has_ladder or not costs.per_step
    return {
        "write_offs": written_off,
        "bad_debt_ratio": ratio(written_off, sales, "Nothing was sold in the window."),
        "carrying_cost": money(carrying),
        "margin": money(margin),
        "risk_adjusted_margin": money(adjusted) if is_known else Missing(_NO_STEPS),
    }


def _ladder(values: list[int], sums: Column, layout: Layout, *, has_ladder: bool) -> _Found:
    if not has_ladder:
        return dict.fromkeys(LADDER_FIGURES, Missing(_NO_LADDER))
    places = layout.places
    weeks = sums[places.weekly :].reshape(len(layout.owners), -1) if layout.owners else sums[:0]
    return {
        "notices": _named(layout.levels, values[places.notices :]),
        "case_steps": _named(layout.levels, values[places.steps :]),
        "cases_opened": values[CASES_OPENED],
        "workload_peak": _named(layout.owners, [int(steps.max()) for steps in weeks]),
    }


def _named(names: tuple[str, ...], values: list[int]) -> dict[str, Figure]:
    return dict(zip(names, values, strict=False))


def _occurring(names: tuple[str, ...], values: list[int]) -> dict[str, Figure]:
    return {name: value for name, value in zip(names, values, strict=False) if value}


def _open(values: list[int]) -> int:
    return sum(values[AGES:PAID])


def _limbs(limbs: list[int], bits: int) -> int:
    return sum(limb << (bits * place) for place, limb in enumerate(limbs))


def _total(column: Column) -> int:
    # The sum of so many days' balances may need more than 64 bits.
    return (int((column >> 32).sum()) << 32) + int((column & _HALF).sum())
