"""A mapping tried on real rows: those that were mirrored, or a page that is asked for now; nothing is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.connectors.mapping.mapping import ConnectorMapping, wanted
from policy_service.connectors.mapping.translation import Company, Translated, TranslatedRow, translate
from policy_service.connectors.port import Body, Wanted
from policy_service.domain.acting import Act
from policy_service.services.actor import Actor
from policy_service.services.connections.allowed import require_looks_into, require_sees
from policy_service.services.connections.discovering import within
from policy_service.services.connections.making import translated
from policy_service.services.connections.opening import opened
from policy_service.services.house import House
from policy_service.services.ledger_in.frame import base_currency_for
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.mirror_store import Mirrored, MirrorStore

#: So many rows of an object are shown, and so many objects.
MOST_ROWS: Final = 5
MOST_OBJECTS: Final = 12


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row over there with the fields that are read of it, the rows of the ledger it becomes, and why not more."""

    row_id: str
    body: Body
    rows: tuple[TranslatedRow, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class TriedObject:
    """Some rows of an object; `unknown` are fields that the mapping reads and that were not pulled so far."""

    object_name: str
    rows: tuple[TriedRow, ...]
    unknown: tuple[str, ...] = ()


def try_on_mirror(
    house: House, session: Session, name: str, mapping: ConnectorMapping, actor: Actor, act: Act
) -> tuple[TriedObject, ...]:
    """Return what a mapping makes of the first rows that were pulled of each object that it feeds from.

    AccessError A403 as `allowed` says; NotStored S209 if there is no such connection.
    """
    require_sees(actor)
    mirror = MirrorStore(session, ConnectionStore(session).load(name).connection_id)
    company = _company(house, session, act)
    return tuple(_mirrored(mirror, one, mapping, company) for one in _fed_from(mapping))


def try_on_page(
    house: House, name: str, mapping: ConnectorMapping, actor: Actor, act: Act, seconds: float
) -> tuple[TriedObject, ...]:
    """Return what a mapping makes of the first rows that are over there now; what is looked up may be further on.

    AccessError A403 as `allowed` says; NotStored S209; ConnectorError for what goes wrong.
    """
    require_looks_into(actor)
    with house.database.reading() as session:
        connection = ConnectionStore(session).load(name)
        company = _company(house, session, act)
    bodies: dict[str, dict[str, Body]] = {}
    with opened(house, connection, within(house, seconds)) as connector:
        for one in wanted(mapping)[:MOST_OBJECTS]:
            page = connector.page(one, "")
            bodies[one.object_name] = {row.row_id: row.body for row in page.rows if not row.is_deleted}

    def look_up(object_name: str, row_id: str) -> Body | None:
        return bodies.get(object_name, {}).get(row_id)

    def tried(one: Wanted) -> Iterator[TriedRow]:
        for row_id, body in list(bodies.get(one.object_name, {}).items())[:MOST_ROWS]:
            yield _tried(one, row_id, body, translate(mapping, one.object_name, row_id, body, look_up, company))

    return tuple(TriedObject(one.object_name, tuple(tried(one))) for one in _fed_from(mapping))


def _mirrored(mirror: MirrorStore, one: Wanted, mapping: ConnectorMapping, company: Company) -> TriedObject:
    rows: Sequence[Mirrored] = mirror.some(one.object_name, MOST_ROWS)
    made: Mapping[tuple[str, str], Translated] = translated(mirror, rows, mapping, company)
    cursor = mirror.cursor(one.object_name)
    unknown = tuple(name for name in one.fields if name not in cursor.fields) if cursor else ()
    tried = (_tried(one, row.row_id, row.body or {}, made[row.object_name, row.row_id]) for row in rows)
    return TriedObject(one.object_name, tuple(tried), unknown)


def _tried(one: Wanted, row_id: str, body: Body, made: Translated) -> TriedRow:
    return TriedRow(row_id, {name: body.get(name) for name in one.fields}, made.rows, made.left_out)


def _fed_from(mapping: ConnectorMapping) -> list[Wanted]:
    feeding = {feed.object_name for feed in mapping.feeds if feed.is_on}
    return [one for one in wanted(mapping) if one.object_name in feeding][:MOST_OBJECTS]


def _company(house: House, session: Session, act: Act) -> Company:
    return Company(house.settings.zone, base_currency_for(house, session, act.at).code)
