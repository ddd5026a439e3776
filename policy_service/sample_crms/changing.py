"""Rows of a stand-in changed from outside: as its users would, while somebody pulls."""

from policy_service.sample_crms.speaking import part, texts, word
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Order, Row


class NoSuchChange(Exception):
    """A change of something that is not there."""


def change(system: StandIn, document: Row) -> Row:
    """Change, delete, invalidate, touch and add rows of one object; return the ids of each.

    `at` is when, in milliseconds; else it is now.
    """
    name = word(document, "object")
    if name not in system.tables:
        raise NoSuchChange(f"There is no object {name!r}; there are {', '.join(system.tables)}.")
    at = document.get("at")
    now = at if isinstance(at, int) else system.clock.now()
    done: Row = {}
    values = {row_id: part(part(document, "set"), row_id) for row_id in part(document, "set")}
    done["set"] = _set(system, name, values, now)
    done["touched"] = touch(system, name, document, now)
    for row_id in texts(document, "invalidate") or []:
        _refuse_absent(system, name, row_id)
        system.invalidate(name, row_id)
    done["deleted"] = _delete(system, name, texts(document, "delete") or [], now, document.get("is_permanent") is True)
    added = document.get("add")
    done["added"] = (
        [add(system, name, one, now) for one in added if isinstance(one, dict)] if (isinstance(added, list)) else []
    )
    return done


def touch(system: StandIn, name: str, document: Row, now: int) -> list[str]:
    """Change the next `touch` rows, those that were modified longest ago first; with `newest` the others first.

    `how` is touch, delete or add (copies of them); `with` are values that they get.
    """
    count = document.get("touch")
    if not isinstance(count, int) or count < 1:
        return []
    keys = system.tables[name].keys(Order.MODIFIED)
    chosen = [row_id for _, row_id in (keys[-count:] if document.get("newest") else keys[:count])]
    values = part(document, "with")
    match word(document, "how") or "touch":
        case "touch":
            return _set(system, name, {row_id: dict(values) for row_id in chosen}, now)
        case "delete":
            return _delete(system, name, chosen, now, document.get("is_permanent") is True)
        case "add":
            bodies = [system.tables[name].rows[row_id].body for row_id in chosen]
            return [add(system, name, {**body, **values}, now) for body in bodies]
        case other:
            raise NoSuchChange(f"Rows are changed by touch, delete or add, not by {other!r}.")


def add(system: StandIn, name: str, body: Row, now: int) -> str:
    """Add a row with this body, and return its id."""
    row = Held(system.new_id(name), now, now, dict(body))
    system.tables[name].add(row)
    system.tell(name, "insert", {row.row_id: {}})
    return row.row_id


def _set(system: StandIn, name: str, values: dict[str, Row], now: int) -> list[str]:
    for row_id in values:
        _refuse_absent(system, name, row_id)
    for row_id, fields in values.items():
        system.tables[name].change(row_id, fields, now)
    if values:
        system.tell(name, "update", values)
    return list(values)


def _delete(system: StandIn, name: str, ids: list[str], now: int, is_permanent: bool) -> list[str]:
    for row_id in ids:
        _refuse_absent(system, name, row_id)
    for row_id in ids:
        table = system.tables[name]
        table.delete(row_id, now, system.name_of(table.rows[row_id]), is_permanent)
    if ids:
        system.tell(name, "delete", {row_id: {} for row_id in ids})
    return ids


def _refuse_absent(system: StandIn, name: str, row_id: str) -> None:
    if system.tables[name].get(row_id) is None:
        raise NoSuchChange(f"{name} has no row {row_id!r}.")
