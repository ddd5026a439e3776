"""The documentation in the browser: the endpoints to try out, and a page with every error; all of it from here."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import flask_swagger_ui
from flask import Blueprint, Response, abort, send_from_directory

from policy_service.api.error_page import error_page

_OWN: Final = Path(__file__).resolve().parent / "pages"
_INSTALLED: Final = Path(flask_swagger_ui.__file__).resolve().parent / "dist"
_FILES: Final = {
    "start.js": _OWN,
    "pages.css": _OWN,
    "swagger-ui.css": _INSTALLED,
    "swagger-ui-bundle.js": _INSTALLED,
    "favicon-32x32.png": _INSTALLED,
}
#: Nothing from elsewhere, no script and no style in the page itself.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs_blueprint(let_in: Callable[[], None]) -> Blueprint:
    """Return the blueprint of the pages; it needs no network beyond this service."""
    blueprint = Blueprint("docs", __name__, url_prefix="/docs")
    blueprint.after_request(_protect)

    @blueprint.get("/")
    def show_endpoints() -> Response:
        let_in()
        return send_from_directory(_OWN, "endpoints.html")

    @blueprint.get("/errors")
    def show_errors() -> Response:
        let_in()
        return Response(_errors(), content_type="text/html; charset=utf-8")

    @blueprint.get("/files/<name>")
    def file(name: str) -> Response:
        let_in()
        folder = _FILES.get(name) or abort(404)
        return send_from_directory(folder, name)

    return blueprint


@lru_cache(maxsize=1)
def _errors() -> str:
    return error_page()


def _protect(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
