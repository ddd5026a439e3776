"""A process that pulls: `benchmarks.pulls.ours CONNECTION FOLDER`, settings in the environment.

It pulls once for each line on its standard input, which names a file in the folder: there it writes every request
that it sends, so that a peer can send the same. On its standard output it says what each pull took.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import httpx

from benchmarks.pulls.measured import Asked, Taken, peak_megabytes
from policy_service.domain.acting import Act
from policy_service.running import now, open_house, process_name
from policy_service.services.connections.pulling import pull
from policy_service.services.house import House
from policy_service.settings import read_settings


@dataclass(slots=True)
class _Calls:
    """How many requests were sent, and what the last one found of time and memory: then all pages had come."""

    count: int = 0
    processor_seconds: float = 0.0
    peak_megabytes: float = 0.0


class _Hurried:
    """A clock that goes on by every wait, which takes no time: the bound of calls a minute is not what is measured."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        self._ahead += seconds


def main(name: str, folder: Path) -> None:
    """Pull as often as somebody asks for it."""
    house, hurried = open_house(read_settings()), _Hurried()
    house.world = replace(house.world, monotonic=hurried.monotonic, sleep=hurried.sleep)
    for line in sys.stdin:
        taken = _measured(house, name, folder / line.strip())
        print(json.dumps(asdict(taken)), flush=True)
    house.close()


def _measured(house: House, name: str, file: Path) -> Taken:
    with file.open("w", encoding="utf-8") as written, _writing_down(written) as calls:
        clock, processors = time.perf_counter(), time.process_time()
        run = pull(house, name, Act("shop", now()), process_name(), lambda _rows: None)
        seconds, processor_seconds = time.perf_counter() - clock, time.process_time() - processors
    return Taken(
        seconds,
        processor_seconds,
        peak_megabytes(),
        calls.processor_seconds - processors,
        calls.peak_megabytes,
        run.rows,
        calls.count,
    )


@contextmanager
def _writing_down(file: TextIO) -> Iterator[_Calls]:
    calls, sent = _Calls(), httpx.Client.send

    def send(client: httpx.Client, request: httpx.Request, **further: Any) -> httpx.Response:
        file.write(Asked(request.method, str(request.url), dict(request.headers), request.content.decode()).line())
        calls.count += 1
        calls.processor_seconds, calls.peak_megabytes = time.process_time(), peak_megabytes()
        return sent(client, request, **further)

    httpx.Client.send = send  # type: ignore[method-assign, assignment]
    try:
        yield calls
    finally:
        httpx.Client.send = sent  # type: ignore[method-assign]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
