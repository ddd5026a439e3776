"""Logs are JSON lines on the error stream, of libraries too, and hide what is named like a secret."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from policy_service.logs import hide_secrets, set_up_logs
from policy_service.settings import Settings

SETTINGS = Settings(Path("rules"), log_format="json")


@pytest.fixture(autouse=True)
def _logs_of_others() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
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


def test_people_read_lines_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(replace(SETTINGS, log_format="console"))
    structlog.get_logger().info("order_held", order_id="1")
    said = capsys.readouterr().err
    assert "order_held" in said
    assert not said.startswith("{")


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
