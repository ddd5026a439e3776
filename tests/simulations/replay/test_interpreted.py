"""Kernels as plain Python: single functions, each of which would take long to compile, and whole replays."""

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).with_name("test_recorded_facts.py")
_INTERPRETED = {**os.environ, "NUMBA_DISABLE_JIT": "1"}


def test_facts_measured_by_interpreted_kernels_are_those_of_the_service() -> None:
    """Sums that are meant to wrap are warned of by numpy when they are not compiled; `./test --all` compiles them."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    ran = subprocess.run(
        [*command, str(_TESTS)],
        cwd=_TESTS.parents[3],
        env=_INTERPRETED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:]


def test_no_interpreted_kernel_counts_from_the_end() -> None:
    """A compiled one would read what stands before the array."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.simulations.replay.no_place_from_the_end"]
    ran = subprocess.run(command, cwd=_TESTS.parents[3], env=_INTERPRETED, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-4_000:]
    assert int(ran.stdout) > 100
