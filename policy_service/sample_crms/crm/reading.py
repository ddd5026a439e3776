"""What is read of Zoho CRM: lists, single records, deleted ones, searches and counts."""

import re
from typing import Final

from policy_service.sample_crms.clock import SECOND, read, text
from policy_service.sample_crms.crm.errors import invalid, missing, refusal
from policy_service.sample_crms.crm.modules import Module
from policy_service.sample_crms.crm.paging import MOST_BY_PAGE, Tokens, between, cut, per_page
from policy_service.sample_crms.crm.showing import shown, value, wanted_fields
from policy_service.sample_crms.speaking import Answer, Asked, answer
from policy_service.sample_crms.table import Held, Key, Order, Row, Table

_ORDERS: Final = {"id": Order.ID, "Created_Time": Order.CREATED, "Modified_Time": Order.MODIFIED}
_PAGING: Final = frozenset({"page", "per_page", "page_token"})
LIST: Final = _PAGING | {"fields", "sort_by", "sort_order", "ids"}
#: The text names these too, not what they do.
_NOT_DONE: Final = frozenset(
    {"cvid", "converted", "approved", "territory_id", "include_child", "uid", "startDateTime", "endDateTime"}
)
_CRITERION: Final = re.compile(r"\((\w+):(\w+):([^()]*)\)")


def refuse_unknown(asked: Asked, known: frozenset[str]) -> None:
    """Refuse parameters that the text does not name."""
    for name in asked.query:
        if name in _NOT_DONE and known >= LIST:
            raise refusal(400, "NOT_SUPPORTED", "the stand-in does not do this", {"param_name": name})
        if name not in known:
            raise invalid("there is no such parameter", param_name=name)


def listed(table: Table, module: Module, asked: Asked, tokens: Tokens, now: int) -> Answer:
    """Return a page of a module."""
    refuse_unknown(asked, LIST)
    fields = wanted_fields(module, asked)
    sort_by, sort_order = asked.query.get("sort_by", "id"), asked.query.get("sort_order", "desc")
    if sort_by not in _ORDERS or sort_order not in {"asc", "desc"}:
        raise invalid("records cannot be sorted so", param_name="sort_by", value=f"{sort_by} {sort_order}")
    since = _since(asked)
    keys = table.keys(_ORDERS[sort_by])
    if since is not None:
        # Times have seconds, and only what was modified in a later one was modified since.
        begin, end = table.between(since + SECOND)
        if begin == end:
            return Answer(304)
        keys = table.keys(Order.MODIFIED)[begin:end]
        if sort_by != "Modified_Time":
            keys = sorted(_key(_ORDERS[sort_by], table.rows[row_id]) for _, row_id in keys)
    if "ids" in asked.query:
        chosen = set(asked.query["ids"].split(","))
        keys = [key for key in keys if key[1] in chosen]
    made = cut(tokens, keys, asked, f"{module.name} {sort_by} {sort_order} {since}", sort_order == "desc", now)
    if not made.keys:
        return Answer(204)
    data = [shown(row, fields, asked) for row in table.at(made.keys)]
    info: Row = {**made.info, "sort_by": sort_by, "sort_order": sort_order}
    return answer(200, {"data": data, "info": info})


def one(table: Table, module: Module, row_id: str, asked: Asked) -> Answer:
    """Return one record with all fields; of one that was deleted nothing is left."""
    refuse_unknown(asked, frozenset({"fields"}))
    row = table.get(row_id)
    if row is None:
        if table.was_deleted(row_id):
            return Answer(204)
        raise invalid("the id given seems to be invalid", id=row_id)
    fields = wanted_fields(module, asked) if "fields" in asked.query else list(module.fields)
    return answer(200, {"data": [shown(row, fields, asked)]})


def deleted(table: Table, asked: Asked, user: Row, tokens: Tokens, now: int) -> Answer:
    """Return a page of the records that were deleted, the last ones first."""
    refuse_unknown(asked, _PAGING | {"type"})
    kind = asked.query.get("type", "all")
    if kind not in {"all", "recycle", "permanent"}:
        raise invalid("there is no such type", param_name="type", value=kind)
    since = _since(asked) or 0
    chosen = {
        gone.row_id: gone
        for gone in table.gone
        if gone.deleted > since and kind in {"all", "permanent" if gone.is_permanent else "recycle"}
    }
    keys: list[Key] = sorted((gone.deleted, gone.row_id) for gone in chosen.values())
    made = cut(tokens, keys, asked, f"deleted {kind} {since}", is_descending=True, now=now)
    if not made.keys:
        return Answer(204)
    data: list[Row] = [
        {
            "deleted_by": user,
            "id": int(row_id) if "ids_as_numbers" in asked.shapes else row_id,
            "display_name": chosen[row_id].name,
            "type": "permanent" if chosen[row_id].is_permanent else "recycle",
            "created_by": user,
            "deleted_time": text(chosen[row_id].deleted),
        }
        for _, row_id in made.keys
    ]
    return answer(200, {"data": data, "info": made.info})


def searched(table: Table, module: Module, asked: Asked) -> Answer:
    """Return a page of what a search finds: `criteria` joined by and, or a word in a text."""
    refuse_unknown(asked, _PAGING | {"criteria", "email", "phone", "word", "fields"} - {"page_token"})
    size = per_page(asked)
    page = between(asked, "page", 1, MOST_BY_PAGE)
    if page * size > MOST_BY_PAGE:
        raise refusal(400, "LIMIT_EXCEEDED", "a search finds no more than 2,000", {"param_name": "page"})
    found = [row for row in table.rows.values() if _is_found(row, module, asked)]
    chosen = found[(page - 1) * size : page * size]
    if not chosen:
        return Answer(204)
    fields = wanted_fields(module, asked) if "fields" in asked.query else list(module.fields)
    info = {"per_page": size, "count": len(chosen), "page": page, "more_records": page * size < len(found)}
    return answer(200, {"data": [shown(row, fields, asked) for row in chosen], "info": info})


def counted(table: Table, asked: Asked) -> Answer:
    """Return how many records there are."""
    refuse_unknown(asked, frozenset())
    return answer(200, {"count": len(table)})


def _since(asked: Asked) -> int | None:
    written = asked.headers.get("if-modified-since")
    if written is None:
        return None
    since = read(written)
    if since is None:
        raise invalid("the time given is no ISO 8601 time with an offset", header="If-Modified-Since")
    return since


def _key(order: Order, row: Held) -> Key:
    return (0 if order is Order.ID else row.created, row.row_id)


def _is_found(row: Held, module: Module, asked: Asked) -> bool:
    words = [asked.query[name] for name in ("email", "phone", "word") if name in asked.query]
    if words:
        return any(words[0].lower() in str(one).lower() for one in row.body.values())
    criteria = asked.query.get("criteria")
    if criteria is None:
        raise missing("criteria")
    conditions = _CRITERION.findall(criteria)
    if _CRITERION.sub("", criteria).replace("and", "").strip("() ") or not conditions:
        raise refusal(400, "INVALID_QUERY", "invalid query formed", {"reason": "unsupported criteria"})
    return all(_fits(row, module, *condition) for condition in conditions)


def _fits(row: Held, module: Module, name: str, comparator: str, wanted: str) -> bool:
    if name not in module.fields or comparator not in {"equals", "starts_with"}:
        raise refusal(400, "INVALID_QUERY", "invalid query formed", {"column_name": name, "operator": comparator})
    found = value(row, name)
    said = str(found.get("id")) if isinstance(found, dict) else str(found)
    return said == wanted if comparator == "equals" else said.startswith(wanted)
