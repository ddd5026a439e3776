"""The replay's peers beside the product, all as plain Python: the kernel written by hand has no cache to compile to."""

import os
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent


def test_the_replays_peers_interpreted_do_what_the_product_does() -> None:
    """Sums that are meant to wrap are warned of by numpy when they are not compiled; `./test --all` compiles them."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    tests = [str(_HERE / name) for name in ("test_hand_written.py", "test_replay_speed.py")]
    ran = subprocess.run(
        [*command, *tests, "-k", "not measured_and and not partitions"],
        cwd=_HERE.parents[1],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:]
