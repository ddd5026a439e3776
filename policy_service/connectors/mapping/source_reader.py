"""Reads where a column comes from: a field, a constant, the first of several, joined texts, a looked-up row, sums."""

from collections.abc import Mapping
from typing import Final

from policy_service.connectors.mapping.sources import (
    Constant,
    FirstOf,
    Form,
    FromField,
    Joined,
    LookedUp,
    RestOf,
    Source,
    SumOf,
)
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode
from policy_service.language.yaml_text.yaml_reader import (
    choice,
    entries,
    fields,
    items,
    refuse,
    remedy_for_unknown,
    scalar,
    text,
)
from policy_service.ledger.mapped_columns import DATE_FORMATS

#: A look-up may lead to another, so deep.
DEEPEST_LOOK_UP: Final = 4
_LEAF_KEYS: Final = ("part", "form", "values", "otherwise", "prefix", "date_format")


def read_source(node: YamlNode, what: str, *, in_list: bool = False, depth: int = 0) -> Source:
    """Return the source that is written; `in_list` says that there are items, whose fields `item:` names.

    PolicyTextError X140 for what is none, X141 for an item where there is no list, X142 for too many look-ups in
    each other, and the errors of `yaml_reader`.
    """
    if not isinstance(node, YamlMapping):
        return FromField(text(node, what), place=node.place)
    keys = [key.text for key, _ in node.entries]
    kind = next((key for key in _KINDS if key in keys), "")
    if not kind:
        refuse("X140", node.place, f"{what} is neither a field nor a constant.", _REMEDY)
    match kind:
        case "field" | "item" as key:
            return _field(node, what, key, in_list=in_list)
        case "constant":
            return Constant(text(fields(node, what, ("constant",))["constant"], what), node.place)
        case "first_of":
            values = fields(node, what, ("first_of",))
            return FirstOf(_several(values["first_of"], what, in_list=in_list, depth=depth), node.place)
        case "joined":
            values = fields(node, what, ("joined",), ("with",))
            sources = _several(values["joined"], what, in_list=in_list, depth=depth)
            return Joined(sources, scalar(values["with"], what).text if "with" in values else "", node.place)
        case "look_up":
            return _look_up(node, what, in_list=in_list, depth=depth)
        case "sum_of":
            values = fields(node, what, ("sum_of", "item"))
            item = FromField(text(values["item"], what), of_item=True, place=values["item"].place)
            return SumOf(text(values["sum_of"], what), item, node.place)
        case _:
            values = fields(node, what, ("rest_of", "less"))
            less = _several(values["less"], what, in_list=in_list, depth=depth)
            amount = read_source(values["rest_of"], what, in_list=in_list, depth=depth)
            return RestOf(amount, less, node.place)


_KINDS: Final = ("first_of", "joined", "look_up", "sum_of", "rest_of", "constant", "field", "item")
_REMEDY: Final = "Write the name of a field, {field: ...}, {constant: ...}, {first_of: [...]} or {look_up: ...}."


def _several(node: YamlNode, what: str, *, in_list: bool, depth: int) -> tuple[Source, ...]:
    several = items(node, what)
    if not several:
        refuse("X140", node.place, f"{what} is neither a field nor a constant.", _REMEDY)
    return tuple(read_source(one, what, in_list=in_list, depth=depth) for one in several)


def _field(node: YamlMapping, what: str, key: str, *, in_list: bool) -> FromField:
    values = fields(node, what, (key,), _LEAF_KEYS)
    if key == "item" and not in_list:
        remedy = "Name the list under each:, or write field: for a field of the row."
        refuse("X141", node.place, f"{what} is a field of an item, and the row has no list.", remedy)
    return FromField(
        text(values[key], what),
        part=text(values["part"], f"{what}, part") if "part" in values else "",
        of_item=key == "item",
        form=choice(values["form"], f"{what}, form", Form) if "form" in values else None,
        values=read_words(values["values"], f"{what}, values") if "values" in values else {},
        otherwise=text(values["otherwise"], f"{what}, otherwise") if "otherwise" in values else "",
        prefix=text(values["prefix"], f"{what}, prefix") if "prefix" in values else "",
        date_format=_date_format(values["date_format"]) if "date_format" in values else "",
        place=node.place,
    )


def read_words(node: YamlNode, what: str) -> Mapping[str, str]:
    """Return the words of a table from texts to texts, of which the second may be blank."""
    return {key.text: scalar(value, what).text for key, value in entries(node, what)}


def _date_format(node: YamlNode) -> str:
    found = text(node, "date_format")
    if found not in DATE_FORMATS:
        refuse("L052", node.place, f'date_format is "{found}".', remedy_for_unknown(found, tuple(DATE_FORMATS)))
    return found


def _look_up(node: YamlMapping, what: str, *, in_list: bool, depth: int) -> LookedUp:
    if depth >= DEEPEST_LOOK_UP:
        remedy = f"Look up at most {DEEPEST_LOOK_UP} rows one after the other."
        refuse("X142", node.place, f"{what} looks up too many rows in each other.", remedy)
    values = fields(node, what, ("look_up", "by", "take"))
    by = read_source(values["by"], what, in_list=in_list, depth=depth + 1)
    return LookedUp(text(values["look_up"], what), by, read_source(values["take"], what, depth=depth + 1), node.place)
