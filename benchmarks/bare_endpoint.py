"""The least that an endpoint can do: a Flask application that reads a JSON body and answers JSON of a given size."""

import json
import os
from pathlib import Path
from typing import Final

from flask import Flask, Response, jsonify, request

#: Names the file with the answer; the address of the one endpoint is that of the service.
ANSWER_FILE: Final = "BARE_ANSWER"


def wsgi() -> Flask:
    """Return the application; gunicorn calls it in each worker."""
    answer = json.loads(Path(os.environ[ANSWER_FILE]).read_text("utf-8"))
    app = Flask(__name__, static_folder=None)

    @app.post("/v1/decisions")
    def answered() -> tuple[Response, int]:
        request.get_json()
        return jsonify(answer), 201

    @app.get("/readyz")
    def ready() -> str:
        return "ready"

    return app
