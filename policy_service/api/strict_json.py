"""JSON as the endpoints read and write it: strict, so that no two readers of one text see different things.

msgspec refuses NaN, numbers that no float holds, lone surrogates, a byte order mark and text behind the value.
It takes the last of two equal keys: a second pass by the standard library looks for these alone.
"""

import codecs
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

import msgspec
from flask import Flask, Request, Response, current_app
from flask.globals import request_ctx
from flask.json.provider import JSONProvider
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_WHOLE: Final = re.compile(r"-?[0-9]{1,30}")
_WHOLE_ANSWERS: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED})
_BYTE_ORDER_MARK: Final = codecs.BOM_UTF8
_PLAIN_PATH: Final = re.compile(r"[\w/-]+", re.ASCII)


class _Answer(Response):
    """An answer that is made whole: its headers say all there is to say."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return the headers as the library does, but as they stand where nothing is to be done to them."""
        # It takes each address apart and puts it together again, as if a person had typed it.
        if self.status_code in _WHOLE_ANSWERS and all(
            name != "Location" or _PLAIN_PATH.fullmatch(value) for name, value in self.headers
        ):
            return self.headers
        return super().get_wsgi_headers(environ)


class StrictJson(JSONProvider):
    """Reads strictly; writes with sorted keys, so that equal answers are equal bytes."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:  # noqa: ARG002
        """Return `obj` as JSON; there are no options."""
        return written(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return an answer of JSON."""
        return _Answer(written(self._prepare_response_obj(args, kwargs)), mimetype="application/json")

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ARG002
        """Return what the text says; ValueError that says what is wrong with it."""
        if s[:3] == _BYTE_ORDER_MARK:
            raise ValueError("It begins with a byte order mark; leave it out.")
        try:
            value = msgspec.json.decode(s)
            _EQUAL_KEYS.decode(s if isinstance(s, str) else s.decode())
        except UnicodeDecodeError as error:
            raise ValueError("The text is not UTF-8.") from error
        except RecursionError as error:
            raise ValueError("Its lists and objects are nested too deeply.") from error
        except msgspec.DecodeError as error:
            raise ValueError(f"{error}.") from error
        return value


class StrictParser(FlaskParser):
    """Reads request bodies with the application's own JSON provider, and takes no question it does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]  # a class variable there too
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        # A filter misspelt must not be a filter left out.
        "query": RAISE,
    }

    def get_default_request(self) -> Request:
        """Return the request itself: what stands for it looks for it at each question."""
        return request_ctx.request

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return what is asked; ValidationError for a thing asked twice, and for a number that is not plain digits."""
        asked = req.args
        errors = {name: wrong for name in asked if (wrong := _wrong(schema.fields.get(name), asked.getlist(name)))}
        if errors:
            raise ValidationError(errors)
        return super().load_querystring(req, schema)

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """Return the body's value; 415 for another media type, 413 beyond the limit, 400 for what is no JSON."""
        if not req.is_json:
            raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
        sent = req.get_data(cache=True)
        # Of a body that does not say its length, what is beyond the limit is left unread, without a word.
        if req.content_length is None and len(sent) >= (req.max_content_length or len(sent) + 1):
            raise RequestEntityTooLarge
        try:
            return current_app.json.loads(sent)
        except ValueError as error:
            _refuse(error)


def written(value: object) -> bytes:
    """Return the value as the JSON of our answers."""
    return msgspec.json.encode(value, order="sorted")


def use_strict_json(app: Flask) -> None:
    """Let `app` read and write JSON strictly."""
    app.json = StrictJson(app)


def _wrong(field: object, values: list[str]) -> list[str]:
    if not isinstance(field, fields.List) and len(values) > 1:
        return ["Ask for it once."]
    if isinstance(field, fields.Integer) and not _WHOLE.fullmatch(values[0]):
        return ["Not a valid integer."]
    return []


def _refuse(error: ValueError) -> NoReturn:
    raise BadRequest(f"The body is no JSON that can be read. {error}") from error


def _refuse_equal_keys(pairs: list[tuple[str, object]]) -> None:
    # Most often there are none, and no key need be looked at by itself.
    if len(dict(pairs)) == len(pairs):
        return
    seen = set[str]()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(f"The key {key[:60]!r} stands twice in one object.")
        seen.add(key)


#: Made once: one is made anew wherever it is told what to do with keys.
_EQUAL_KEYS: Final = json.JSONDecoder(object_pairs_hook=_refuse_equal_keys)
