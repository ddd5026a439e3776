"""The words of simulations: their steps, their assumptions as they were asked for, and how long something takes."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from flask import Flask
from flask_babel import LazyString, gettext, lazy_gettext

from admin.filters import add_filters
from admin.languages import short_language
from admin.wording import role_said
from policy_service.domain.amounts import decimal_text
from simulations.report.page import chinese, english

_MINUTE: Final = 60
#: What a run does, one after the other.
STEPS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "": lazy_gettext("waiting"),
        "ledger": lazy_gettext("reading the ledger"),
        "code": lazy_gettext("loading the compiled code"),
        "replaying": lazy_gettext("replaying both policies, day by day"),
        "comparing": lazy_gettext("comparing"),
        "causes": lazy_gettext("looking for the cell behind each change"),
        "sample": lazy_gettext("deciding a sample again with the live engines"),
        "behind": lazy_gettext("storing the orders and customers behind the figures"),
        "runs": lazy_gettext("running one value after the other"),
        "files": lazy_gettext("writing the report"),
    }
)
#: What assumptions are called, and what each of their values means.
MEANINGS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "mode.closed": lazy_gettext("closed loop: decisions act on everything after them"),
        "mode.open": lazy_gettext("open loop: every order counts as let through, whatever is decided"),
        "held_orders.lost": lazy_gettext("held and referred orders are lost"),
        "held_orders.prepaid": lazy_gettext("held and referred orders are paid in advance, in full"),
        "held_orders.released": lazy_gettext("held and referred orders are checked again on later days, else lost"),
        "payment_behaviour.keep_delay": lazy_gettext("under another term customers pay as many days late as they did"),
        "payment_behaviour.keep_date": lazy_gettext("under another term customers pay on the days they did"),
    }
)
#: What the files of a result hold.
FILES: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "report.json": lazy_gettext("the report, for programs"),
        "report.xlsx": lazy_gettext("the report as a workbook"),
        "report.html": lazy_gettext("the report as a page that stands alone, in English"),
        "report.zh.html": lazy_gettext("the report as a page that stands alone, in Chinese"),
        "customers.csv": lazy_gettext("every customer with both sides' figures"),
        "customers.parquet": lazy_gettext("every customer with both sides' figures, for programs"),
        "orders.parquet": lazy_gettext("every order with both decisions"),
        "steps.parquet": lazy_gettext("every case step"),
        "changes.parquet": lazy_gettext("every customer with grades and the cause of its change"),
        "figures.csv": lazy_gettext("every figure of every run"),
    }
)
#: Cells of the swap set, and figures of customers by which lists are sorted.
_BEHIND: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "approved_both": lazy_gettext("approved by both"),
        "approved_only_baseline": lazy_gettext("approved by the baseline alone"),
        "approved_only_candidate": lazy_gettext("approved by the candidate alone"),
        "neither": lazy_gettext("approved by neither"),
        "orders": lazy_gettext("orders"),
        "approved_amount": lazy_gettext("approved, amount"),
        "sales": lazy_gettext("sales"),
        "open_balance_end": lazy_gettext("open at the end"),
        "past_due_balance_end": lazy_gettext("past due at the end"),
        "collected": lazy_gettext("collected"),
        "write_offs": lazy_gettext("written off"),
        "ageing_not_due": lazy_gettext("open and not due"),
        "ageing_1_30": lazy_gettext("1 to 30 days past due"),
        "ageing_31_60": lazy_gettext("31 to 60 days past due"),
        "ageing_61_90": lazy_gettext("61 to 90 days past due"),
        "ageing_over_90": lazy_gettext("more than 90 days past due"),
    }
)
_ASSUMPTIONS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "mode": lazy_gettext("Mode"),
        "held_orders": lazy_gettext("Held orders"),
        "release_days": lazy_gettext("Days a held order is checked again"),
        "payment_behaviour": lazy_gettext("How customers pay"),
        "yearly_rate": lazy_gettext("What money costs in a year"),
        "margin": lazy_gettext("Margin of sales"),
        "loss_given_default": lazy_gettext("Lost of what is written off"),
        "cost_per_step": lazy_gettext("Cost of a case step"),
    }
)
#: What a search came to.
VERDICTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "met": lazy_gettext("found: values that meet everything, also in the later period"),
        "already_met": lazy_gettext("the policy as it stands meets everything already"),
        "met_in_search_only": lazy_gettext("met in the period searched, not in the later one"),
        "not_met": lazy_gettext("nothing that was run meets everything"),
    }
)


def register_words(console: Flask) -> None:
    """Let templates write steps, meanings, verdicts and how long something takes."""
    add_filters(
        console,
        {
            "step_of_run": lambda step: str(STEPS.get(step, step)),
            "assumption": lambda name: str(_ASSUMPTIONS.get(name, name)),
            "meaning_or": lambda name, other: str(MEANINGS.get(name, other)),
            "meaning": lambda name: str(MEANINGS[name]),
            "verdict": lambda name: str(VERDICTS.get(name, name)),
            "seconds": seconds_said,
            "file_said": file_said,
            "behind_said": lambda name: str(_BEHIND.get(name, name)),
        },
    )


def figures_to_seek() -> Sequence[tuple[str, str]]:
    """Return the figures that a goal can be set for, with what they are called."""
    from simulations.search.figures import UNITS  # noqa: PLC0415  # what it stands on takes a while to load

    called = (chinese if short_language() == "zh" else english).FIGURES
    return [(name, called[name][0]) for name in UNITS]


def file_said(name: str) -> str:
    """Return what a file of a result holds."""
    return str(FILES.get(name, name))


def seconds_said(seconds: int | None) -> str:
    """Return about how long that is; empty if it is not known."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return str(gettext("about %(seconds)s s left", seconds=max(seconds, 1)))
    return str(gettext("about %(minutes)s min left", minutes=-(-seconds // _MINUTE)))


def assumptions_said(request: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return what a run was told to assume, each with its name."""
    return list(_assumptions(request))


def _assumptions(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    begins = request["from"] or gettext("the earliest order")
    if request["to"]:
        told = gettext("from %(begins)s up to the day before %(ends)s", begins=begins, ends=request["to"])
    else:
        told = gettext("from %(begins)s to the latest order", begins=begins)
    yield gettext("Window"), told
    yield gettext("Mode"), str(MEANINGS[f"mode.{request['mode']}"])
    if request["mode"] == "closed":
        yield gettext("Held orders"), str(MEANINGS[f"held_orders.{request['held_orders']}"])
        if request["held_orders"] == "released":
            yield gettext("Days a held order is checked again"), str(request["release_days"])
        yield gettext("How customers pay"), str(MEANINGS[f"payment_behaviour.{request['payment_behaviour']}"])
    costs = request["costs"]
    for name, label in (
        ("yearly_rate", gettext("What money costs in a year")),
        ("margin", gettext("Margin of sales")),
        ("loss_given_default", gettext("Lost of what is written off")),
    ):
        yield label, f"{decimal_text(Decimal(costs[name]) * 100)}\u00a0%"
    yield gettext("Cost of a case step"), costs["cost_per_step"]
    for side, label in (
        ("candidate", gettext("Candidate's parameters")),
        ("baseline", gettext("Baseline's parameters")),
    ):
        if turned := request.get(side, {}).get("parameters"):
            yield label, ", ".join(f"{name} = {value}" for name, value in turned.items())
    if capacities := request.get("capacities"):
        yield (
            gettext("Case steps a week"),
            gettext(", ").join(f"{role_said(role)} {steps}" for role, steps in capacities.items()),
        )
    for name, label in (
        ("stress", gettext("Stress")),
        ("parameters", gettext("Parameters turned")),
        ("goals", gettext("Goals")),
        ("keep", gettext("To be kept")),
    ):
        if request.get(name):
            yield label, "; ".join(request[name])
    if request.get("judge_from"):
        yield gettext("Judged from"), request["judge_from"]
    if "runs" in request:
        yield gettext("Runs at most"), str(request["runs"])
