"""The common change of a mapping: another field for a column, chosen from those that are there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from admin.screens.connections.words import KINDS
from policy_service.connectors.mapping.checks import GIVES_GROUPS
from policy_service.connectors.mapping.mapping import ConnectorMapping, Feed
from policy_service.connectors.mapping.sources import FromField, Source
from policy_service.connectors.port import FieldKind, RemoteField, System
from policy_service.services.connections.discovering import Discovery

_FIELD: Final = "field:"
_ITEM: Final = "item:"


@dataclass(frozen=True, slots=True)
class Option:
    """A field that may feed a column; `value` stands for it in the form."""

    value: str
    name: str
    title: str
    kind: str


def options(feed: Feed, found: Discovery) -> tuple[Option, ...]:
    """Return the fields of the feed's object, and those of the items of its list."""
    fields = found.fields.get(feed.object_name, ())
    items = next((one.parts for one in fields if feed.each and one.name == feed.each), ())
    return (*_options(_ITEM, items), *_options(_FIELD, fields))


def chosen_value(source: Source | None) -> str:
    """Return what stands for a plain field in the form, "" for anything else."""
    if not isinstance(source, FromField):
        return ""
    return (_ITEM if source.of_item else _FIELD) + source.name


def with_column(
    mapping: ConnectorMapping, number: int, column: str, value: str, found: Discovery
) -> ConnectorMapping | None:
    """Return the mapping with another field for a column, or without the column for ""; none for what is no field."""
    feed = mapping.feeds[number]
    columns = dict(feed.columns)
    if not value:
        columns.pop(column, None)
    elif any(one.value == value for one in options(feed, found)):
        columns[column] = _source(mapping.system, feed, feed.columns.get(column), value, found)
    else:
        return None
    return with_feed(mapping, number, replace(feed, columns=columns))


def with_feed(mapping: ConnectorMapping, number: int, feed: Feed) -> ConnectorMapping:
    """Return the mapping with another feed in place of that number's."""
    return replace(mapping, feeds=(*mapping.feeds[:number], feed, *mapping.feeds[number + 1 :]))


def _source(system: System, feed: Feed, before: Source | None, value: str, found: Discovery) -> Source:
    if before is not None and chosen_value(before) == value:
        return before
    is_item = value.startswith(_ITEM)
    name = value.partition(":")[2]
    kind = next((one.kind for one in found.fields[feed.object_name] if one.name == name), FieldKind.TEXT)
    part = "id" if kind is FieldKind.REFERENCE and system in GIVES_GROUPS and not is_item else ""
    # A prefix tells ids of systems apart, whatever field they come from; a table of words was of the other field.
    prefix = before.prefix if isinstance(before, FromField) else ""
    return FromField(name, part=part, of_item=is_item, prefix=prefix)


def _options(what: str, fields: tuple[RemoteField, ...]) -> Iterator[Option]:
    for one in fields:
        if one.kind is not FieldKind.LIST:
            yield Option(what + one.name, one.name, one.title, str(KINDS[one.kind]))
