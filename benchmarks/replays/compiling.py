"""How long the compiled code of a replay takes to come about: from nothing, from its cache, and that by hand.

A process of its own with an empty cache: it prints the seconds as JSON.
"""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from benchmarks.hand_written.replay import replay_by_hand
from benchmarks.measuring import processor_time, seconds_of
from benchmarks.replays.ledgers import WINDOW, sample_of, sme_simple
from simulations.runs.compiling import load_compiled

FIRST, CACHED, BY_HAND = "first", "cached", "by hand"


def compile_seconds() -> dict[str, float]:
    """Return the processor seconds of the first start ever, of a later one, and of the hand-written kernel."""
    with TemporaryDirectory() as cache:
        first, cached = (_in_a_child(cache) for _ in range(2))
    return {FIRST: first[FIRST], CACHED: cached[FIRST], BY_HAND: first[BY_HAND]}


def _in_a_child(cache: str) -> dict[str, float]:
    command = [sys.executable, "-m", __name__]
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    sample = sample_of(100)
    print(
        json.dumps(
            {
                FIRST: seconds_of(lambda: load_compiled(sme_simple()), processor_time),
                BY_HAND: seconds_of(lambda: replay_by_hand(sample, WINDOW), processor_time),
            }
        )
    )
