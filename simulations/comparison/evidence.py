"""What each figure rests on: the record itself, a bound that holds whatever is assumed, or the assumptions."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from simulations.replay.options import HeldOrders, Mode, Options


class Evidence(StrEnum):
    """`observed`: the recorded history contains it; `bounded`: it holds whatever the assumptions; `assumed`."""

    OBSERVED = "observed"
    BOUNDED = "bounded"
    ASSUMED = "assumed"


_COUNTS: Final = ("approved", "held", "prepaid", "referred", "declined")
_SALES_AND_ORDERS: Final = frozenset(
    {"sales", "orders", "order_amount", *_COUNTS, *(f"{name}_amount" for name in _COUNTS)}
)


def evidence(names: Iterable[str], options: Options, *, on_recorded_terms: bool) -> Mapping[str, Evidence]:
    """Return the label of each figure; `on_recorded_terms` says whether both runs left terms as recorded."""
    if options.mode is Mode.OPEN and on_recorded_terms:
        return dict.fromkeys(names, Evidence.OBSERVED)
    refusals_lose = options.mode is Mode.CLOSED and options.held_orders is HeldOrders.LOST
    return {
        name: Evidence.BOUNDED if refusals_lose and name in _SALES_AND_ORDERS else Evidence.ASSUMED for name in names
    }
