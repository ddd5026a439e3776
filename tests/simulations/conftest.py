"""Tests of the simulator wait until its code is compiled, which ./test begins with."""

import os
import time
from pathlib import Path

import pytest

_LONGEST = 900


@pytest.fixture(scope="session", autouse=True)
def compiled_code() -> None:
    """Wait for it, so that no test compiles it a second time."""
    named = os.environ.get("SIMULATOR_IS_COMPILED")
    if named is None:
        return
    ends = time.monotonic() + _LONGEST
    while not Path(named).exists():
        assert not Path(f"{named}.not").exists(), "The code of the simulator could not be compiled: see above."
        assert time.monotonic() < ends, "The code of the simulator is not compiled yet."
        time.sleep(0.2)
