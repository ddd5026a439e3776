"""What the description of the API says beyond what each endpoint says of itself: servers, names, examples."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from flask_smorest import Api

from policy_service.api.problems import PROBLEM_TYPE
from policy_service.api.uploads import parts_with_files

_SAID: Final = (
    "May this order ship on open account, what standing does a customer deserve, how far up the ladder is it: "
    "answered by the policy in force, with reasons, and recorded. Every error is a problem (RFC 9457) whose `code` "
    "leads to [the page of errors](/docs/errors)."
)
#: Of parameters in an address, by their names; every other text is an id of this service.
_EXAMPLES: Final = {
    "customer_id": "C000000395",
    "order_id": "SO-4711",
    "entry_id": "I-1",
    "policy_id": "manufacturer_cn",
    "login": "ada",
    "role": "analyst",
    "table": "payments",
    "day": "2026-03-01",
    "name": "standing.yaml",
}
#: What tests/api/story.py was answered; a host that can be named stands for the address of its webhook.
EXAMPLES: Final = Path(__file__).with_name("examples.json")
NAMED: Final = "erp.example.com"
_NAMES: Final = {"/v1/settings/": "approvers_needed", "/v1/connections/": "crm"}
_ID: Final = "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"
_KEY: Final = "4711-1"
#: The first status of a problem.
_PROBLEMS: Final = "4"
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ETag": {"description": "Its revision; name it in If-Match to change it.", "schema": {"type": "string"}},
    "Location": {"description": "Where it can be read from now on.", "schema": {"type": "string"}},
}
#: Of a text that every second endpoint asks for.
_REASON: Final = "Agreed with the customer by phone."


def complete_description(api: Api) -> None:
    """Add servers, the name of every operation, examples of everything, and the files that a form may hold."""
    said = _examples()
    for status, problem in said["problems"].items():
        api.spec.components.example(f"Problem{status}", {"value": problem})
    api.spec.components.schemas["UploadForm"]["properties"].update(parts_with_files())
    api.spec.options.setdefault("servers", [{"url": "/", "description": "This service"}])
    api.spec.options.setdefault("info", {}).setdefault("description", _SAID)
    for schema in api.spec.components.schemas.values():
        reason = schema.get("properties", {}).get("reason", {})
        if reason.get("type") == "string":
            reason.setdefault("example", _REASON)
    for path, item in api.spec._paths.items():  # apispec gives no other way to what was registered
        for method, operation in item.items():
            if method == "parameters":
                continue
            operation.setdefault("operationId", _operation_id(method, path))
            _show(operation, said["operations"].get(f"{method.upper()} {path}", {}))
            for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
                _exemplify(path, parameter)


@lru_cache(maxsize=1)
def _examples() -> Mapping[str, Mapping[str, Any]]:
    examples: Mapping[str, Mapping[str, Any]] = msgspec.json.decode(EXAMPLES.read_bytes())
    return examples


def _show(operation: dict[str, Any], shown: Mapping[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "request" in shown:
            content["example"] = shown["request"]
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            if kind == PROBLEM_TYPE:
                content["examples"] = {"problem": {"$ref": f"#/components/examples/Problem{status}"}}
            elif "answer" in shown:
                # Of a file in several forms each has its own.
                content.setdefault("example", shown["answer"])
        if status < _PROBLEMS:
            headers = {name: {**_HEADERS[name], "example": value} for name, value in shown.get("headers", {}).items()}
            response.setdefault("headers", {}).update(headers)


def _operation_id(method: str, path: str) -> str:
    words = re.findall(r"[a-z0-9]+", path.removeprefix("/v1").lower())
    return "_".join((method, *words))


def _exemplify(path: str, parameter: Any) -> None:
    if "example" in parameter or "example" in parameter.get("schema", {}):
        return
    name = parameter["name"]
    match parameter["in"]:
        case "path" if parameter["schema"].get("type") == "integer":
            parameter["example"] = 1
        case "path":
            parameter["example"] = _named(path) if name == "name" else _EXAMPLES.get(name, _ID)
        case "header" if name == "Idempotency-Key":
            parameter["example"] = _KEY


def _named(path: str) -> str:
    return next((each for start, each in _NAMES.items() if path.startswith(start)), _EXAMPLES["name"])
