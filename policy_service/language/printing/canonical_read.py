"""Reads a policy back from its canonical text, field by field along the type hints."""

import json
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, NoReturn

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.errors import PolicyTextError
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical_form import (
    DECIMAL,
    TAG,
    Hint,
    Json,
    alternatives,
    classes_of,
    field_forms,
    item_hints,
)

_FORMATS: Final = frozenset({1})


def from_canonical(text: str) -> Policy:
    """Return the policy that `text` is the canonical text of; L510 if it is none."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(f"it is no JSON ({error})")
    if not isinstance(content, dict) or content.keys() != {"format", "policy"} or content["format"] not in _FORMATS:
        _refuse("it has no format that is known here")
    try:
        policy = _read(content["policy"], Policy, "policy")
    except RecursionError:
        _refuse("it is nested too deep")
    if not isinstance(policy, Policy):
        _refuse("it holds no policy")
    return policy


def _read(content: Json, hint: Hint, where: str) -> object:
    members = alternatives(hint)
    if content is None:
        return None if members != (hint,) else _refuse(f"{where} is null")
    if isinstance(content, dict):
        return _read_mapping(content, hint, where)
    if isinstance(content, list):
        return _read_items(content, hint, where)
    for member in members:
        if isinstance(member, type) and issubclass(member, Enum):
            return _read_enum(content, member, where)
        if type(content) is member:
            return content
    return _refuse(f"{where} is {content!r}")


def _read_mapping(content: dict[str, Json], hint: Hint, where: str) -> object:
    if Decimal in alternatives(hint):
        return _read_decimal(content, where)
    tagged = classes_of(hint)
    kind = tagged.get(str(content.get(TAG))) if tagged else alternatives(hint)[0]
    if isinstance(kind, type) and is_dataclass(kind):
        return _read_fields({key: value for key, value in content.items() if not (tagged and key == TAG)}, kind, where)
    if typing.get_origin(kind) is Mapping:
        of_key, of_value = typing.get_args(kind)
        return {_read(key, of_key, where): _read(value, of_value, f"{where}.{key}") for key, value in content.items()}
    return _refuse(f"{where} is a mapping")


def _read_decimal(content: dict[str, Json], where: str) -> Decimal:
    written = content.get(DECIMAL)
    if content.keys() != {DECIMAL} or not isinstance(written, str):
        _refuse(f"{where} is a mapping")
    try:
        return parse_decimal(written)
    except PolicyTextError as error:
        _refuse(f"{where} is no decimal ({error.message})")


def _read_fields(content: dict[str, Json], kind: type, where: str) -> object:
    forms = {form.name: form for form in field_forms(kind)}
    for key in content.keys() - forms.keys():
        _refuse(f"{where} has no {key}")
    for name, form in forms.items():
        if name not in content and not form.has_default:
            _refuse(f"{where} lacks {name}")
    return kind(**{key: _read(value, forms[key].hint, f"{where}.{key}") for key, value in content.items()})


def _read_items(content: list[Json], hint: Hint, where: str) -> object:
    kind = alternatives(hint)[0]
    if typing.get_origin(kind) is not tuple:
        _refuse(f"{where} is a list")
    hints = item_hints(kind, len(content))
    if len(hints) != len(content):
        _refuse(f"{where} has {len(content)} items")
    return tuple(_read(item, of_item, where) for item, of_item in zip(content, hints, strict=True))


def _read_enum(content: Json, kind: type[Enum], where: str) -> Enum:
    try:
        return kind(content)
    except ValueError:
        _refuse(f"{where} is {content!r}")


def _refuse(found: str) -> NoReturn:
    raise PolicyTextError(
        "L510",
        f"the text is no canonical text of a policy: {found}.",
        remedy="Use a text that the service has written.",
    )
