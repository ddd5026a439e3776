"""Tests that call single functions of the kernels, as plain Python: to compile each of them by itself takes long."""

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).with_name("test_recorded_facts.py")


def test_facts_measured_by_interpreted_kernels_are_those_of_the_service() -> None:
    """Sums that are meant to wrap are warned of by numpy when they are not compiled; `./test --all` compiles them."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-W", "ignore::RuntimeWarning"]
    ran = subprocess.run(
        [*command, str(_TESTS)],
        cwd=_TESTS.parents[3],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:]
