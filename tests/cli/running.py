"""The command line, run in this process as a shell would run it."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from policy_service.cli.main import main

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command wrote, and its exit code."""

    exit_code: int
    out: str
    err: str


def policy(*arguments: str | Path) -> Ran:
    """Run `policy` with these arguments; an exception that is no exit is a fault of the program and passes on."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(each) for each in arguments])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Ran(code, out.getvalue(), err.getvalue())


def in_a_process(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `policy` in a process of its own."""
    command = [sys.executable, "-c", "from policy_service.cli.main import main; main()", *map(str, arguments)]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, check=False)


def refusal(ran: Ran, code: str) -> str:
    """Return what an error said: nothing on the output, the code and no traceback on the error stream."""
    assert (2, "") == (ran.exit_code, ran.out)
    assert f"[{code}]" in ran.err
    assert "Traceback" not in ran.err
    return ran.err
