"""The bodies of queries, of version 2 and of version 1, read into one form; what deviates is refused."""

from collections.abc import Iterable

from policy_service.sample_crms.fxiaoke.errors import bad
from policy_service.sample_crms.fxiaoke.objects import OBJECTS, Object
from policy_service.sample_crms.fxiaoke.querying import SURE, UNSURE, Filter, Query
from policy_service.sample_crms.speaking import part, parts, texts, whole, word
from policy_service.sample_crms.table import Row

MOST = 1_000
MOST_CUSTOM = 100
_DEFAULT = 20


def object_named(name: str, is_custom: bool) -> Object:
    """Return the object; custom ones have a path of their own, and only they."""
    found = OBJECTS.get(name)
    if found is None:
        raise bad(f"there is no object {name!r}")
    if found.is_custom != is_custom:
        raise bad(f"{name} is asked for at the path for {'custom' if found.is_custom else 'standard'} objects")
    return found


def query_of(document: Row, is_custom: bool, allows_unsure: bool) -> Query:
    """Return the query in a body of version 2."""
    data = part(document, "data")
    of = object_named(word(data, "dataObjectApiName"), is_custom)
    info = part(data, "search_query_info")
    _refuse_others("search_query_info", info, ("limit", "offset", "filters", "orders", "fieldProjection"))
    filters = tuple(_filter(one, allows_unsure) for one in _objects(info, "filters"))
    order = []
    for one in _objects(info, "orders"):
        _refuse_others("orders", one, ("fieldName", "isAsc"))
        order.append((word(one, "fieldName"), one.get("isAsc") is not False))
    return _query(of, filters, tuple(order), info, _fields(of, info, "fieldProjection"))


def old_query_of(document: Row) -> Query:
    """Return the query in a body of version 1."""
    of = object_named(word(document, "apiName"), is_custom=False)
    search = part(document, "searchQuery")
    _refuse_others("searchQuery", search, ("offset", "limit", "dataProjection", "rangeConditions", "orders"))
    filters: list[Filter] = []
    for one in _objects(search, "rangeConditions"):
        filters += _range_of(one)
    order = []
    for one in _objects(search, "orders"):
        _refuse_others("orders", one, ("ascending", "field"))
        order.append((word(one, "field"), one.get("ascending") is not False))
    return _query(of, tuple(filters), tuple(order), search, _fields(of, part(search, "dataProjection"), "fieldNames"))


def _query(
    of: Object, filters: tuple[Filter, ...], order: tuple[tuple[str, bool], ...], info: Row, fields: tuple[str, ...]
) -> Query:
    try:
        limit, offset = whole(info, "limit", _DEFAULT), whole(info, "offset", 0)
    except ValueError as problem:
        raise bad(f"{problem} is to be a whole number") from problem
    most = MOST_CUSTOM if of.is_custom else MOST
    if not 1 <= limit <= most:
        raise bad(f"limit is to be 1 to {most}")
    if offset < 0 or offset % limit:
        raise bad("offset is to be a multiple of limit")
    return Query(of, filters, order, offset, limit, fields)


def _filter(one: Row, allows_unsure: bool) -> Filter:
    _refuse_others("filters", one, ("field_name", "field_values", "operator"))
    operator = word(one, "operator")
    if operator not in SURE and not (allows_unsure and operator in UNSURE):
        raise bad(f"there is no operator {operator!r}")
    values = one.get("field_values")
    if not isinstance(values, list):
        raise bad("field_values is to be an array")
    needed = {"BETWEEN": 2, "IS": 0, "ISN": 0}.get(operator, 1)
    if len(values) < needed or (operator != "IN" and len(values) > max(needed, 1)):
        raise bad(f"{operator} does not take {len(values)} values")
    return Filter(word(one, "field_name"), operator, tuple(_written(value) for value in values))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _range_of(one: Row) -> Iterable[Filter]:
    _refuse_others("rangeConditions", one, ("fieldName", "from", "includeLower", "to", "includeUpper"))
    name = word(one, "fieldName")
    if "from" in one:
        yield Filter(name, "GTE" if one.get("includeLower") is True else "GT", (str(one["from"]),))
    if "to" in one:
        yield Filter(name, "LTE" if one.get("includeUpper") is True else "LT", (str(one["to"]),))


def _fields(of: Object, holder: Row, name: str) -> tuple[str, ...]:
    if name not in holder:
        return tuple(of.fields)
    named = texts(holder, name)
    if named is None:
        raise bad(f"{name} is to be an array of names")
    for one in named:
        plain = one.removesuffix("__r")
        if plain not in of.fields or (one != plain and not of.fields[plain].refers_to):
            raise bad(f"{of.name} has no field {one}")
    return tuple(dict.fromkeys(["_id", *(one.removesuffix("__r") for one in named)]))


def _objects(holder: Row, name: str) -> list[Row]:
    if name not in holder:
        return []
    found = parts(holder, name)
    if found is None:
        raise bad(f"{name} is to be an array of objects")
    return found


def _refuse_others(where: str, holder: Row, known: Iterable[str]) -> None:
    for name in holder:
        if name not in set(known):
            raise bad(f"{where} has no {name}")
