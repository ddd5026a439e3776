"""The composition root of the HTTP service: settings in, a Flask application out."""

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
import waitress
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from admin.console import PATH as CONSOLE
from admin.console import add_console
from policy_service.api.blueprints import BLUEPRINTS
from policy_service.api.description import complete_description
from policy_service.api.docs_page import docs_blueprint
from policy_service.api.edge import house_of, register_edge
from policy_service.api.health import health_blueprint
from policy_service.api.metrics import Metrics, metrics_blueprint
from policy_service.api.open_endpoints import OpenLimit
from policy_service.api.request_log import watch_requests
from policy_service.api.unread_requests import answer_unread_under_waitress
from policy_service.background.process import Background
from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant
from policy_service.leases import take_writer_name
from policy_service.logs import set_up_logs
from policy_service.running import CLOCKS, host_name, now, open_house, process_name
from policy_service.services.counted_customers import CountedCustomers
from policy_service.services.house import House
from policy_service.settings import Settings, read_settings
from policy_service.storage.errors import Unavailable
from simulations.api.parts import SIMULATION_ENDPOINTS, SIMULATION_WORK

#: The largest request body where an endpoint does not say otherwise; a decision's is a few hundred bytes.
MAX_BODY: Final = 256 * 1024
_BACKGROUND: Final = "policy_service.background"
#: Seconds after which a worker looks again whether the database is there.
_PAUSE: Final = 1.0

log = structlog.get_logger()


class _App(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        # No view waits as a coroutine does; to look at each of them, with every request, is not for nothing.
        return func


def create_app(settings: Settings) -> Flask:
    """Return the application over its database, which gets its tables and policies if it has none.

    A database that cannot be used, or is not up to date, stops the start (StorageError).
    """
    return app_of(house_of_process(settings))


def house_of_process(settings: Settings) -> House:
    """Return the house of a process that answers: it has a writer's name of its own."""
    house = open_house(settings)
    try:
        take_writer_name(house, host_name(settings), process_name(), CLOCKS)
    except BaseException:
        house.close()
        raise
    return house


def app_of(house: House, clock: Callable[[], Instant] = now, elapsed: Callable[[], float] = time.monotonic) -> Flask:
    """Return an application over a house that is open already, acting at the instants of `clock`.

    Minutes of limits, and how long a key is known, go by `elapsed`: seconds of a clock that nobody sets. `close_app`
    closes it.
    """
    app = _App(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    complete_description(register_edge(app, house, (*BLUEPRINTS, *SIMULATION_ENDPOINTS), clock, elapsed))
    metrics = _register_open_endpoints(app, house, OpenLimit(elapsed))
    watch_requests(add_console(app, house, clock), metrics, CONSOLE)
    proxies = house.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def start_background(app: Flask) -> Background:
    """Begin what the process of `app` does beside answering; `close_app` ends it."""
    background = Background(house_of(app), (SIMULATION_WORK,))
    background.start()
    app.extensions[_BACKGROUND] = background
    return background


def serve_app(app: Flask, settings: Settings, listens: Callable[[], None]) -> None:
    """Answer requests in this process, by waitress, until it is stopped; call `listens` once nobody is refused.

    RequestError R504 if nobody can listen at that address.
    """
    answer_unread_under_waitress()
    try:
        server = waitress.create_server(
            app, host=settings.host, port=settings.port, threads=settings.web_threads, ident=None
        )
    # A ValueError is what waitress says of a host that it cannot find.
    except (OSError, ValueError) as error:
        raise _cannot_listen(settings, error) from error
    listens()
    server.run()


def _cannot_listen(settings: Settings, error: OSError | ValueError) -> RequestError:
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return RequestError(
        "R504",
        f"Nobody can listen at {settings.host}:{settings.port} ({said}).",
        remedy="Stop what listens there already, such as another `serve`, or choose another port (--port, PORT) or an "
        "address of this machine (HOST).",
    )


def close_app(app: Flask) -> None:
    """End the background of `app` and free what it holds outside Python; it decides nothing afterwards.

    Call it when no request is under way any more. What is still being worked on beside them keeps what it needs.
    """
    if stop_background(app):
        house_of(app).close()


def stop_background(app: Flask) -> bool:
    """End what the process of `app` does beside answering, if that was begun; return whether all of it has ended."""
    background: Background | None = app.extensions.pop(_BACKGROUND, None)
    return background is None or background.stop()


def wsgi() -> Flask:
    """Return the application of a worker process, with its background begun; gunicorn calls it in each worker.

    While the database does not answer the worker waits for it; what else is wrong stops the start (StorageError).
    """
    settings = read_settings()
    set_up_logs(settings)
    while True:
        try:
            return _begun(settings)
        except Unavailable as error:
            # A worker that gave up at its start would take all the others with it.
            log.warning("database_awaited", code=error.code, found=error.message)
            time.sleep(_PAUSE)


def _begun(settings: Settings) -> Flask:
    app = create_app(settings)
    try:
        start_background(app)
    except BaseException:
        close_app(app)
        raise
    return app


def _register_open_endpoints(app: Flask, house: House, limit: OpenLimit) -> Metrics:
    metrics = Metrics(house, now)
    house.counting = metrics
    house.customers = CountedCustomers(metrics)
    watch_requests(app, metrics)
    app.register_blueprint(health_blueprint(house, now, limit.count))
    app.register_blueprint(metrics_blueprint(metrics, house.settings.metrics_token, limit.count))
    app.register_blueprint(docs_blueprint(limit.count))
    return metrics
