"""Logs are JSON lines on the error stream, of libraries too, and hide what is named like a secret."""

import ast
import errno
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from policy_service.logs import hide_secrets, set_up_logs, set_up_logs_of_commands, without_header_values
from policy_service.settings import Settings

SOURCE = Path(__file__).parents[1] / "policy_service"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
SETTINGS = Settings(Path("rules"), log_format="json")


@pytest.fixture(autouse=True)
def _logs_of_others() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.contextvars.clear_contextvars()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert "" == captured.out
    return [json.loads(line) for line in captured.err.splitlines()]


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(SETTINGS)
    structlog.contextvars.bind_contextvars(request_id="1")
    structlog.get_logger().info("order_held", reasons=["PAST_DUE"], title="逾期")
    (line,) = written(capsys)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "order_held",
        "level": "info",
        "reasons": ["PAST_DUE"],
        "request_id": "1",
        "title": "逾期",
    }


def test_a_library_writes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(SETTINGS)
    logging.getLogger("waitress").warning("%s is waiting", "a task")
    (line,) = written(capsys)
    assert ("a task is waiting", "warning") == (line["event"], line["level"])


def test_a_fault_has_its_traceback_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(SETTINGS)
    try:
        raise KeyError("x")
    except KeyError:
        structlog.get_logger().exception("duty_failed")
    (line,) = written(capsys)
    assert "KeyError: 'x'" in str(line["exception"])


def test_what_is_not_worth_a_line_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(SETTINGS)
    structlog.get_logger().debug("nothing")
    logging.getLogger("httpcore").debug("nothing")
    logging.getLogger("alembic.runtime.migration").info("nothing")
    assert [] == written(capsys)


def test_a_line_that_cannot_be_written_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(SETTINGS)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    readable = handler.setStream(_FullDisk())
    structlog.get_logger().warning("disk_full")
    handler.setStream(readable)
    structlog.get_logger().warning("disk_freed")
    assert ["disk_freed"] == [line["event"] for line in written(capsys)]


class _FullDisk(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_people_read_lines_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(replace(SETTINGS, log_format="console"))
    structlog.get_logger().info("order_held", order_id="1")
    said = capsys.readouterr().err
    assert "order_held" in said
    assert not said.startswith("{")


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """A line of source names what a variable is called; what it holds may be a customer, an amount or a key."""
    set_up_logs(replace(SETTINGS, log_format=form))
    _fails({"customer": "Ada Trading 公司", "limit": 123_456_789})
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Traceback" in said
    assert set() == _parts(said)


def _fails(held: dict[str, object]) -> None:
    customer, share = held["customer"], 0
    try:
        assert customer
        assert int(str(held["limit"])) / share
    except ZeroDivisionError:
        structlog.get_logger().exception("duty_failed")


def _parts(said: str) -> set[str]:
    known = ("Ada Trading", "公司", "123456789", "123_456_789")
    return {part for part in known if part in said}


def test_a_command_says_warnings_on_the_error_stream_and_nothing_on_its_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs_of_commands()
    log = structlog.get_logger()
    log.info("day_begun")
    named_like_a_secret = {"metrics_token": "hidden please"}
    log.warning("day_run_tried_again", code="S215", **named_like_a_secret)
    _fails({"customer": "Ada Trading", "limit": 1})
    captured = capsys.readouterr()
    assert "" == captured.out
    assert "day_begun" not in captured.err
    assert all(part in captured.err for part in ("day_run_tried_again", "S215", "ZeroDivisionError"))
    assert set() == _parts(captured.err)
    assert "hidden please" not in captured.err


def test_the_name_of_an_event_is_a_word_of_the_program() -> None:
    """So no name of a customer is ever part of it: it is a text, or a constant of the program that holds one."""
    found = [event for file in SOURCE.rglob("*.py") for event in _events(ast.parse(file.read_text("utf-8")))]
    assert len(found) > 20
    assert [] == [event for event in found if not re.fullmatch(r"[a-z][a-z_]+|[A-Z][A-Z_]+", event)]


def _events(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in LEVELS and ast.unparse(node.func.value) == "log":
            names = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else node.args[:1]
            yield from (str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name) for name in names)


def test_what_is_named_like_a_secret_is_hidden() -> None:
    event = {
        "event": "x",
        "secret": "1",
        "METRICS_TOKEN": "2",
        "Authorization": "3",
        "password_hash": "4",
        "key_id": "5",
    }
    hidden = hide_secrets(None, "info", event)
    assert ("5", "x") == (hidden["key_id"], hidden["event"])
    assert {"(hidden)"} == {value for name, value in hidden.items() if name not in ("key_id", "event")}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            'Bare CR or LF found in header line "Authorization: Bearer k"',
            'Bare CR or LF found in header line "Authorization"',
        ),
        ("Invalid HTTP Header: 'AUTHORIZATION'", "Invalid HTTP Header: 'AUTHORIZATION'"),
        ("Invalid HTTP Header: 'Authorization Bearer k'", "Invalid HTTP Header"),
        ('Malformed header line " Bearer k"', "Malformed header line"),
        ("Bad URI", "Bad URI"),
    ],
    ids=["a value", "a name", "no colon", "no name", "no header"],
)
def test_a_header_that_cannot_be_read_is_named_and_not_quoted(said: str, kept: str) -> None:
    assert kept == without_header_values(said)
