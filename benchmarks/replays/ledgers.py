"""What the replays are measured on: the default policy, a window after a year of warm-up, ledgers of any size."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.large_snapshots import DAYS, FIRST_DAY, large_snapshot
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from simulations.ledger_snapshot.partitions import CustomerRange, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options

RULES: Final = Path(__file__).parents[2] / "rules"
WINDOW: Final = Options(FIRST_DAY + 365, FIRST_DAY + DAYS)
_SAMPLED_FROM: Final = 100_000


@cache
def sme_simple() -> Policy:
    """Return the default policy."""
    return load_policy(RULES / "sme_simple")


def sample_of(orders: int) -> Snapshot:
    """Return the first customers of a large snapshot, with about so many orders."""
    whole = large_snapshot(max(orders, _SAMPLED_FROM), with_hash=False)
    return view_of(whole, CustomerRange(0, int(np.searchsorted(whole.invoices.begins, orders))))
