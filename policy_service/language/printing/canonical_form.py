"""How a policy's frozen classes become JSON: read off their type hints, so that no field can be forgotten."""

import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TypeAlias

from policy_service.domain.amounts import decimal_text

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
#: A type hint: a class, a union, a tuple, a mapping.
Hint: TypeAlias = Hashable

#: The key that names the class where a field may hold one of several.
TAG = "is"
#: The key of a decimal: a condition over entries may compare with a text or with a number.
DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field that counts for equality; a value equal to `default` (if `has_default`) is not written."""

    name: str
    hint: Hint
    has_default: bool
    default: object


@cache
def field_forms(kind: Hint) -> tuple[FieldForm, ...]:
    """Return the fields of a dataclass that count for equality: places do not."""
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise TypeError(f"{kind} is no dataclass")
    hints = typing.get_type_hints(kind)
    found = []
    for each in fields(kind):
        if each.compare:
            has_factory = each.default_factory is not MISSING
            default = each.default_factory() if each.default_factory is not MISSING else each.default
            found.append(FieldForm(each.name, hints[each.name], has_factory or default is not MISSING, default))
    return tuple(found)


@cache
def alternatives(hint: Hint) -> tuple[Hint, ...]:
    """Return the members of a union but None; of any other hint, itself."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(member for member in typing.get_args(hint) if member is not type(None))
    return (hint,)


@cache
def classes_of(hint: Hint) -> Mapping[str, type]:
    """Return the dataclasses of a union by name; none unless it has several."""
    members = (member for member in alternatives(hint) if isinstance(member, type))
    found = {member.__name__: member for member in members if is_dataclass(member)}
    return found if len(found) > 1 else {}


def to_json(value: object, hint: Hint) -> Json:
    """Return `value`, which is of `hint`, as JSON: fields by name, tuples as lists, defaults left out."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int | str):
        return value
    if isinstance(value, Decimal):
        return {DECIMAL: decimal_text(value)}
    if isinstance(value, tuple):
        return _items_to_json(value, alternatives(hint)[0])
    if isinstance(value, Mapping):
        of_value = typing.get_args(alternatives(hint)[0])[1]
        return {str(key): to_json(item, of_value) for key, item in value.items()}
    written: dict[str, Json] = {TAG: type(value).__name__} if classes_of(hint) else {}
    for form in field_forms(typing.cast(Hashable, type(value))):
        item = getattr(value, form.name)
        if not form.has_default or item != form.default:
            written[form.name] = to_json(item, form.hint)
    return written


def _items_to_json(value: tuple[object, ...], hint: Hint) -> list[Json]:
    return [to_json(item, of_item) for item, of_item in zip(value, item_hints(hint, len(value)), strict=True)]


def item_hints(hint: Hint, length: int) -> tuple[Hint, ...]:
    """Return the hint of each item of a tuple: `tuple[X, ...]` has as many as needed."""
    arguments = typing.get_args(hint)
    return (arguments[0],) * length if arguments[1:] == (Ellipsis,) else arguments
