"""Workers under gunicorn share the connections that are kept open."""

import http.client
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from tests.running.gunicorn import Workers, opened, workers

_ESTABLISHED = "01"
_SECONDS_TO_BEGIN = 60


def _open_at(port: int) -> set[str]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    cells = [line.split() for line in lines]
    return {f"socket:[{one[9]}]" for one in cells if one[1].endswith(f":{port:04X}") and one[3] == _ESTABLISHED}


def _has(process_id: int, sockets: set[str]) -> int:
    found = 0
    for file in Path(f"/proc/{process_id}/fd").iterdir():
        # What was opened for a moment is gone by now.
        with suppress(FileNotFoundError):
            found += str(file.readlink()) in sockets
    return found


def _held_by(served: Workers, connections: int) -> list[int]:
    """Return how many of so many connections, each opened when the one before is open, each of the workers has."""
    with ExitStack() as held:
        for _ in range(connections):
            connection = held.enter_context(closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)))
            connection.request("GET", "/healthz")
            assert b"" != connection.getresponse().read()
        sockets = _open_at(served.port)
        return sorted(_has(process_id, sockets) for process_id in served.process_ids)


def test_connections_that_stay_open_are_shared_by_the_workers(sqlite_url: str) -> None:
    """A worker that does not run for two milliseconds is not waited for: what counts is the best of some times."""
    with opened(sqlite_url), workers(sqlite_url) as served:
        gives_up = time.monotonic() + _SECONDS_TO_BEGIN
        # The second worker may begin after the first one answers.
        while _held_by(served, 4)[0] == 0:
            assert time.monotonic() < gives_up
        had = max(_held_by(served, 16) for _ in range(5))
    assert had[0] >= 4
