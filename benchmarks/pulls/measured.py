"""What a pull or its peer took, as the process says it that did it: seconds, memory, and the calls in order."""

import json
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_KILOBYTE: Final = 1_024


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds by the clock and of the processor, the most memory ever in MB, and rows; `_pages`: until all had come.

    Of a peer, which does nothing else, both are the same.
    """

    seconds: float
    processor_seconds: float
    peak_megabytes: float
    processor_seconds_of_pages: float
    peak_megabytes_of_pages: float
    rows: int
    calls: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    def line(self) -> str:
        """Return it as a line of a file."""
        return json.dumps([self.method, self.url, dict(self.headers), self.body]) + "\n"


def asked_of(file: Path) -> list[Asked]:
    """Return the requests of a file."""
    return [Asked(*json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def peak_megabytes() -> float:
    """Return the most memory that this process ever had resident.

    Where the kernel tells it of the program alone: the other figure counts what the process was forked from.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / _KILOBYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KILOBYTE**2 if sys.platform == "darwin" else peak / _KILOBYTE


def environment(**settings: str) -> dict[str, str]:
    """Return the environment of a process with these settings."""
    return {**os.environ, **settings}
