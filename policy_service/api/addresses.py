"""Addresses whose ids hold a slash: `%2F` in a path is a character of an id, as in /v1/orders/2026%2F0815.

A server hands an application the path decoded, where a slash of an id looks like one between ids. It hands over the
address as it was sent too. From that the path is made anew, with `%2F`, and `%25` for the sign itself, left as they
are; routes are found by it, and what they find in it is decoded.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

#: What is left as it is: a slash, and the percent sign, which would else be taken for the beginning of one.
_KEPT: Final = re.compile(r"%(2[5Ff])")
_CHARACTERS: Final = {"%2F": "/", "%2f": "/", "%25": "%"}
#: The largest number that a database takes, or little less.
_LARGEST: Final = 9_000_000_000_000_000_000
_ADDRESSES: Final = ("RAW_URI", "REQUEST_URI")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class IdConverter(UnicodeConverter):
    """One part of a path: any text of at least one character, a slash among them if it was sent as `%2F`."""

    def to_python(self, value: str) -> str:
        """Return the text that the part stands for."""
        return _KEPT.sub(lambda found: _CHARACTERS[found[0]], value) if "%" in value else value

    def to_url(self, value: str) -> str:
        """Return the part that stands for a text."""
        return path_part(value)


class NumberConverter(IntegerConverter):
    """One part of a path: a number that a database takes; a larger one is that of nothing."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=_LARGEST)


def path_part(text: str) -> str:
    """Return a text as one part of a path, as it stands in an address."""
    return quote(text, safe="!$&'()*+,:;=@")


def use_addresses(app: Flask) -> None:
    """Let `app` find slashes within parts of its paths; call it before any route is added."""
    app.url_map.converters.update(default=IdConverter, string=IdConverter, int=NumberConverter)
    # Two slashes are none: where an id is left out, nothing else is meant.
    app.url_map.merge_slashes = False
    app.wsgi_app = _with_kept_slashes(app.wsgi_app)  # type: ignore[method-assign,assignment]


def _with_kept_slashes(answer: Wsgi) -> Wsgi:
    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        sent = next((environ[name] for name in _ADDRESSES if name in environ), "")
        if "%" in sent or "%" in environ["PATH_INFO"]:
            environ["PATH_INFO"] = _kept(sent, environ)
        return answer(environ, start)

    return answered


def _kept(sent: str, environ: dict[str, Any]) -> str:
    path: str = environ["PATH_INFO"]
    mounted: str = environ.get("SCRIPT_NAME", "")
    address = re.sub(r"\Ahttps?://[^/?#]*", "", sent).partition("?")[0]
    # Where somebody on the way changed the path, what was sent says nothing of it.
    if _decoded(address) != mounted + path:
        return path.replace("%", "%25")
    return _decoded(_KEPT.sub(r"%25\1", address)).removeprefix(mounted)


def _decoded(address: str) -> str:
    # The bytes of a text stand in the environment of WSGI as if they were Latin-1.
    return unquote_to_bytes(address.encode("latin-1", "replace")).decode("latin-1")
