"""Records as they stand in answers, with the fields that were asked for."""

from collections.abc import Iterable

from policy_service.sample_crms.clock import text
from policy_service.sample_crms.crm.errors import exceeded, invalid, missing
from policy_service.sample_crms.crm.modules import Module
from policy_service.sample_crms.speaking import Asked
from policy_service.sample_crms.table import Held, Row

MOST_FIELDS = 50


def wanted_fields(module: Module, asked: Asked) -> list[str]:
    """Return the fields that a list is asked for: they must be named, be known, and be at most 50."""
    named = [name for name in asked.query.get("fields", "").split(",") if name]
    if not named:
        raise missing("fields")
    if len(named) > MOST_FIELDS:
        raise exceeded("more than 50 fields", limit=MOST_FIELDS, param_name="fields")
    for name in named:
        if name not in module.fields:
            raise invalid("the field given seems to be invalid", param_name="fields", api_name=name)
    return named


def value(row: Held, name: str) -> object:
    """Return the value of a field."""
    match name:
        case "id":
            return row.row_id
        case "Created_Time":
            return text(row.created)
        case "Modified_Time":
            return text(row.modified)
        case _:
            return row.body.get(name)


def shown(row: Held, fields: Iterable[str], asked: Asked) -> Row:
    """Return a record; its id is always there."""
    made: Row = {name: value(row, name) for name in fields}
    made["id"] = row.row_id
    if "blanks" in asked.shapes:
        made = {name: " " if one is None or one == "" else one for name, one in made.items()}
    if "ids_as_numbers" in asked.shapes:
        made = {name: _with_number(name, one) for name, one in made.items()}
    return made


def _with_number(name: str, found: object) -> object:
    if name == "id" and isinstance(found, str) and found.isdigit():
        return int(found)
    if isinstance(found, dict):
        return {inner: _with_number(inner, one) for inner, one in found.items()}
    return found
