"""What the description of the API (OpenAPI) says of every operation: how one gets in, and which problems await."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final

from flask_smorest import Api
from marshmallow import fields, validate

from policy_service.api import idempotency, request_ids
from policy_service.api.fields import ONE_LINE, printable
from policy_service.api.problems import PROBLEM_TYPE, Problem

_SCHEME: Final = "bearer"
#: The scope of what needs no key.
OPEN: Final = "open"
_MEANINGS: Final[Mapping[int, str]] = {
    400: "The body, or a header, cannot be read.",
    401: "No valid API key.",
    403: "The person, or the key, may not do this.",
    404: "There is no such thing.",
    406: "The header Accept leaves JSON out.",
    409: "It contradicts what is stored, or a request with the same idempotency key is being answered.",
    412: "Somebody else changed it since it was read.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "The request does not fit its schema, or asks what cannot be.",
    428: "The header If-Match is missing.",
    429: "Too many requests in one minute.",
    503: "The database cannot do it now.",
}
_OF_EVERY_REQUEST: Final = (401, 403, 406, 429, 503)
_OF_A_BODY: Final = (400, 413, 415, 422)
_OF_A_KEY: Final = (400, 409, 422)
_BODIES: Final = frozenset({"json", "form", "files"})
_IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": False,
    "description": "A request sent again under the same key has one effect, and the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
}
_IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag under which it was read.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$', "example": '"1"'},
}
_REQUEST_ID: Final = {
    request_ids.HEADER: {"description": "The request's own id, or one made for it.", "schema": {"type": "string"}}
}
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "The seconds after which to ask again.", "schema": {"type": "integer", "minimum": 1}}
}
_LATER: Final = frozenset({429, 503})


def problem_response(status: int) -> dict[str, Any]:
    """Return how a problem of that status is described."""
    description = _MEANINGS.get(status, HTTPStatus(status).phrase)
    return {"schema": Problem(), "description": description, "content_type": PROBLEM_TYPE}


def describe_security(api: Api) -> None:
    """Let the description say how a key is sent."""
    api.spec.components.security_scheme(
        _SCHEME, {"type": "http", "scheme": "bearer", "description": "An API key, as it was shown when it was made."}
    )


def describe_bounds(api: Api) -> None:
    """Let the description give all bounds that its library leaves out: of names, of choices, of texts as patterns."""
    converter = api.ma_plugin.converter
    converter.add_attribute_function(_bounds_of_texts)
    converter.add_attribute_function(_bounds_of_choices)
    converter.add_attribute_function(_bounds_of_names)


def describe_revision(view: Callable[..., Any], what: str) -> None:
    """Say of the view that the request may name the revision of `what` under which it was read."""
    asks: dict[str, Any] = {
        **_IF_MATCH,
        "required": False,
        "description": f"The ETag under which it was read: then it is only done if nobody changed {what} since.",
    }
    _said_of(view).setdefault("arguments", {}).setdefault("parameters", []).append(asks)


def describe(view: Callable[..., Any], scope: str, *, takes_key: bool, creates: bool) -> None:
    """Add to what decorators said of the view: the scope it needs, its headers, and the problems of every request.

    With the scope `OPEN` it needs no key.
    """
    said = _said_of(view)
    responses = said.setdefault("response", {}).setdefault("responses", {})
    known = {int(status) for status in responses}
    parameters = said.get("arguments", {}).get("parameters", [])
    asked = {*_OF_EVERY_REQUEST, *_problems_of(parameters), *(_OF_A_KEY if takes_key else ())}
    if scope == OPEN:
        asked = {403, 429, 503}
    headers = [_IDEMPOTENCY_KEY] if creates else []
    if 428 in known:
        headers.append(_IF_MATCH)
        asked |= {400, 412}
    for status in sorted(asked - known):
        responses[status] = [problem_response(status)]
    if headers:
        said.setdefault("arguments", {}).setdefault("parameters", []).extend(deepcopy(headers))
    for status, answers in responses.items():
        for answer in answers:
            answer.setdefault("headers", {}).update(_REQUEST_ID, **(_RETRY_AFTER if int(status) in _LATER else {}))
    security: list[dict[str, list[str]]] = [] if scope == OPEN else [{_SCHEME: []}]
    said["manual_doc"] = {**said.get("manual_doc", {}), "security": security, "x-scope": scope}


def _said_of(view: Callable[..., Any]) -> dict[str, Any]:
    # A decorated view shares it with the view that was decorated.
    said: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    view._apidoc = said  # type: ignore[attr-defined]  # flask-smorest reads it there
    return said


def _bounds_of_texts(_converter: object, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    pattern: str | None = ret.get("pattern")
    if pattern is None:
        return {"pattern": ONE_LINE} if printable in field.validators else {}
    # Python's end of a text has another name elsewhere, and its `match` begins at the beginning unasked.
    pattern = pattern.replace(r"\Z", "$")
    return {"pattern": pattern if pattern.startswith("^") else f"^{pattern}"}


def _bounds_of_choices(_converter: object, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    allowed = [each.choices for each in field.validators if isinstance(each, validate.OneOf)]
    if not isinstance(field, fields.Enum) or not allowed:
        return {}
    return {"enum": [each for each in ret["enum"] if all(each in choices for choices in allowed)]}


def _bounds_of_names(converter: Any, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(field, fields.Dict):
        return {}
    # The library gives a length as that of a text.
    lengths = {"minProperties": ret.pop("minLength", None), "maxProperties": ret.pop("maxLength", None)}
    bounds = {name: length for name, length in lengths.items() if length is not None}
    names = converter.field2property(field.key_field) if field.key_field else {}
    bounded = names.keys() & {"pattern", "minLength", "maxLength", "enum"}
    return bounds | ({"propertyNames": {name: names[name] for name in sorted(bounded)}} if bounded else {})


def _problems_of(parameters: list[Mapping[str, Any]]) -> tuple[int, ...]:
    if any(each["in"] in _BODIES for each in parameters):
        return _OF_A_BODY
    return (422,) if any(each["in"] != "header" for each in parameters) else ()
