"""Reads what a mapping writes back into another system: which fields, and how cases become tasks."""

from collections.abc import Iterator, Mapping, Sequence

from policy_service.connectors.mapping.mapping import Feed, Output, Tasks, Unit, WriteBack, WrittenField
from policy_service.connectors.mapping.source_reader import read_words
from policy_service.connectors.mapping.task_texts import PLACEHOLDERS, placeholders
from policy_service.domain.currencies import currency
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode
from policy_service.language.yaml_text.yaml_reader import (
    boolean,
    choice,
    entries,
    fields,
    items,
    refuse,
    remedy_for_unknown,
    scalar,
    text,
    whole,
)
from policy_service.ledger.columns import Table

_MOST_DECIMALS = 4
_KEYS: Mapping[Output, tuple[str, ...]] = {
    Output.GRADE: ("values", "unset"),
    Output.CREDIT_LIMIT: ("currency", "decimals", "unlimited", "unset"),
    Output.PAYMENT_TERM_DAYS: ("values", "unset"),
    Output.CREDIT_STOPPED: ("set", "clear", "unset"),
    Output.NEXT_REVIEW: ("unit", "unset"),
}


def read_write_back(node: YamlNode, feeds: Sequence[Feed]) -> tuple[WriteBack, ...]:
    """Return what is written back; X146 for an object that no customers come from."""
    return tuple(_one_object(one, feeds) for one in items(node, "write_back"))


def read_tasks(node: YamlNode, feeds: Sequence[Feed]) -> Tasks:
    """Return how cases become tasks; X143 for a placeholder that has no meaning, X146 as for `read_write_back`."""
    values = fields(node, "tasks", ("about", "subject", "text"), ("owner", "due"))
    return Tasks(
        _customers_object(values["about"], "tasks", feeds),
        _template(values["subject"], "subject"),
        _template(values["text"], "text"),
        text(values["owner"], "owner") if "owner" in values else "",
        boolean(values["due"], "due") if "due" in values else True,
        node.place,
    )


def _one_object(node: YamlNode, feeds: Sequence[Feed]) -> WriteBack:
    values = fields(node, "write_back", ("object", "fields"))
    written = {}
    for key, value in entries(values["fields"], "write_back, fields"):
        if key.text not in frozenset(Output):
            known = [output.value for output in Output]
            refuse("L041", key.place, f'write_back has no key "{key.text}".', remedy_for_unknown(key.text, known))
        written[Output(key.text)] = _field(value, Output(key.text))
    return WriteBack(_customers_object(values["object"], "write_back", feeds), written, node.place)


def _field(node: YamlNode, output: Output) -> WrittenField:
    if not isinstance(node, YamlMapping):
        return WrittenField(text(node, output.value), place=node.place)
    values = fields(node, output.value, ("field",), _KEYS[output])
    code = text(values["currency"], "currency") if "currency" in values else ""
    if code:
        currency(code, values["currency"].place)
    return WrittenField(
        text(values["field"], output.value),
        dict(_words(values)),
        code,
        whole(values["decimals"], "decimals", 0, _MOST_DECIMALS) if "decimals" in values else 0,
        scalar(values["unlimited"], "unlimited").text if "unlimited" in values else None,
        scalar(values["unset"], "unset").text if "unset" in values else None,
        choice(values["unit"], "unit", Unit) if "unit" in values else Unit.DAY,
        node.place,
    )


def _words(values: Mapping[str, YamlNode]) -> Iterator[tuple[str, str]]:
    if "values" in values:
        yield from read_words(values["values"], "values").items()
    for key, word in (("set", "true"), ("clear", "false")):
        if key in values:
            yield word, scalar(values[key], key).text


def _customers_object(node: YamlNode, what: str, feeds: Sequence[Feed]) -> str:
    name = text(node, what)
    known = [feed.object_name for feed in feeds if feed.table is Table.CUSTOMERS]
    if name not in known:
        refuse("X146", node.place, f'{what} names "{name}", no object of customers.', remedy_for_unknown(name, known))
    return name


def _template(node: YamlNode, what: str) -> str:
    written = text(node, what)
    for name in placeholders(written):
        if name not in PLACEHOLDERS:
            refuse("X143", node.place, f'{what} has no placeholder "{name}".', remedy_for_unknown(name, PLACEHOLDERS))
    return written
