"""A simulation worker over the database of a house, which answers what the editor asks at each edit."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import pytest

from policy_service.background.kept_process import KeptProcess

_WORKER: Final = (
    *(sys.executable, "-c", "from policy_service.cli.main import main; main()"),
    *("simulation-worker", "--supervised"),
)


@contextmanager
def answering(environment: Mapping[str, str]) -> Iterator[None]:
    """Let a worker with that environment answer; pages ask again until it listens."""
    worker = KeptProcess(_WORKER, time.monotonic)
    with pytest.MonkeyPatch.context() as told:
        for name, value in environment.items():
            told.setenv(name, value)
        worker.look(is_wanted=True)
    try:
        yield
    finally:
        worker.end()
