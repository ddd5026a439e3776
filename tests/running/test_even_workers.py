"""Workers under gunicorn share the connections that are kept open."""

import http.client
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from tests.running.gunicorn import opened, workers

_ESTABLISHED = "01"


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


def test_connections_that_stay_open_are_shared_by_the_workers(sqlite_url: str) -> None:
    with opened(sqlite_url), workers(sqlite_url) as served, ExitStack() as held:
        # Each is open before the next one comes, and all are there when they are counted.
        for _ in range(16):
            connection = held.enter_context(closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)))
            connection.request("GET", "/healthz")
            assert b"" != connection.getresponse().read()
        sockets = _open_at(served.port)
        had = sorted(_has(process_id, sockets) for process_id in served.process_ids)
    # Where a worker does not run for two milliseconds, the other one accepts in its place.
    assert 16 == len(sockets) == sum(had)
    assert had[0] >= 4
