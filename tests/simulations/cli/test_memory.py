"""Memory that a run let go is handed out again."""

import subprocess
import sys

_SCRIPT = """
import resource
import numpy as np
from simulations.cli.memory import keep_memory
keep_memory()
def pages() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(2**21)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(pages(), pages())
"""


def test_an_array_stands_where_the_one_before_it_stood() -> None:
    """The system is asked for the pages of the first alone."""
    ran = subprocess.run([sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True)
    first, second = map(int, ran.stdout.split())
    assert second < first / 4
