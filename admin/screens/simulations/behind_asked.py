"""Which rows behind a figure a page asks for: by its address, which the report's figures lead to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from admin.languages import short_language
from policy_service.language.policy import Policy

if TYPE_CHECKING:
    from simulations.behind.reading import Asked, Chosen

#: What stands behind the address of a page.
Given: TypeAlias = Mapping[str, str]
_Row: TypeAlias = Mapping[str, Any]

_ORDERS: Final = "orders.parquet"
_STEPS: Final = "steps.parquet"
_CHANGES: Final = "changes.parquet"
_SIDES: Final = ("baseline", "candidate")
_APPROVED: Final = ("approve", "prepay")
_REFUSED: Final = ("hold", "refer", "decline")
_OF_SWAPS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "approved_both": (_APPROVED, _APPROVED),
    "approved_only_baseline": (_APPROVED, _REFUSED),
    "approved_only_candidate": (_REFUSED, _APPROVED),
    "neither": (_REFUSED, _REFUSED),
}
#: Figures of customers by which they can be sorted and summed.
FIGURES: Final = (
    *("orders", "approved_amount", "sales", "open_balance_end", "past_due_balance_end", "collected", "write_offs"),
    *("ageing_not_due", "ageing_1_30", "ageing_31_60", "ageing_61_90", "ageing_over_90"),
)
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that is asked for: of which file, by what, with which columns added up, and how its rows are told."""

    name: str
    file: str
    given: Given
    summed: Sequence[str]
    asked: "Callable[[int, int], Asked]"
    told: Callable[[Sequence[_Row], Policy], Sequence[Any]]


def orders(given: Given) -> Listed:
    """Return the orders that are asked for."""
    kept = _kept(given, "baseline", "candidate", "swap", "reason", "reason_of", "sold", "month", "moved", "touches")
    return Listed("orders", _ORDERS, kept, ("amount",), partial(_orders, kept), _as_they_are)


def customers(given: Given) -> Listed:
    """Return the customers that are asked for."""
    kept = _kept(given, "baseline_grade", "candidate_grade", "figure", "side", "month", "place", "changed")
    names = [kept["figure"]] if kept.get("figure") in FIGURES else []
    summed = ["moved_amount", *(f"{side}_{name}" for side in _SIDES for name in names)]
    return Listed("customers", _CHANGES, kept, summed, partial(_customers, kept), _with_their_causes)


def steps(given: Given) -> Listed:
    """Return the case steps that are asked for."""
    kept = _kept(given, "side", "owner", "week", "level", "opened")
    return Listed("steps", _STEPS, kept, ("notices", "opened"), partial(_steps, kept), _as_they_are)


def _kept(given: Given, *names: str) -> Given:
    every = (*names, "customer", "sort", "order")
    return {name: given[name][:_LONGEST] for name in every if given.get(name)}


def _orders(given: Given, place: int, most: int) -> "Asked":
    from simulations.behind.reading import Asked, begins, equals, one_of  # noqa: PLC0415  # takes a while to load

    conditions = _customer(given)
    for side in _SIDES:
        if side in given:
            conditions[f"{side}_outcome"] = equals(given[side])
    if given.get("swap") in _OF_SWAPS:
        for side, outcomes in zip(_SIDES, _OF_SWAPS[given["swap"]], strict=True):
            conditions[f"{side}_outcome"] = one_of(*outcomes)
    if "reason" in given:
        side = _side(given.get("reason_of", ""))
        conditions[f"{side}_reason"] = equals(given["reason"])
        conditions.setdefault(f"{side}_outcome", one_of("prepay", *_REFUSED))
    if "month" in given:
        conditions["date"] = begins(given["month"])
    return Asked(
        conditions,
        *_sorted(given, ("amount", "date", "customer_id", "order_id"), "amount"),
        place=place,
        most=most,
        differs=("baseline_outcome", "candidate_outcome") if "moved" in given else None,
        only=f"{_side(given['sold'])}_sold" if "sold" in given else "",
        in_any=(("baseline_outcome", "candidate_outcome"), equals(given["touches"])) if "touches" in given else None,
    )


def _customers(given: Given, place: int, most: int) -> "Asked":
    from simulations.behind.reading import Asked, begins, equals  # noqa: PLC0415  # takes a while to load

    conditions = _customer(given)
    for side in _SIDES:
        if f"{side}_grade" in given:
            conditions[f"{side}_grade"] = equals(given[f"{side}_grade"])
    if "changed" in given:
        conditions["why_date"] = lambda day: day is not None
    if "month" in given:
        conditions["why_date"] = begins(given["month"])
    if "place" in given:
        rule_set, _, row = given["place"].partition(" ")
        conditions |= {"why_rule_set": equals(rule_set), "why_row": equals(row)}
    figure = given.get("figure", "")
    if figure in FIGURES and "sort" not in given:
        is_change = given.get("side") not in _SIDES
        column = f"{'candidate' if is_change else given['side']}_{figure}"
        less = f"baseline_{figure}" if is_change else ""
        return Asked(conditions, column, given.get("order") != "up", place, most, less=less)
    if given.get("sort") in ("sales", "approved_amount", "open_balance_end", "past_due_balance_end"):
        name = given["sort"]
        return Asked(conditions, f"candidate_{name}", given.get("order") != "up", place, most, less=f"baseline_{name}")
    columns = ("moved_amount", "customer_id", "why_date", "why_nearness")
    return Asked(conditions, *_sorted(given, columns, "moved_amount"), place=place, most=most)


def _steps(given: Given, place: int, most: int) -> "Asked":
    from simulations.behind.reading import Asked, equals  # noqa: PLC0415  # takes a while to load

    conditions = _customer(given)
    conditions |= {name: equals(given[name]) for name in ("side", "owner", "week", "level") if name in given}
    only = "opened" if "opened" in given else ""
    return Asked(
        conditions, *_sorted(given, ("date", "customer_id", "level"), "date"), place=place, most=most, only=only
    )


def _customer(given: Given) -> "dict[str, Chosen]":
    from simulations.behind.reading import contains  # noqa: PLC0415  # takes a while to load

    return {"customer_id": contains(given["customer"])} if "customer" in given else {}


def _sorted(given: Given, columns: Sequence[str], first: str) -> tuple[str, bool]:
    column = given["sort"] if given.get("sort") in columns else first
    return column, given.get("order") != "up"


def _side(text: str) -> str:
    return text if text in _SIDES else "candidate"


def _as_they_are(rows: Sequence[_Row], _policy: Policy) -> Sequence[_Row]:
    return rows


def _with_their_causes(rows: Sequence[_Row], policy: Policy) -> Sequence[Any]:
    from simulations.behind.causes_told import cause_told  # noqa: PLC0415  # takes a while to load

    told = cause_told(policy, short_language())
    return [(row, told(row)) for row in rows]
