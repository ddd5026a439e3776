"""The kernel written by hand for one policy does what the product's replay of that policy does, or is no peer.

The normal suite runs it interpreted (test_interpreted.py).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hand_written.agreement import differences
from benchmarks.hand_written.ledger import unlike
from benchmarks.hand_written.policy import STEPS
from benchmarks.hand_written.replay import replay_by_hand
from benchmarks.large_snapshots import DAYS, FIRST_DAY, large_snapshot
from policy_service.language.load import load_policy
from simulations.ledger_snapshot.columns import read_only
from simulations.ledger_snapshot.partitions import CustomerRange, view_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.replay import replay

pytestmark = pytest.mark.long

_POLICY = load_policy(Path(__file__).parents[2] / "rules" / "sme_simple")
_WINDOWS = {
    "whole": Options(FIRST_DAY + 365, FIRST_DAY + DAYS),
    "without a warm-up": Options(FIRST_DAY - 20, FIRST_DAY + 500),
    "one year of four": Options(FIRST_DAY + 600, FIRST_DAY + 965),
}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Some customers, among them one of those few whose broken promises bring the owner to the door."""
    return view_of(large_snapshot(100_000, with_hash=False), CustomerRange(52, 56))


@pytest.mark.parametrize("options", _WINDOWS.values(), ids=_WINDOWS)
def test_it_tells_what_the_product_tells(snapshot: Snapshot, options: Options) -> None:
    assert () == unlike(snapshot)
    assert () == differences(replay_by_hand(snapshot, options), replay(snapshot, _POLICY, options))


def test_whatever_the_policy_can_do_happens_in_the_ledger_that_it_is_measured_on() -> None:
    snapshot = large_snapshot(100_000, with_hash=False)
    done, firings = replay_by_hand(snapshot, _WINDOWS["whole"])
    assert set(range(3)) == set(done.outcome.tolist())
    assert {-1, *range(4)} == set(done.reason.tolist())
    assert set(range(4)) == set(done.grade.tolist())
    assert set(range(len(STEPS))) == set(firings[:, 2].tolist())


def test_the_number_of_threads_changes_nothing(snapshot: Snapshot) -> None:
    one, two = (replay_by_hand(snapshot, _WINDOWS["whole"], threads) for threads in (1, 2))
    assert all(map(np.array_equal, (*one.done, one.firings), (*two.done, two.firings)))


def test_a_ledger_of_another_shape_is_named_as_such(snapshot: Snapshot) -> None:
    early = snapshot.invoices.issued[0] - 1
    dates = np.where(np.arange(len(snapshot.postings.date)) == 0, early, snapshot.postings.date)
    other = replace(snapshot, postings=snapshot.postings._replace(date=read_only(dates)))
    assert ("nothing is posted before its invoice is issued",) == unlike(other)
