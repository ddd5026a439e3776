"""Which objects a company's Fxiaoke has, and which fields."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from policy_service.connectors.fxiaoke.refusals import not_as_said
from policy_service.connectors.fxiaoke.session import Session, data_of, is_custom
from policy_service.connectors.port import FieldKind, Json, RemoteField, RemoteObject

_KINDS: Final[Mapping[str, FieldKind]] = MappingProxyType(
    {
        "number": FieldKind.NUMBER,
        "percentile": FieldKind.NUMBER,
        "count": FieldKind.NUMBER,
        "currency": FieldKind.MONEY,
        "date": FieldKind.DAY,
        "date_time": FieldKind.INSTANT,
        "select_one": FieldKind.CHOICE,
        "record_type": FieldKind.CHOICE,
        "select_many": FieldKind.LIST,
        "true_or_false": FieldKind.FLAG,
        "object_reference": FieldKind.REFERENCE,
        "master_detail": FieldKind.REFERENCE,
        "object_reference_many": FieldKind.LIST,
        "employee": FieldKind.LIST,
        "employee_many": FieldKind.LIST,
        "department": FieldKind.LIST,
        "department_many": FieldKind.LIST,
        "tag": FieldKind.LIST,
        "array": FieldKind.LIST,
        "file_attachment": FieldKind.LIST,
        "image": FieldKind.LIST,
    }
)
_COMPUTED: Final = frozenset({"auto_number", "formula", "count", "quote", "record_type"})
#: What no update changes: the system keeps these itself, and an owner has a call of its own.
_KEPT_THERE: Final = frozenset(
    {"_id", "create_time", "created_by", "last_modified_time", "last_modified_by", "life_status", "owner", "version"}
)


def read_objects(session: Session) -> tuple[RemoteObject, ...]:
    """Return the objects that are in use."""
    found = data_of(session.ask("/cgi/crm/v2/object/list", {})).get("objects")
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise not_as_said("it has no list of objects")
    objects = []
    for each in found:
        if isinstance(each, Mapping) and each.get("isActive") is not False:
            name = _named(each, "describeApiName", "apiName")
            title = _named(each, "describeDisplayName", "displayName") or name
            objects += [RemoteObject(name, title, is_custom(name))] if name else []
    return tuple(objects)


def read_fields(session: Session, object_name: str) -> tuple[RemoteField, ...]:
    """Return the fields of an object that are in use, and for each reference the name of what it refers to."""
    # The name stands in two places, as documents and code that works differ on where.
    asked: Mapping[str, Json] = {"apiName": object_name, "includeDetail": False, "data": {"apiName": object_name}}
    data = data_of(session.ask("/cgi/crm/v2/object/describe", asked))
    described = data.get("describe")
    found = (described if isinstance(described, Mapping) else data).get("fields")
    fields = [RemoteField("_id", "ID", is_writable=False)]
    for name, field in _described(found):
        if name != "_id" and field.get("is_active") is not False:
            fields += _fields(name, field)
    return tuple(fields)


def _described(found: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    match found:
        case Mapping():
            yield from ((name, field) for name, field in found.items() if isinstance(field, Mapping))
        case [*several]:
            for field in several:
                if isinstance(field, Mapping) and (name := _named(field, "api_name", "apiName")):
                    yield name, field
        case _:
            raise not_as_said("it has no fields")


def _fields(name: str, field: Mapping[str, Json]) -> Iterator[RemoteField]:
    said = _named(field, "type", "dataType")
    # A formula is of the kind that it gives.
    kind = _KINDS.get(_named(field, "return_type") or said, FieldKind.TEXT)
    title = _named(field, "label") or name
    yield RemoteField(
        name,
        title,
        kind,
        choices=tuple(_choices(field.get("options"))),
        refers_to=_named(field, "target_api_name"),
        is_writable=said not in _COMPUTED and name not in _KEPT_THERE,
    )
    if kind is FieldKind.REFERENCE:
        yield RemoteField(f"{name}__r", f"{title} (name)", is_writable=False)


def _choices(options: Json) -> Iterator[str]:
    for option in options if isinstance(options, Sequence) and not isinstance(options, str) else ():
        if isinstance(option, Mapping) and (value := option.get("value")) is not None:
            yield str(value)


def _named(found: Mapping[str, Json], *names: str) -> str:
    texts = (value for name in names if isinstance(value := found.get(name), str))
    return next(filter(None, texts), "")
