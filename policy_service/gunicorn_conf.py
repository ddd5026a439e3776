"""How gunicorn runs the service, as in `gunicorn --config python:policy_service.gunicorn_conf`.

Every name that gunicorn knows is a setting of it. What an installation decides comes from the environment, as
docs/reference/settings.md says; further options of gunicorn can follow on its command line.
"""

import gc
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from policy_service.gunicorn_worker import EvenWorker
from policy_service.logs import set_up_logs, without_header_values
from policy_service.settings import read_settings

# prometheus_client looks for the folder when it is imported, so it has to be named before anything else is.
_made = "" if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else tempfile.mkdtemp(prefix="policy-metrics-")
if _made:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _made

_COUNTS = re.compile(r"(counter|histogram|summary|gauge_[a-z]+)_\d+\.db")
_settings = read_settings()

wsgi_app = "policy_service.app:wsgi()"
bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
# With threads, and connections shared evenly.
worker_class = EvenWorker
threads = _settings.web_threads
# Each worker opens its own connections and starts its own threads, none of which outlive a fork.
preload_app = False
timeout = 60
graceful_timeout = 30
# Longer than those who keep connections open wait between two requests (proxies mostly a minute): who ends an idle
# connection first should be the one who asks. Else a request is sent just as its connection ends, and nobody can tell
# whether it was read. A connection that waits costs no thread.
keepalive = 75
# The service logs every request itself.
accesslog = None
control_socket_disable = True


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn says nothing of its types
    """What gunicorn says of itself, written like every other line."""

    def setup(self, cfg: Config) -> None:
        """Hand everything on to the logs of this service."""
        super().setup(cfg)
        set_up_logs(_settings)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True

    def warning(self, msg: str, *args: object, **kwargs: Any) -> None:  # gunicorn's own options
        """Say it without the values of headers that cannot be read, which gunicorn quotes."""
        super().warning(without_header_values(msg), *args, **kwargs)


logger_class = ServerLog


def on_starting(_server: Any) -> None:  # gunicorn's arbiter
    """Forget what workers of an earlier start counted; nothing else in the folder is touched."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).iterdir():
        if _COUNTS.fullmatch(file.name):
            file.unlink()


def on_exit(_server: Any) -> None:  # gunicorn's arbiter
    """Take away the folder of counts if nobody named one."""
    if _made:
        shutil.rmtree(_made, ignore_errors=True)


def post_fork(_server: Any, _worker: Any) -> None:  # gunicorn's own types
    """Let the worker answer problems also where it cannot read a request."""
    from policy_service.api.unread_requests import answer_unread_under_gunicorn  # noqa: PLC0415  # not in the arbiter

    answer_unread_under_gunicorn()


def post_worker_init(_worker: Any) -> None:  # gunicorn's own type
    """Look for garbage less often, and never among what the worker has made until it answers."""
    # That stays for as long as the worker: hundreds of thousands of objects, a third of a second for each look.
    gc.collect()
    gc.freeze()
    # Nearly all of what a request makes goes without a look, and most looks come from that.
    gc.set_threshold(10_000, *gc.get_threshold()[1:])


def child_exit(_server: Any, worker: Any) -> None:  # gunicorn's own types
    """Take a dead worker's gauges out of the figures, its counts stay; and wait for it no longer."""
    from prometheus_client import multiprocess  # noqa: PLC0415  # after the folder is named

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
    # Another kind can be asked for on the command line.
    if isinstance(worker, EvenWorker):
        worker.leave()


def worker_exit(_server: Any, worker: Any) -> None:  # gunicorn's own types
    """Let other processes have the leases of a worker that ends; the rest goes with it.

    A request that outlasts `graceful_timeout` may still be deciding: its engines are left to it.
    """
    from policy_service.app import stop_background  # noqa: PLC0415  # not in the arbiter

    if getattr(worker, "wsgi", None) is not None:
        stop_background(worker.wsgi)
