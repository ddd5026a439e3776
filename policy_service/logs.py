"""Logs: one event per line on the error stream, as JSON for machines, in colours for a terminal."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import Processor

from policy_service.settings import Settings

#: Fields that hold what nobody may read in a log, whoever puts them there.
_SECRET: Final = re.compile("secret|password|authorization|token|api_key", re.IGNORECASE)
_HIDDEN: Final = "(hidden)"


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
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=render))
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
        if _SECRET.search(name):
            event[name] = _HIDDEN
    return event


def _for_machines() -> list[Processor]:
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False, default=str),
    ]


def _for_people() -> list[Processor]:
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _with_plain_tracebacks(colours=True)]


def _with_plain_tracebacks(*, colours: bool) -> structlog.dev.ConsoleRenderer:
    # Its own way, where rich is there, shows the local variables of every frame: customers, amounts, keys.
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


def _warnings_only(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if event["level"] in ("debug", "info"):
        raise structlog.DropEvent
    return event
