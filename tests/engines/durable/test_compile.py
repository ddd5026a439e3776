"""A policy is tried in a child process first: one that hangs, crashes or is refused does no harm here."""

import subprocess
import sys

import pytest

from policy_service.domain.errors import EngineFault
from policy_service.engines.durable import compile as compiling
from policy_service.engines.durable.compile import Source, try_out
from tests.engines.durable.test_native import definition, message


def source(name: str, **rules: list[object]) -> Source:
    return Source(name, definition(dict(rules)), message(a=0))


def test_rulesets_that_the_engine_takes_pass() -> None:
    try_out([source("fine", one=[{"a": 1}]), source("too", two=[{"$gte": {"a": 1}}])])


def test_a_hang_ends_with_the_time_limit() -> None:
    """With 513 conditions at one node the engine never returns, holding the interpreter's lock."""
    hanging = Source("hanging", definition({str(value): [{"a": value}] for value in range(600)}), message(a=0))
    with pytest.raises(EngineFault, match="did not finish"):
        try_out([hanging], seconds=1.5)


def test_a_crash_is_a_fault() -> None:
    """256 rules on one chain kill the process at the first message."""
    crashing = Source("crashing", definition({str(value): [{"a": 1}] for value in range(300)}), message(a=1))
    with pytest.raises(EngineFault, match="ended with"):
        try_out([crashing])


def test_a_refusal_is_a_fault_that_says_why() -> None:
    with pytest.raises(EngineFault, match="refused"):
        try_out([Source("refused", '{"r":{"all":[{"m":{"$nor":[]}}]}}', message(a=0))])


def test_what_was_tried_once_starts_no_second_child(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [source("once", one=[{"a": 77}])]
    try_out(sources)
    monkeypatch.setattr(compiling, "_run_child", lambda text, seconds: pytest.fail("a child was started"))
    try_out(sources)
    try_out([])


def test_the_child_needs_no_console_and_no_installed_package() -> None:
    """As under gunicorn: another directory, nothing on the path but what this process has."""
    code = (
        f"import sys; sys.path[:] = {[path for path in sys.path if path]!r}\n"
        "from policy_service.engines.durable.compile import Source, try_out\n"
        f"try_out([Source('child', {definition({'one': [{'a': 1}]})!r}, {message(a=0)!r})])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
