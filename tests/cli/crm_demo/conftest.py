"""`policy demo --crm` as a process of its own, which stays until the tests are through with it."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import httpx
import pytest

from tests.cli.conftest import SETTINGS
from tests.cli.running import ROOT

_COMMAND: Final = (sys.executable, "-c", "from policy_service.cli.main import main; main()", "demo", "--crm", "--stay")
_STANDS_IN: Final = re.compile(r"(Zoho CRM|Zoho Books|Fxiaoke|纷享销客) +(http://127\.0\.0\.1:\d+) +\S+ (\d+)")
_TO_END_S: Final = 60


@dataclass(frozen=True, slots=True)
class OverThere:
    """A stand-in of the demo: where it is, and what tells that its process has ended."""

    origin: str
    process_id: int
    ended: int

    def rows(self, name: str) -> Mapping[str, Mapping[str, object]]:
        """Return the rows that it holds of an object."""
        said = httpx.get(f"{self.origin}/_stand_in/rows/{name}", trust_env=False, timeout=60).json()
        return {row["id"]: row["body"] for row in said["rows"]}

    def told(self, what: str) -> Mapping[str, list[Mapping[str, object]]]:
        """Return what its control says."""
        said: Mapping[str, list[Mapping[str, object]]] = httpx.get(
            f"{self.origin}/_stand_in/{what}", trust_env=False, timeout=60
        ).json()
        return said

    def change(self, name: str, row_id: str, values: Mapping[str, object]) -> None:
        """Change fields of a row, as its users would."""
        body = {"object": name, "set": {row_id: values}}
        httpx.post(f"{self.origin}/_stand_in/change", json=body, trust_env=False, timeout=60).raise_for_status()

    def has_ended(self) -> bool:
        """Wait until its process has ended, and return whether it has."""
        return bool(select.select([self.ended], [], [], _TO_END_S)[0])


class Demo:
    """A demo that runs: what it has said, and the stand-ins that it has begun."""

    def __init__(self, process: "subprocess.Popen[str]", said: IO[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.over_there: dict[str, OverThere] = {}
        self._said = said

    def read_until(self, words: str) -> None:
        """Read what it says up to the line with these words."""
        while line := self._said.readline():
            self.lines.append(line.rstrip())
            if found := _STANDS_IN.search(line):
                process_id = int(found[3])
                self.over_there[found[1]] = OverThere(found[2], process_id, os.pidfd_open(process_id))
            if words in line:
                return
        assert self.process.stderr is not None
        raise AssertionError(f"It never said {words!r}: {self.process.stderr.read()}")

    def signal(self, number: int) -> int:
        """Send it a signal, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(_TO_END_S)

    @property
    def text(self) -> str:
        """What it has said so far."""
        return "\n".join(self.lines)


@contextmanager
def demo(folder: Path, *words: str) -> Iterator[Demo]:
    """Give a demo in that folder; it is gone when the block ends, and so are its stand-ins."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment |= {"PYTHONPATH": str(ROOT), "DATABASE_URL": f"sqlite:///{folder / 'own.db'}"}
    command = [*_COMMAND, "--folder", str(folder), *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        running = Demo(process, process.stdout)
        try:
            yield running
        finally:
            process.kill()
            for one in running.over_there.values():
                os.close(one.ended)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a demo."""
    return tmp_path_factory.mktemp("walked")


@pytest.fixture(scope="module")
def walked(folder: Path) -> Iterator[Demo]:
    """Give a demo that was walked to its end, and whose stand-ins are still there."""
    with demo(folder) as running:
        running.read_until("until Ctrl-C")
        yield running
        assert 0 == running.signal(signal.SIGINT)
        assert all(one.has_ended() for one in running.over_there.values())
