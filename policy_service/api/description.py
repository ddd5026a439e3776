"""What the description of the API says beyond what each endpoint says of itself: servers, names, examples of ids."""

import re
from typing import Any, Final

from flask_smorest import Api

_SAID: Final = (
    "May this order ship on open account, what standing does a customer deserve, how far up the ladder is it: "
    "answered by the policy in force, with reasons, and recorded. Every error is a problem (RFC 9457) whose `code` "
    "leads to /docs/errors."
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
_OF_SETTINGS: Final = {"name": "approvers_needed"}
_ID: Final = "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"
_KEY: Final = "4711-1"
#: Of a text that every second endpoint asks for.
_REASON: Final = "Agreed with the customer by phone."
_LINES: Final = (
    '{"type": "order", "customer_id": "C000000395", "order_id": "SO-1", "facts": {"order_amount": "5000.00"}}\n'
    '{"type": "review", "customer_id": "C000000017"}\n'
)


def complete_description(api: Api) -> None:
    """Add servers, the name of every operation, and examples for what stands in addresses and headers."""
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
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/x-ndjson":
                    content.setdefault("example", _LINES)
            for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
                _exemplify(path, parameter)


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
            of_address = _OF_SETTINGS if path.startswith("/v1/settings/") else _EXAMPLES
            parameter["example"] = of_address.get(name, _ID)
        case "header" if name == "Idempotency-Key":
            parameter["example"] = _KEY
