"""Every case of the replay: the kernel does what the plain replay does."""

import pytest

from policy_service.language.policy import Policy
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.replay.replay import replay
from simulations.replay.trace import Trace
from tests.simulations.plain.against import differences
from tests.simulations.plain.cases import case_of, written_cases


def _replayed(snapshot: Snapshot, policy: Policy | None, options: Options) -> Trace:
    assert policy is not None
    return replay(snapshot, policy, options)


@pytest.mark.parametrize("name", written_cases())
def test_the_kernel_does_what_the_plain_replay_does(name: str) -> None:
    case = case_of(name)
    assert [] == differences(case.ledger, case.policy, case.options, snapshot_of, _replayed)
