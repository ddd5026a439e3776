"""The service on waitress, begun anew whenever it is killed: `python -m tests.running.serving`, settings in the
environment; says the process id and the port of each.

What is imported once is there again at once: a test that kills hundreds of times does not wait for Python each time.
"""

import os
import sys

from waitress.server import create_server

from policy_service.api import blueprints  # noqa: F401  # imported before anything is forked
from policy_service.app import create_app, start_background
from policy_service.logs import set_up_logs
from policy_service.running import now, open_house
from policy_service.settings import read_settings


def main() -> None:
    """Begin the service, wait for its end, begin it again."""
    _warm_up()
    while True:
        child = os.fork()
        if not child:
            _serve()
        os.waitpid(child, 0)


def _warm_up() -> None:
    # A policy never seen before is tried in a process of its own, which takes a second; nothing is open after this.
    settings = read_settings()
    house = open_house(settings)
    with house.database.reading() as session:
        house.policies.effective(session, settings.default_policy, now())
    house.close()


def _serve() -> None:
    settings = read_settings()
    set_up_logs(settings)
    app = create_app(settings)
    start_background(app)
    server = create_server(app, host="127.0.0.1", port=0, threads=settings.web_threads)
    # One write: no line is ever cut in two.
    os.write(sys.stdout.fileno(), f"{os.getpid()} {server.effective_port}\n".encode())
    server.run()


if __name__ == "__main__":
    main()
