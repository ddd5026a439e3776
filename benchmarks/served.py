"""Applications served by gunicorn as in production, each over its settings, until a block ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_READY_WITHIN = 120
_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class Served:
    """Workers that answer at a port of this machine, and their arbiter's process id."""

    port: int
    process_id: int

    def resident_megabytes(self) -> tuple[float, ...]:
        """Return the resident memory of each worker; nothing where the system does not say."""
        children = Path(f"/proc/{self.process_id}/task/{self.process_id}/children")
        if not children.is_file():
            return ()
        return tuple(_resident(Path("/proc") / child) for child in children.read_text().split())


@contextmanager
def served(settings: Mapping[str, str], log: Path, application: str = "") -> Iterator[Served]:
    """Give the service under its documented configuration, or another application under the same one."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "python:policy_service.gunicorn_conf"]
    environment = {**os.environ, **settings, "HOST": "127.0.0.1", "PORT": str(port)}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, application] if application else command, cwd=ROOT, env=environment, stdout=file, stderr=file
        )
        try:
            _wait_for(process, port, log)
            yield Served(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _resident(process: Path) -> float:
    return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    ends = time.monotonic() + _READY_WITHIN
    while not _is_ready(port):
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(log.read_text("utf-8", "replace")[-2_000:])
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
