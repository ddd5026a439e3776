"""The least that an endpoint can do: Flask applications that read a JSON body and answer JSON of a given size.

One does no more than that; the other stores its answer first, as whoever must be able to show it later has to.
"""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg
from flask import Flask, Response, jsonify, request
from sqlalchemy import make_url

#: Names the file with the answer; the address of the one endpoint is that of the service.
ANSWER_FILE: Final = "BARE_ANSWER"
DATABASE: Final = "DATABASE_URL"
#: Under which the application that stores keeps its connections, for whoever wants to close them.
CONNECTIONS: Final = "connections"

_MAKE: Final = "CREATE TABLE bare_answers (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)"
_STORE: Final = "INSERT INTO bare_answers (body) VALUES (%s)"


def wsgi() -> Flask:
    """Return the application that only answers; gunicorn calls it in each worker."""
    return _application(lambda _: None)


def storing() -> Flask:
    """Return the application that stores each answer as a row, committed before it is sent; `make_table` comes first.

    Each thread has a connection of its own, kept open.
    """
    url = _url_of_driver(os.environ[DATABASE])
    of_thread, opened = threading.local(), list[psycopg.Connection[Any]]()

    def store(answer: bytes) -> None:
        connection: psycopg.Connection[Any] | None = getattr(of_thread, "connection", None)
        if connection is None:
            connection = of_thread.connection = psycopg.connect(url, prepare_threshold=1)
            opened.append(connection)
        connection.execute(_STORE, (answer,))
        connection.commit()

    app = _application(store)
    app.extensions[CONNECTIONS] = opened
    return app


def make_table(url: str) -> None:
    """Make the table that answers are stored in."""
    with psycopg.connect(_url_of_driver(url)) as connection:
        connection.execute(_MAKE)


def _application(store: Callable[[bytes], None]) -> Flask:
    answer = json.loads(Path(os.environ[ANSWER_FILE]).read_text("utf-8"))
    app = Flask(__name__, static_folder=None)

    @app.post("/v1/decisions")
    def answered() -> tuple[Response, int]:
        request.get_json()
        response = jsonify(answer)
        store(response.get_data())
        return response, 201

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    return app


def _url_of_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
