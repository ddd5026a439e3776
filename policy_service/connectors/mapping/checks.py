"""Checks a mapping against the objects and fields that another system says it has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from policy_service.connectors.mapping.mapping import ConnectorMapping, Feed, WriteBack
from policy_service.connectors.mapping.sources import Form
from policy_service.connectors.mapping.uses import Use, uses
from policy_service.connectors.port import FieldKind, RemoteField, System
from policy_service.domain.errors import Place
from policy_service.domain.findings import Finding, Severity
from policy_service.language.yaml_text.yaml_reader import nearest
from policy_service.ledger.columns import COLUMNS, Table

#: The kinds of fields that a form can be read from.
FITTING: Final[Mapping[Form, frozenset[FieldKind]]] = {
    Form.DAY: frozenset({FieldKind.DAY, FieldKind.INSTANT, FieldKind.TEXT, FieldKind.NUMBER}),
    Form.AMOUNT: frozenset({FieldKind.MONEY, FieldKind.NUMBER, FieldKind.TEXT}),
    Form.FLAG: frozenset({FieldKind.FLAG, FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.TEXT}),
    Form.TEXT: frozenset(FieldKind) - {FieldKind.LIST},
}
_NEEDED_FORM: Final[Mapping[Form, str]] = {
    Form.DAY: "a day",
    Form.AMOUNT: "an amount",
    Form.FLAG: "yes or no",
    Form.TEXT: "a single value",
}
#: Systems whose references come as a group of fields with an id.
GIVES_GROUPS: Final = frozenset({System.ZOHO_CRM})

#: The fields of every object that can be pulled; none of them where they are not known, as of a file still to come.
Discovered = Mapping[str, Sequence[RemoteField]]


def findings_of(mapping: ConnectorMapping, discovered: Discovered) -> tuple[Finding, ...]:
    """Return what does not fit, in the order of the mapping: errors keep rows from being read rightly.

    What is turned off, and what is written back, is only warned of.
    """
    found = [finding for feed in mapping.feeds for finding in _of_feed(mapping.system, feed, discovered)]
    found += [finding for one in mapping.write_back for finding in _of_write_back(one, discovered)]
    if mapping.tasks and mapping.tasks.object_name not in discovered:
        found.append(_no_object(mapping.tasks.object_name, mapping.tasks.place, Severity.WARNING, discovered))
    return tuple(dict.fromkeys(found))


def _of_feed(system: System, feed: Feed, discovered: Discovered) -> Iterator[Finding]:
    severity = Severity.ERROR if feed.is_on else Severity.WARNING
    yield from _lacking(feed, severity)
    if feed.object_name not in discovered:
        yield _no_object(feed.object_name, feed.place, severity, discovered)
        return
    for use in uses(feed):
        if use.object_name not in discovered:
            yield _no_object(use.object_name, use.place, severity, discovered)
        elif discovered[use.object_name]:
            yield from _of_use(system, use, discovered, severity)


def _lacking(feed: Feed, severity: Severity) -> Iterator[Finding]:
    needed: list[tuple[str, ...]] = [(name,) for name in COLUMNS[feed.table].required]
    if feed.table is Table.PAYMENTS:
        needed.append(("invoice_id", "customer_id"))
    for names in needed:
        if not any(name in feed.columns for name in names):
            said = " or ".join(names)
            remedy = f"Write a line for {said} below columns."
            message = f"{feed.table.value} from {feed.object_name} lacks the column {said}."
            yield Finding("X153", severity, feed.place, message, remedy)


def _of_use(system: System, use: Use, discovered: Discovered, severity: Severity) -> Iterator[Finding]:
    fields = {field.name: field for field in discovered[use.object_name]}
    if use.list_name:
        listed = fields.get(use.list_name)
        # A list that is not there was told where it is read as a whole; of some lists the parts are not told.
        if listed is None or not listed.parts:
            return
        fields = {part.name: part for part in listed.parts}
    field = fields.get(use.name)
    if field is None:
        where = f"{use.object_name}.{use.list_name}" if use.list_name else use.object_name
        # Where there is another to take, one may be lacking.
        yield _no_field(where, use.name, fields.values(), use.place, Severity.NOTE if use.is_spare else severity)
        return
    if misfit := _misfit(system, use, field):
        remedy = "Choose another field, or say how it is read."
        yield Finding("X152", severity, use.place, misfit, remedy)
    for word in use.words:
        if word and field.choices and word not in field.choices:
            near = nearest(word, field.choices)
            remedy = f'Did you mean "{near}"?' if near else "Choose one of its values, or take the word out."
            message = f'{use.object_name}.{use.name} has no value "{word}".'
            yield Finding("X154", Severity.WARNING, use.place, message, remedy)


def _misfit(system: System, use: Use, field: RemoteField) -> str:
    said = f"{use.object_name}.{use.name}"
    if use.form is None:
        return "" if field.kind in (FieldKind.LIST, FieldKind.TEXT) else f"{said} is no list."
    if use.part:
        is_group = field.kind in (FieldKind.REFERENCE, FieldKind.TEXT, FieldKind.LIST)
        return "" if is_group else f"{said} is no group of fields that has {use.part}."
    if field.kind is FieldKind.REFERENCE and system in GIVES_GROUPS:
        return f"{said} is a group of fields, where a single value is needed: write part: id."
    if use.looks_up and field.refers_to not in ("", use.looks_up):
        return f"{said} names a row of {field.refers_to}, not of {use.looks_up}."
    if use.is_condition or field.kind in FITTING[use.form]:
        return ""
    return f"{said} holds {field.kind.value}, where {_NEEDED_FORM[use.form]} is needed."


def _of_write_back(write_back: WriteBack, discovered: Discovered) -> Iterator[Finding]:
    if write_back.object_name not in discovered:
        yield _no_object(write_back.object_name, write_back.place, Severity.WARNING, discovered)
        return
    fields = {field.name: field for field in discovered[write_back.object_name]}
    if not fields:
        return
    for output, written in write_back.fields.items():
        field = fields.get(written.name)
        if field is None:
            yield _no_field(write_back.object_name, written.name, fields.values(), written.place, Severity.WARNING)
        elif not field.is_writable:
            message = f"{write_back.object_name}.{written.name} cannot be written."
            remedy = f"Choose another field for {output.value}, or take the line out."
            yield Finding("X155", Severity.WARNING, written.place, message, remedy)
        else:
            for word in written.words.values():
                if word and field.choices and word not in field.choices:
                    message = f'{write_back.object_name}.{written.name} has no value "{word}".'
                    remedy = "Choose one of its values, or take the word out."
                    yield Finding("X154", Severity.WARNING, written.place, message, remedy)


def _no_object(name: str, place: Place, severity: Severity, discovered: Discovered) -> Finding:
    near = nearest(name, discovered)
    remedy = f'Did you mean "{near}"?' if near else "Choose an object that the user of the connection may see."
    return Finding("X150", severity, place, f'there is no object "{name}".', remedy)


def _no_field(where: str, name: str, fields: Iterable[RemoteField], place: Place, severity: Severity) -> Finding:
    near = nearest(name, [field.name for field in fields])
    remedy = f'Did you mean "{near}"?' if near else "Choose one of its fields, or take the line out."
    return Finding("X151", severity, place, f'{where} has no field "{name}".', remedy)
