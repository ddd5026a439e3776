"""Benchmarks of the simulator are tried when its code is compiled."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _compiled_first(compiled_code: None) -> None:
    """Wait for it."""
