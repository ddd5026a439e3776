"""What Zoho CRM says of its modules and their fields."""

from typing import Final

from policy_service.connectors.port import Body, FieldKind, Json, RemoteField, RemoteObject
from policy_service.connectors.zoho.refusals import words_of

_KINDS: Final = {
    "currency": FieldKind.MONEY,
    "integer": FieldKind.NUMBER,
    "bigint": FieldKind.NUMBER,
    "double": FieldKind.NUMBER,
    "percent": FieldKind.NUMBER,
    "date": FieldKind.DAY,
    "datetime": FieldKind.INSTANT,
    "picklist": FieldKind.CHOICE,
    "multiselectpicklist": FieldKind.LIST,
    "lookup": FieldKind.REFERENCE,
    "ownerlookup": FieldKind.REFERENCE,
    "userlookup": FieldKind.REFERENCE,
    "boolean": FieldKind.FLAG,
    "subform": FieldKind.LIST,
    "fileupload": FieldKind.LIST,
    "imageupload": FieldKind.LIST,
    "profileimage": FieldKind.TEXT,
}
_OF_USERS: Final = frozenset({"ownerlookup", "userlookup"})


def module_of(found: Body) -> RemoteObject | None:
    """Return the object that a module is; none for one that the API does not give."""
    name = words_of(found.get("api_name"))
    if not name or found.get("api_supported") is False:
        return None
    title = words_of(found.get("plural_label")) or words_of(found.get("module_name")) or name
    return RemoteObject(name, title, is_custom=found.get("generated_type") == "custom")


def field_of(found: Body) -> RemoteField | None:
    """Return the field that a description is of; none for one without a name."""
    name, kind = words_of(found.get("api_name")), words_of(found.get("data_type"))
    if not name:
        return None
    lookup = found.get("lookup")
    module = lookup.get("module") if isinstance(lookup, dict) else None
    refers_to = words_of(module.get("api_name") if isinstance(module, dict) else module)
    return RemoteField(
        name,
        words_of(found.get("field_label")) or name,
        _KINDS.get(kind, FieldKind.TEXT),
        choices=_choices(found.get("pick_list_values")),
        refers_to="users" if kind in _OF_USERS else refers_to,
        is_writable=not (found.get("read_only") is True or found.get("field_read_only") is True),
    )


def _choices(found: Json) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ()
    values = (words_of(each.get("actual_value")) for each in found if isinstance(each, dict))
    return tuple(value for value in values if value)
