"""Replays of random histories by kernels as plain Python, over arrays that refuse to be counted from the end.

Compiled kernels read bare arrays, which would not even notice. Run with NUMBA_DISABLE_JIT=1: see test_interpreted.py.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from policy_service.language.load import load_policy
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay import replay as replaying
from simulations.replay import replaying_units
from simulations.replay.options import HeldOrders, Mode, Options
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

_RULES = Path(__file__).parents[3] / "rules"
_POLICIES = ("distributor_cn", "manufacturer_cn", "eu_insured")
_SHAPE = Shape(customers=5, invoices=12, currencies=("CNY", "", "USD"))


class ForwardArray(np.ndarray[Any, Any]):
    """An array whose places are counted from its beginning alone."""

    def __getitem__(self, place: Any) -> Any:
        """Return what stands there; IndexError of a place below zero."""
        return super().__getitem__(_forward(place))

    def __setitem__(self, place: Any, value: Any) -> None:
        """Put a value there; IndexError of a place below zero."""
        super().__setitem__(_forward(place), value)


def _forward(place: Any) -> Any:
    for one in place if isinstance(place, tuple) else (place,):
        if isinstance(one, (int, np.integer)) and one < 0:
            raise IndexError(f"The place {one} is counted from the end.")
    return place


def forward(given: Any) -> Any:
    """Return arrays, and tuples of them, so that they refuse to be counted from the end."""
    if isinstance(given, np.ndarray):
        if given.dtype == object:
            # Where kernels are not compiled, the desks of a group stand in the place of their addresses.
            given = np.array([*map(forward, given), None], dtype=object)[:-1]
        return given.view(ForwardArray)
    return type(given)(*map(forward, given)) if isinstance(given, tuple) and hasattr(given, "_fields") else given


def _over_forward_arrays(kernel: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: np.asarray(kernel(*map(forward, given)))


def main() -> None:
    """Replay."""
    replaying.run_customers = _over_forward_arrays(replaying.run_customers)
    replaying_units.run_units = _over_forward_arrays(replaying_units.run_units)
    orders = 0
    for name, seed in product(_POLICIES, range(2)):
        policy, ledger = load_policy(_RULES / name), history_of(seed, _SHAPE)
        for options in (Options(*WINDOW, Mode.OPEN), Options(*WINDOW, Mode.CLOSED, HeldOrders.RELEASED)):
            orders += len(replaying.replay(snapshot_of(ledger), policy, options).orders.entry)
    print(orders)


if __name__ == "__main__":
    main()
