"""The hostile requests of hostile_requests.yaml, read; and whether they are answered as it says."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from tests.api.asking import PROBLEM_KEYS

#: A text, or what makes a long one in few words.
Parts: TypeAlias = str | Sequence["Parts"] | Mapping[str, Any]
#: Where a raw request says KEY, the key of the test is sent.
KEY: Final = b"KEY"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request as it is sent, and the answers that it may get."""

    method: str
    path: bytes
    headers: Mapping[str, str]
    body: bytes | None
    answers: Sequence[str]
    raw: bytes = field(default=b"", repr=False)

    def on_the_wire(self, key: str) -> bytes:
        """Return the request as a server reads it, over a connection that it is alone on."""
        if self.raw:
            return self.raw.replace(KEY, key.encode())
        headers = {"Host": "localhost", "Authorization": f"Bearer {key}", "Connection": "close", **self.headers}
        if self.body is not None:
            headers["Content-Length"] = str(len(self.body))
        lines = [b"%s %s HTTP/1.1" % (self.method.encode(), self.path)]
        lines += [f"{name}: {each}".encode() for name, each in headers.items()]
        return b"\r\n".join(lines) + b"\r\n\r\n" + (self.body or b"")


def hostile_requests() -> Mapping[str, Hostile]:
    """Return every request of the file by its name."""
    text = Path(__file__).with_name("hostile_requests.yaml").read_text(encoding="utf-8")
    return {name: _read(**said) for name, said in yaml.safe_load(text).items()}


def misfit(hostile: Hostile, status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return what is wrong with an answer; an empty text if it is one of those allowed."""
    told = f"{status} {body[:300]!r}"
    if not status:
        return "" if "closed" in hostile.answers else "closed without an answer"
    if "X-Request-Id" not in headers:
        return f"no request id: {told}"
    if not headers["X-Request-Id"].isprintable():
        return "a request id that is none"
    if status < 400:
        return "" if str(status) in hostile.answers else told
    if headers.get("Content-Type") != "application/problem+json":
        return f"no problem: {told}"
    problem = json.loads(body)
    if problem.keys() - {"errors"} != PROBLEM_KEYS or problem["request_id"] != headers["X-Request-Id"]:
        return f"a problem of another shape: {told}"
    if status == 405 and "Allow" not in headers:
        return f"no Allow: {told}"
    is_allowed = {str(status), f"{status} {problem['code']}"} & set(hostile.answers)
    return "" if is_allowed and problem["status"] == status else told


def _read(
    answer: str | int | list[str | int],
    path: Parts = "/v1/people",
    method: str = "",
    headers: Mapping[str, Parts] | None = None,
    body: Parts | None = None,
    raw: Parts = "",
    *,
    served: bool = False,
) -> Hostile:
    assert served == bool(raw)
    sent = None if body is None else _bytes(body)
    said = {name: _bytes(each).decode() for name, each in (headers or {}).items()}
    if sent is not None:
        said = {"Content-Type": "application/json", **said}
    answers = [str(each) for each in (answer if isinstance(answer, list) else [answer])]
    used = method or ("GET" if sent is None else "POST")
    return Hostile(used, _bytes(path), said, sent, answers, _bytes(raw))


def _bytes(parts: Parts) -> bytes:
    match parts:
        case str():
            return parts.encode("utf-8", "surrogatepass")
        case {"hex": text}:
            return bytes.fromhex(text)
        case {"gzip": text}:
            return gzip.compress(text.encode(), mtime=0)
        case {"text": text, "times": times}:
            return _bytes(text) * times
        case Mapping():
            raise AssertionError(f"Nobody knows {sorted(parts)}.")
        case _:
            return b"".join(map(_bytes, parts))
