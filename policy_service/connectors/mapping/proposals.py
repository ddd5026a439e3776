"""Proposes a mapping of what another system says it has: the shipped one as far as it fits, the rest by names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policy_service.connectors.mapping.checks import FITTING, GIVES_GROUPS, Discovered
from policy_service.connectors.mapping.known_names import FACT_NAMES, FIELD_NAMES, OBJECT_NAMES
from policy_service.connectors.mapping.mapping import TABLE_OF_ID, Condition, ConnectorMapping, Feed, WriteBack
from policy_service.connectors.mapping.sources import FirstOf, FromField, Joined, Source, fields_read, form_of
from policy_service.connectors.port import FieldKind, RemoteField, RemoteObject, System
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.headings import plain_heading


def propose(
    system: System,
    objects: Sequence[RemoteObject],
    discovered: Discovered,
    shipped: ConnectorMapping | None = None,
) -> ConnectorMapping:
    """Return the likeliest mapping of the objects whose fields are `discovered`.

    What `shipped` maps is kept where its fields are there; a column whose field is not there takes one that is called
    so, in English or Chinese, or is left out. A table that nothing feeds takes the object that is called so, if all
    that the table needs is found there. Conditions are kept, so that what they name and is not there is seen.
    """
    feeds = (
        [_kept(system, feed, discovered) for feed in shipped.feeds if feed.object_name in discovered] if shipped else []
    )
    for table in OBJECT_NAMES:
        if not any(feed.table is table for feed in feeds):
            feeds += _found(system, table, objects, discovered, feeds)
    return ConnectorMapping(
        shipped.name if shipped else system.value,
        system,
        tuple(feeds),
        shipped.id_prefixes if shipped else {},
        tuple(_written(shipped.write_back, discovered)) if shipped else (),
        shipped.tasks if shipped and shipped.tasks and shipped.tasks.object_name in discovered else None,
    )


def likely_objects(objects: Sequence[RemoteObject]) -> tuple[str, ...]:
    """Return the objects that are called as a table of the ledger is, so that their fields are worth a look."""
    return tuple(dict.fromkeys(name for table in OBJECT_NAMES for name in _objects_called(table, objects)))


def _kept(system: System, feed: Feed, discovered: Discovered) -> Feed:
    fields = discovered[feed.object_name]
    columns: dict[str, Source] = {}
    for column, source in feed.columns.items():
        if kept := _there(source, feed, discovered):
            columns[column] = kept
        elif field := _called(feed.table, column, fields, {}):
            columns[column] = _source(system, field)
    return replace(feed, columns={**columns, **_further(system, feed.table, columns, fields)})


def _further(
    system: System, table: Table, columns: Mapping[str, Source], fields: Sequence[RemoteField]
) -> Mapping[str, Source]:
    """Return the columns of a file that become facts of customers: those that nothing else takes."""
    if system is not System.DROP_FOLDER or not COLUMNS[table].keeps_further_columns:
        return {}
    taken = {source.name for source in columns.values() if isinstance(source, FromField)}
    further: dict[str, Source] = {}
    for field in fields:
        if field.name not in taken:
            heading = plain_heading(field.name)
            called = next((fact for fact, names in FACT_NAMES.items() if heading in names), field.name)
            name = field.name if called in {*columns, *further} else called
            further[name] = FromField(field.name)
    return further


def _there(source: Source, feed: Feed, discovered: Discovered) -> Source | None:
    """Return as much of a source as its fields are there for."""
    match source:
        case FirstOf(sources):
            kept = [one for one in (_there(each, feed, discovered) for each in sources) if one is not None]
            return replace(source, sources=tuple(kept)) if len(kept) > 1 else next(iter(kept), None)
        case Joined(sources):
            pieces = [_there(each, feed, discovered) for each in sources]
            whole = tuple(one for one in pieces if one is not None)
            return replace(source, sources=whole) if len(whole) == len(pieces) else None
        case FromField(of_item=True):
            return source if _is_part(feed, source.name, discovered) else None
        case _:
            reads = fields_read(source, feed.object_name)
            return source if all(_is_there(object_name, name, discovered) for object_name, name, _ in reads) else None


def _is_there(object_name: str, name: str, discovered: Discovered) -> bool:
    fields = discovered.get(object_name)
    # Of an object whose fields are not known, a file still to come, they are as the mapping says.
    return fields is not None and (not fields or any(field.name == name for field in fields))


def _is_part(feed: Feed, name: str, discovered: Discovered) -> bool:
    lists = [field for field in discovered[feed.object_name] if field.name == feed.each]
    return not lists or not lists[0].parts or any(part.name == name for part in lists[0].parts)


def _found(
    system: System, table: Table, objects: Sequence[RemoteObject], discovered: Discovered, feeds: Sequence[Feed]
) -> Iterator[Feed]:
    fed_by = {feed.table: feed.object_name for feed in reversed(feeds)}
    for name in _objects_called(table, objects):
        fields = discovered.get(name, ())
        found = {column: _called(table, column, fields, fed_by) for column in FIELD_NAMES[table]}
        columns: dict[str, Source] = {column: _source(system, field) for column, field in found.items() if field}
        has_needed = all(column in columns for column in COLUMNS[table].required)
        if has_needed and (table is not Table.PAYMENTS or {"invoice_id", "customer_id"} & set(columns)):
            columns |= _further(system, table, columns, fields)
            yield Feed(name, table, columns, _shared_conditions(fields, feeds))
            return


def _shared_conditions(fields: Sequence[RemoteField], feeds: Sequence[Feed]) -> tuple[Condition, ...]:
    # Such as the state of life that every object of Fxiaoke has.
    names = {field.name for field in fields}
    for feed in feeds:
        read = [one.source.name if isinstance(one.source, FromField) else "" for one in feed.conditions]
        if read and names.issuperset(read):
            return feed.conditions
    return ()


def _objects_called(table: Table, objects: Sequence[RemoteObject]) -> list[str]:
    ranks = {word: rank for rank, word in enumerate(OBJECT_NAMES[table])}
    ranked = []
    for one in objects:
        names = (plain_heading(one.name), plain_heading(one.name).removesuffix("obj"), plain_heading(one.title))
        found = [ranks[name] for name in names if name in ranks]
        if found:
            ranked.append((min(found), one.name))
    return [name for _, name in sorted(ranked)]


def _called(
    table: Table, column: str, fields: Sequence[RemoteField], fed_by: Mapping[Table, str]
) -> RemoteField | None:
    fitting = [field for field in fields if field.kind in FITTING[form_of(table, column)]]
    # A reference to the very object whose rows are named says more than any word.
    named = TABLE_OF_ID.get(column)
    if named and named is not table and fed_by.get(named):
        for field in fitting:
            if field.refers_to == fed_by[named]:
                return field
    names = FIELD_NAMES.get(table, {}).get(column, ())
    ranks = {word: rank for rank, word in enumerate(names)}
    ranked = [
        (ranks[word], place)
        for place, field in enumerate(fitting)
        for word in (plain_heading(field.name), plain_heading(field.title))
        if word in ranks
    ]
    return fitting[min(ranked)[1]] if ranked else None


def _source(system: System, field: RemoteField) -> FromField:
    is_group = field.kind is FieldKind.REFERENCE and system in GIVES_GROUPS
    return FromField(field.name, part="id" if is_group else "")


def _written(write_back: Sequence[WriteBack], discovered: Discovered) -> Iterator[WriteBack]:
    for one in write_back:
        writable = {field.name for field in discovered.get(one.object_name, ()) if field.is_writable}
        fields = {output: written for output, written in one.fields.items() if written.name in writable}
        if fields:
            yield replace(one, fields=fields)
