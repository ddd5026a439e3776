"""What needs the replay's kernels, with these as plain Python, in the normal suite: `./test --all` compiles them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "tests",
    [
        ("replay/test_cases.py",),
        ("replay/test_recorded_facts.py",),
        ("replay/test_shipped_policies.py", "-k", "sme_simple"),
        ("runs",),
        ("search/test_runs.py",),
        ("stress/test_stressed_runs.py",),
        ("cli",),
    ],
    ids="-".join,
)
def test_the_kernels_interpreted_do_what_the_service_and_the_plain_replay_do(tests: tuple[str, ...]) -> None:
    """Sums that are meant to wrap are warned of by numpy when they are not compiled."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    ran = subprocess.run(
        [*command, str(_HERE / tests[0]), *tests[1:]],
        cwd=_HERE.parents[1],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:]
