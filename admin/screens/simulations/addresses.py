"""Where what is behind a figure of a simulation's report is shown: a list of orders, customers or case steps."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import url_for

_OUTCOMES: Final[Mapping[str, str]] = {
    "approved": "approve",
    "held": "hold",
    "prepaid": "prepay",
    "referred": "refer",
    "declined": "decline",
}
#: Figures that are sums over customers, and those that are worked out of such a sum.
_OF_CUSTOMERS: Final[Mapping[str, str]] = {
    "open_balance_end": "open_balance_end",
    "past_due_balance_end": "past_due_balance_end",
    "collected": "collected",
    "write_offs": "write_offs",
    "bad_debt_ratio": "write_offs",
    "dso_simple": "open_balance_end",
    "best_possible_dso": "ageing_not_due",
    "average_days_delinquent": "past_due_balance_end",
    "concentration_hhi": "open_balance_end",
    "risk_adjusted_margin": "sales",
}
_OF_DIFFERENCES: Final[Mapping[str, str]] = {
    **_OF_CUSTOMERS,
    "sales": "sales",
    "margin": "sales",
    "approved": "approved_amount",
    "approved_amount": "approved_amount",
}


def behind(job_id: str) -> Callable[..., str]:
    """Return what gives the address of what is behind a figure of that run, empty of what nothing is."""

    def address(kind: str, **about: str) -> str:
        match kind:
            case "outcome":
                return _orders(job_id, **about)
            case "swap":
                return _orders(job_id, swap=about["name"])
            case "reason":
                return _orders(job_id, reason=about["code"], reason_of="candidate")
            case "month":
                return _orders(job_id, month=about["month"], moved="1")
            case "grade":
                grades = {f"{side}_grade": grade for side, grade in about.items()}
                return _at("simulations_behind.customers", job_id=job_id, **grades)
            case "bucket":
                return _customers(job_id, f"ageing_{about['bucket']}", about["side"])
            case "owner" | "week" | "level":
                return _at("simulations_behind.steps", job_id=job_id, **about)
            case "figure":
                return _figure(job_id, about["name"], about["side"])
            case "difference":
                return _difference(job_id, about["name"], is_less=bool(about["is_less"]))
            case _:
                return ""

    return address


def _figure(job_id: str, name: str, side: str) -> str:
    base = name.removesuffix("_amount")
    if base in _OUTCOMES:
        return _orders(job_id, **{side: _OUTCOMES[base]})
    if name in ("orders", "order_amount"):
        return _orders(job_id)
    if name in ("sales", "margin"):
        return _orders(job_id, sold=side)
    if name == "cases_opened":
        return _at("simulations_behind.steps", job_id=job_id, side=side, opened="1")
    return _customers(job_id, _OF_CUSTOMERS[name], side) if name in _OF_CUSTOMERS else ""


def _difference(job_id: str, name: str, *, is_less: bool) -> str:
    base = name.removesuffix("_amount")
    if name in _OF_DIFFERENCES:
        order = "up" if is_less else "down"
        return _at(
            "simulations_behind.customers", job_id=job_id, figure=_OF_DIFFERENCES[name], side="change", order=order
        )
    return _orders(job_id, moved="1", touches=_OUTCOMES[base]) if base in _OUTCOMES else ""


def _orders(job_id: str, **about: str) -> str:
    return _at("simulations_behind.orders", job_id=job_id, **about)


def _customers(job_id: str, figure: str, side: str) -> str:
    return _at("simulations_behind.customers", job_id=job_id, figure=figure, side=side)


def _at(endpoint: str, **about: Any) -> str:
    return url_for(endpoint, **about)
