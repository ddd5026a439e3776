"""The service on waitress, begun anew whenever it is killed: `tests.running.serving`, settings in the environment;
says the process id and the port of each.

What takes long to begin is there again at once: a test that kills hundreds of times does not wait for it each time.
"""

import os
import sys
from tempfile import TemporaryDirectory

from flask import Flask
from waitress.server import create_server

from policy_service.app import app_of, start_background
from policy_service.leases import take_writer_name
from policy_service.logs import set_up_logs
from policy_service.running import CLOCKS, host_name, now, open_house, process_name
from policy_service.services.house import House
from policy_service.settings import Settings, read_settings


def main() -> None:
    """Begin the service, wait for its end, begin it again."""
    with TemporaryDirectory() as counts:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
        settings = read_settings()
        set_up_logs(settings)
        house, app = _made(settings)
        while True:
            child = os.fork()
            if not child:
                _serve(house, app)
            os.waitpid(child, 0)


def _made(settings: Settings) -> tuple[House, Flask]:
    house = open_house(settings)
    with house.database.reading() as session:
        house.policies.effective(session, settings.default_policy, now())
    app = app_of(house)
    # What is forked opens its own connections.
    house.database.close()
    return house, app


def _serve(house: House, app: Flask) -> None:
    take_writer_name(house, host_name(house.settings), process_name(), CLOCKS)
    start_background(app)
    server = create_server(app, host="127.0.0.1", port=0, threads=house.settings.web_threads)
    # One write: no line is ever cut in two.
    os.write(sys.stdout.fileno(), f"{os.getpid()} {server.effective_port}\n".encode())
    server.run()


if __name__ == "__main__":
    main()
