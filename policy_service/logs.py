"""Logs: one event per line on the error stream, as JSON for machines, in colours for a terminal."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, Final, TextIO

import structlog
from structlog.typing import Processor

from policy_service.settings import Settings

#: Fields that hold what nobody may read in a log, whoever puts them there.
_SECRET: Final = re.compile("secret|password|authorization|token|api_key", re.IGNORECASE)
_HIDDEN: Final = "(hidden)"
#: A header that a server quotes because it cannot read it: the name in it, if it has one before its value.
_QUOTED_HEADER: Final = re.compile(
    r"""header[^"']*(?P<quote>["'])(?P<name>[\w-]+(?=:|["']))?.*""", re.IGNORECASE | re.DOTALL
)
#: Made once: to make one takes as long as to write a line with it.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)


def set_up_logs(settings: Settings) -> None:
    """Let every log of this process, also those of libraries, be written as settings say."""
    for_people = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    render = _for_people() if for_people else _for_machines()
    render_of_libraries = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=render_of_libraries))
    lines = _Lines(handler)
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # It tells of every look at the database.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def set_up_logs_of_commands() -> None:
    """Let what a command has to say beside its output go to the error stream: warnings and worse, a line each."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            _warnings_only,
            hide_secrets,
            _with_plain_tracebacks(colours=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        # Whatever the stream is by then: what is configured outlives a command that runs within another program.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the event with the value of every field hidden that is named like a secret."""
    for name in event:
        if _is_secret(name):
            event[name] = _HIDDEN
    return event


def without_header_values(said: str) -> str:
    """Return what a server says of a request that it cannot read, without the value of a header: it may be a key."""
    header = _QUOTED_HEADER.search(said)
    if header is None:
        return said
    name, quote = header.group("name"), header.group("quote")
    return (
        f"{said[: header.start('quote')]}{quote}{name}{quote}" if name else said[: header.start("quote")].rstrip(" :")
    )


class _Lines:
    # What the service says of itself goes to the handler of all logs as the line that it is: to make one of the
    # library's records of it, only to write that as a line again, is more than half of what a line costs.

    def __init__(self, handler: "logging.StreamHandler[TextIO]") -> None:
        self._handler = handler

    def msg(self, line: str) -> None:
        handler = self._handler
        with handler.lock or nullcontext():
            try:
                handler.stream.write(f"{line}\n")
                handler.flush()
            except (OSError, ValueError):
                # As in the library: nobody is refused an answer because nothing can be written about it.
                return

    debug = info = warning = error = critical = exception = msg


@lru_cache(maxsize=1_000)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


def _for_machines() -> list[Processor]:
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(lambda event, **_: _ENCODER.encode(event)),
    ]


def _for_people() -> list[Processor]:
    return [_with_plain_tracebacks(colours=True)]


def _with_plain_tracebacks(*, colours: bool) -> structlog.dev.ConsoleRenderer:
    # Its own way, where rich is there, shows the local variables of every frame: customers, amounts, keys.
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


def _warnings_only(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if event["level"] in ("debug", "info"):
        raise structlog.DropEvent
    return event
