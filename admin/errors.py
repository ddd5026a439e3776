"""Errors as pages: what was found and what to do, with the request's id to tell whoever runs the service."""

from http import HTTPStatus

import structlog
from flask import Flask, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.api.request_ids import request_id
from policy_service.domain.errors import PolicyServiceError

log = structlog.get_logger()


def register_errors(console: Flask) -> None:
    """Answer every error of the console as a page."""
    console.register_error_handler(PolicyServiceError, _service_error)
    console.register_error_handler(CSRFError, _forged)
    console.register_error_handler(HTTPException, _http_error)
    console.register_error_handler(Exception, _unexpected)


def _service_error(error: PolicyServiceError) -> tuple[str, int]:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # A driver's words may name hosts and files.
        log.error("page_failed", code=error.code, found=error.message)
        return _page(status, gettext("The service cannot do it now. Try again in a moment."), error.code)
    return _page(status, said(error), error.code)


def _forged(_error: CSRFError) -> tuple[str, int]:
    return _page(400, gettext("This form is no longer good, or came from another page. Open the page anew."), "")


def _http_error(error: HTTPException) -> tuple[str, int]:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    texts = {
        403: gettext("You may not see this page. Ask an administrator for the role that may."),
        404: gettext("There is no such page."),
        405: gettext("This page cannot be asked for like that."),
        413: gettext("That is too much at once."),
    }
    return _page(status, texts.get(status, gettext("The request cannot be answered.")), "")


def _unexpected(error: Exception) -> tuple[str, int]:
    log.error("page_failed", code="H500", path=request.path, exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, gettext("The service failed."), "H500")


def _page(status: int, text: str, code: str) -> tuple[str, int]:
    told = {"title": _title(status), "status": status, "text": text, "code": code, "request_id": request_id()}
    return render_template("console/error.html", **told), status


def _title(status: int) -> str:
    titles = {403: gettext("Not allowed"), 404: gettext("Not found")}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return str(gettext("It cannot be done now"))
    return str(titles.get(status) or gettext("It cannot be done like that"))
