"""What another system has, looked at for a mapping of it: its objects, their fields, and what is proposed of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.connectors.mapping.mapping import ConnectorMapping, wanted
from policy_service.connectors.mapping.proposals import likely_objects, propose
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.writer import mapping_text
from policy_service.connectors.port import RemoteField, RemoteObject, System
from policy_service.domain.errors import PolicyTextError
from policy_service.services.actor import Actor
from policy_service.services.connections.allowed import require_looks_into
from policy_service.services.connections.opening import opened
from policy_service.services.connections.setting_up import shipped_mapping
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore, StoredConnection

#: The fields of so many objects are asked for at most.
MOST_OBJECTS: Final = 40


@dataclass(frozen=True, slots=True)
class Discovery:
    """What can be pulled; `fields` are those of every object, none of one whose fields were not asked for."""

    objects: tuple[RemoteObject, ...]
    fields: Mapping[str, tuple[RemoteField, ...]]


def discover(house: House, name: str, actor: Actor, seconds: float) -> Discovery:
    """Return what is over there, with the fields of objects that a mapping may read.

    After so many seconds it waits for the other system no longer. AccessError A403 as
    `allowed` says; NotStored S209 if there is no such connection; ConnectorError for what goes wrong.
    """
    require_looks_into(actor)
    with house.database.reading() as session:
        connection = ConnectionStore(session).load(name)
    with opened(house, connection, within(house, seconds)) as connector:
        objects = connector.objects()
        there = {one.name for one in objects}
        read = dict.fromkeys((*_read_by_mappings(house, connection), *likely_objects(objects)))
        asked = [one for one in read if one in there][:MOST_OBJECTS]
        fields: dict[str, tuple[RemoteField, ...]] = {one.name: () for one in objects}
        fields |= {one: connector.fields(one) for one in asked}
    return Discovery(objects, fields)


def proposed(house: House, system: System, found: Discovery) -> str:
    """Return the likeliest mapping of what is over there, as text."""
    shipped = read_connector_mapping(shipped_mapping(house, system), f"{system.value}.yaml")
    return mapping_text(propose(system, found.objects, found.fields, shipped))


def within(house: House, seconds: float) -> Callable[[], bool]:
    """Return what is asked whether to wait on: for so many seconds from now."""
    until = house.world.monotonic() + seconds
    return lambda: house.world.monotonic() < until


def _read_by_mappings(house: House, connection: StoredConnection) -> Iterator[str]:
    for text in (connection.mapping, shipped_mapping(house, System(connection.system))):
        try:
            mapping = read_connector_mapping(text, f"{connection.name}.yaml")
        except PolicyTextError:
            # There is none yet, or one to be mended: whoever reads it is told, what is over there is seen all the same.
            continue
        yield from _objects_of(mapping)


def _objects_of(mapping: ConnectorMapping) -> Iterator[str]:
    yield from (one.object_name for one in wanted(mapping, with_written=True))
    yield from (feed.object_name for feed in mapping.feeds)
    if mapping.tasks:
        yield mapping.tasks.object_name
