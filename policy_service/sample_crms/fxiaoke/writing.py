"""What is written to Fxiaoke: one row a call."""

from policy_service.sample_crms.fxiaoke.asking import object_named
from policy_service.sample_crms.fxiaoke.errors import NOT_THERE, bad, refusal
from policy_service.sample_crms.fxiaoke.objects import ADMIN, Field, Object
from policy_service.sample_crms.speaking import part, texts, word
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Row


def created(system: StandIn, document: Row, is_custom: bool) -> Row:
    """Add a row, and return its id."""
    data = part(document, "data")
    of, values = _values(system, part(data, "object_data"), is_custom)
    for field in of.fields.values():
        if field.is_needed and not values.get(field.name):
            raise bad(f"{field.name} is missing")
    now = system.clock.now()
    row = Held(system.new_id(of.name), now, now, {"life_status": "normal", "record_type": "default__c", **values})
    row.body.setdefault("owner", [ADMIN])
    row.body.setdefault("name", row.row_id)
    system.tables[of.name].add(row)
    system.journal.write(of.name, row.row_id, "insert", values, _fires(document))
    system.tell(of.name, "insert", {row.row_id: values})
    return {"dataId": row.row_id}


def updated(system: StandIn, document: Row, is_custom: bool) -> Row:
    """Change the fields of a row that are named."""
    given = part(part(document, "data"), "object_data")
    of, values = _values(system, {name: one for name, one in given.items() if name != "_id"}, is_custom)
    row = existing(system, of, word(given, "_id"))
    system.tables[of.name].change(row.row_id, values, system.clock.now())
    system.journal.write(of.name, row.row_id, "update", values, _fires(document))
    system.tell(of.name, "update", {row.row_id: values})
    return {}


def invalidated(system: StandIn, document: Row, is_custom: bool) -> Row:
    """Make a row invalid; it is still there."""
    data = part(document, "data")
    of = object_named(word(data, "dataObjectApiName"), is_custom)
    row = existing(system, of, word(data, "object_data_id"))
    system.invalidate(of.name, row.row_id)
    system.journal.write(of.name, row.row_id, "invalid", {}, _fires(document))
    return {}


def deleted(system: StandIn, document: Row, is_custom: bool) -> Row:
    """Delete rows; nothing is left of them."""
    data = part(document, "data")
    of = object_named(word(data, "dataObjectApiName"), is_custom)
    rows = [existing(system, of, one) for one in texts(data, "idList") or []]
    if not rows:
        raise bad("idList is to be an array of ids")
    for row in rows:
        system.tables[of.name].delete(row.row_id, system.clock.now(), system.name_of(row), is_permanent=True)
        system.journal.write(of.name, row.row_id, "delete", {}, _fires(document))
    system.tell(of.name, "delete", {row.row_id: {} for row in rows})
    return {}


def existing(system: StandIn, of: Object, row_id: str) -> Held:
    """Return a row that must be there."""
    row = system.tables[of.name].get(row_id)
    if row is None:
        raise refusal(NOT_THERE, f"{of.name} has no {row_id!r}")
    return row


def _fires(document: Row) -> bool:
    # What is not said is taken for yes: then workflows of the users start.
    return document.get("triggerWorkFlow") is not False


def _values(system: StandIn, given: Row, is_custom: bool) -> tuple[Object, Row]:
    of = object_named(word(given, "dataObjectApiName"), is_custom)
    values = {name: one for name, one in given.items() if name != "dataObjectApiName"}
    for name, one in values.items():
        field = of.fields.get(name)
        if field is None or field.is_read_only:
            raise bad(f"{of.name} has no field {name} to write")
        if one is not None and not _fits(system, field, one):
            raise bad(f"{name} cannot be {one!r}")
    return of, values


def _fits(system: StandIn, field: Field, given: object) -> bool:
    match field.kind:
        case "currency" | "number":
            return _is_number(given)
        case "date" | "date_time":
            return isinstance(given, int) and not isinstance(given, bool)
        case "true_or_false":
            return isinstance(given, bool)
        case "employee":
            return isinstance(given, list) and all(isinstance(one, str) for one in given)
        case "object_reference":
            return isinstance(given, str) and system.tables[field.refers_to].get(given) is not None
        case _:
            return isinstance(given, str) and (not field.options or given in dict(field.options))


def _is_number(given: object) -> bool:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return False
    try:
        float(given)
    except ValueError:
        return False
    return True
