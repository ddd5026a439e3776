"""Writes a mapping as its reader reads it: a line for every column."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from policy_service.connectors.mapping.mapping import (
    Condition,
    ConnectorMapping,
    Feed,
    Output,
    Tasks,
    Unit,
    WriteBack,
    WrittenField,
)
from policy_service.connectors.mapping.sources import (
    Constant,
    FirstOf,
    FromField,
    Joined,
    LookedUp,
    RestOf,
    Source,
    SumOf,
)
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.language.yaml_text.yaml_writing import flow, key


def mapping_text(mapping: ConnectorMapping) -> str:
    """Return the mapping as a file under `rules/connectors` says it; reading it gives the same mapping."""
    return "\n".join(_lines(mapping)) + "\n"


def _lines(mapping: ConnectorMapping) -> Iterator[str]:
    yield f"mapping: {flow(mapping.name)}"
    yield f"system: {mapping.system.value}"
    if mapping.id_prefixes:
        yield f"id_prefix: {flow({table.value: prefix for table, prefix in mapping.id_prefixes.items()})}"
    yield "rows:" if mapping.feeds else "rows: []"
    for feed in mapping.feeds:
        yield from _feed(feed)
    if mapping.write_back:
        yield "write_back:"
    for one in mapping.write_back:
        yield from _write_back(one)
    if mapping.tasks:
        yield from _tasks(mapping.tasks)


def _feed(feed: Feed) -> Iterator[str]:
    yield f"  - from: {flow(feed.object_name)}"
    yield f"    to: {feed.table.value}"
    if not feed.is_on:
        yield "    is_on: false"
    if feed.each:
        yield f"    each: {flow(feed.each)}"
    for name, is_not in (("only", False), ("not", True)):
        conditions = [one for one in feed.conditions if one.is_not is is_not]
        if conditions:
            yield f"    {name}: {flow(_conditions(conditions))}"
    for name, columns in (("unless_blank", feed.unless_blank), ("unless_zero", feed.unless_zero)):
        if columns:
            yield f"    {name}: {flow(list(columns))}"
    yield "    columns:" if feed.columns else "    columns: {}"
    for column, source in feed.columns.items():
        yield f"      {key(column)} {flow(source_data(source))}"


def _conditions(conditions: Sequence[Condition]) -> PlainData:
    plain = {
        one.source.name: _words(one.words)
        for one in conditions
        if isinstance(one.source, FromField) and one.source == FromField(one.source.name)
    }
    if len(plain) == len(conditions):
        return plain
    return [{**_written_out(one.source), "is": _words(one.words)} for one in conditions]


def _words(words: Sequence[str]) -> PlainData:
    return words[0] if len(words) == 1 else list(words)


def _written_out(source: Source) -> dict[str, PlainData]:
    data = source_data(source)
    return data if isinstance(data, dict) else {"field": data}


def source_data(source: Source) -> PlainData:
    """Return a source as it is written behind its column."""
    match source:
        case FromField():
            return _field(source)
        case Constant(text):
            return {"constant": text}
        case FirstOf(sources):
            return {"first_of": [source_data(one) for one in sources]}
        case Joined(sources, between):
            between_them: dict[str, PlainData] = {"with": between} if between else {}
            return {"joined": [source_data(one) for one in sources], **between_them}
        case LookedUp():
            return {"look_up": source.object_name, "by": source_data(source.by), "take": source_data(source.take)}
        case SumOf():
            return {"sum_of": source.list_name, "item": source.item.name}
        case RestOf():
            return {"rest_of": source_data(source.amount), "less": [source_data(one) for one in source.less]}
        case _:
            assert_never(source)


def _field(source: FromField) -> PlainData:
    said: dict[str, PlainData] = {"item" if source.of_item else "field": source.name}
    if source.part:
        said["part"] = source.part
    if source.form:
        said["form"] = source.form.value
    if source.values:
        said["values"] = dict(source.values)
    texts = {"otherwise": source.otherwise, "prefix": source.prefix, "date_format": source.date_format}
    said |= {name: text for name, text in texts.items() if text}
    return source.name if list(said) == ["field"] else said


def _write_back(write_back: WriteBack) -> Iterator[str]:
    yield f"  - object: {flow(write_back.object_name)}"
    yield "    fields:" if write_back.fields else "    fields: {}"
    for output, written in write_back.fields.items():
        yield f"      {output.value}: {flow(_written_field(output, written))}"


def _written_field(output: Output, written: WrittenField) -> PlainData:
    said: dict[str, PlainData] = {"field": written.name}
    if output is Output.CREDIT_STOPPED:
        said |= {
            name: written.words[word] for name, word in (("set", "true"), ("clear", "false")) if word in written.words
        }
    elif written.words:
        said["values"] = dict(written.words)
    if written.currency:
        said["currency"] = written.currency
    if written.decimals:
        said["decimals"] = written.decimals
    if written.unlimited is not None:
        said["unlimited"] = written.unlimited
    if written.unset is not None:
        said["unset"] = written.unset
    if written.unit is not Unit.DAY:
        said["unit"] = written.unit.value
    return written.name if list(said) == ["field"] else said


def _tasks(tasks: Tasks) -> Iterator[str]:
    yield "tasks:"
    yield f"  about: {flow(tasks.object_name)}"
    yield f"  subject: {flow(tasks.subject)}"
    yield f"  text: {flow(tasks.text)}"
    if tasks.owner:
        yield f"  owner: {flow(tasks.owner)}"
    if not tasks.has_due:
        yield "  due: false"
