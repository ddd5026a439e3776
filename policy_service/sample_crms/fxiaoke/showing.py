"""Rows of Fxiaoke as they stand in answers: lookups with the name of what they name, money as text or number."""

from collections.abc import Iterable, Mapping

from policy_service.sample_crms.fxiaoke.objects import Object
from policy_service.sample_crms.fxiaoke.querying import value
from policy_service.sample_crms.speaking import Asked
from policy_service.sample_crms.table import Held, Row, Table


def shown(tables: Mapping[str, Table], row: Held, of: Object, fields: Iterable[str], asked: Asked) -> Row:
    """Return a row with the fields that were asked for; its id is always there."""
    made: Row = {"_id": row.row_id}
    as_numbers = "money_as_numbers" in asked.shapes
    for name in fields:
        seen = value(row, name)
        field = of.fields[name]
        if field.kind == "currency" and isinstance(seen, int | float | str) and seen != "":
            made[name] = float(seen) if as_numbers else _money(seen)
        else:
            made[name] = seen
        if field.refers_to and "without_names" not in asked.shapes and isinstance(seen, str):
            named = tables[field.refers_to].get(seen)
            if named is not None:
                made[f"{name}__r"] = named.body.get("name")
    if "blanks" in asked.shapes:
        made = {name: "" if one is None else one for name, one in made.items()}
    return made


def _money(seen: float | str) -> str:
    return seen if isinstance(seen, str) else f"{seen:.2f}"
