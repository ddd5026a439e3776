"""What is written to Zoho CRM: up to 100 records a call, each accepted or refused by itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.sample_crms.clock import read, text
from policy_service.sample_crms.crm.errors import body, exceeded, invalid, refusal
from policy_service.sample_crms.crm.modules import Field, Module
from policy_service.sample_crms.speaking import Answer, Asked, answer, part, parts, texts
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Row

MOST: Final = 100
_KNOWN: Final = frozenset({"data", "trigger", "duplicate_check_fields"})
_TEXTS: Final = frozenset({"text", "textarea", "phone", "picklist"})


class _Bad(Exception):
    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.told = body(code, message, details)


@dataclass(slots=True)
class Writer:
    """Writes the records of one call; `only` is the id of a record that is named in the path."""

    system: StandIn
    module: Module
    asked: Asked
    user: Row
    only: str = ""

    def insert(self) -> Answer:
        """Add records."""
        return self._each(self._inserted, 201)

    def update(self) -> Answer:
        """Change records."""
        return self._each(self._updated, 200)

    def upsert(self) -> Answer:
        """Change the records that have the same values in the fields of `duplicate_check_fields`, add the others."""
        return self._each(self._upserted, 200)

    def _each(self, write: Callable[[int, Row], Row], status: int) -> Answer:
        document, rows = self._rows()
        fires = texts(document, "trigger") != []
        faults = self.asked.shapes.get("partial_write", {})
        chosen = faults.get("rows", [0])
        results: list[Row] = []
        changed: dict[str, dict[str, Row]] = {}
        for place, row in enumerate(rows):
            try:
                if faults and isinstance(chosen, list) and place in chosen:
                    raise _Bad(str(faults.get("code", "INVALID_DATA")), str(faults.get("message", "invalid data")))
                result = write(place, row)
                details = part(result, "details")
                how = "insert" if result["message"] == "record added" else "update"
                values = {name: one for name, one in row.items() if name != "id"}
                self.system.journal.write(self.module.name, str(details["id"]), how, values, fires)
                changed.setdefault(how, {})[str(details["id"])] = values
                results.append(result)
            except _Bad as bad:
                results.append(bad.told)
        for event, values_of in changed.items():
            self.system.tell(self.module.name, event, values_of)
        return answer(self._status(results, faults, status), {"data": results})

    def _status(self, results: list[Row], faults: Row, status: int) -> int:
        said = faults.get("status")
        if isinstance(said, int):
            return said
        refused = sum(one["status"] == "error" for one in results)
        if not refused:
            return status
        return 207 if refused < len(results) else 202

    def _rows(self) -> tuple[Row, list[Row]]:
        document = self.asked.document()
        if document is None:
            raise invalid("the body is no JSON object", expected="application/json")
        if unknown := set(document) - _KNOWN:
            raise invalid("unknown key in the body", api_name=sorted(unknown)[0], json_path="$")
        rows = parts(document, "data")
        if "data" not in document:
            details: Row = {"api_name": "data", "json_path": "$.data"}
            raise refusal(400, "MANDATORY_NOT_FOUND", "required field not found", details)
        if not rows:
            raise invalid("data is to be an array of records", api_name="data", json_path="$.data")
        if len(rows) > MOST:
            raise exceeded("more than 100 records", limit=MOST, api_name="data", json_path="$.data")
        if "trigger" in document and texts(document, "trigger") is None:
            raise invalid("trigger is to be an array", api_name="trigger", json_path="$.trigger")
        return document, rows

    def _inserted(self, place: int, row: Row) -> Row:
        for field in self.module.fields.values():
            if field.is_needed and row.get(field.name) in (None, ""):
                path = f"$.data[{place}].{field.name}"
                raise _Bad("MANDATORY_NOT_FOUND", "required field not found", api_name=field.name, json_path=path)
        values = dict(self._checked(place, row))
        now = self.system.clock.now()
        held = Held(self.system.new_id(self.module.name), now, now, {"Owner": self.user, **values})
        self.system.tables[self.module.name].add(held)
        return self._told(held, "record added")

    def _updated(self, place: int, row: Row) -> Row:
        found = self.only or row.get("id")
        if found is None:
            path = f"$.data[{place}].id"
            raise _Bad("MANDATORY_NOT_FOUND", "required field not found", api_name="id", json_path=path)
        table = self.system.tables[self.module.name]
        if not isinstance(found, str) or table.get(found) is None:
            path = f"$.data[{place}].id"
            raise _Bad("INVALID_DATA", "the id given seems to be invalid", api_name="id", json_path=path)
        values = dict(self._checked(place, {name: one for name, one in row.items() if name != "id"}))
        return self._told(table.change(found, values, self.system.clock.now()), "record updated")

    def _upserted(self, place: int, row: Row) -> Row:
        names = texts(self.asked.document() or {}, "duplicate_check_fields") or []
        if not names:
            raise _Bad("EXPECTED_FIELD_MISSING", "duplicate_check_fields is missing")
        for name in names:
            for held in self.system.tables[self.module.name].rows.values():
                if name in row and held.body.get(name) == row[name]:
                    told = self._updated(place, {**row, "id": held.row_id})
                    return {**told, "action": "update", "duplicate_field": name}
        return {**self._inserted(place, row), "action": "insert", "duplicate_field": None}

    def _checked(self, place: int, row: Row) -> Iterator[tuple[str, object]]:
        for name, given in row.items():
            field = self.module.fields.get(name)
            path = f"$.data[{place}].{name}"
            if field is None or field.is_read_only:
                raise _Bad("INVALID_DATA", "there is no such field to write", api_name=name, json_path=path)
            if given is None and not field.is_needed:
                yield name, None
            elif field.kind == "lookup":
                yield name, self._looked_up(field, row, given, path)
            else:
                if not _fits(field, given):
                    details = {"api_name": name, "json_path": path, "expected_data_type": field.kind}
                    raise _Bad("INVALID_DATA", "invalid data", **details)
                yield name, given

    def _looked_up(self, field: Field, row: Row, given: object, path: str) -> Row:
        found = given.get("id") if isinstance(given, dict) else given
        module = str(row.get("$se_module", "Accounts")) if field.refers_to == "*" else field.refers_to
        table = self.system.tables.get(module)
        held = table.get(found) if table is not None and isinstance(found, str) else None
        if held is None:
            raise _Bad("INVALID_DATA", "the id given seems to be invalid", api_name=field.name, json_path=path)
        return {"name": self.system.name_of(held), "id": held.row_id}

    def _told(self, held: Held, message: str) -> Row:
        details = {
            "id": held.row_id,
            "Created_Time": text(held.created),
            "Modified_Time": text(held.modified),
            "Created_By": {"name": self.user["name"], "id": self.user["id"]},
            "Modified_By": {"name": self.user["name"], "id": self.user["id"]},
            "$approval_state": "approved",
        }
        return {"code": "SUCCESS", "details": details, "message": message, "status": "success"}


def _fits(field: Field, given: object) -> bool:
    if field.kind in _TEXTS:
        return isinstance(given, str) and (not field.choices or given in field.choices)
    if field.kind in {"currency", "double"}:
        return isinstance(given, int | float) and not isinstance(given, bool)
    checks: Mapping[str, Callable[[object], bool]] = {
        "integer": lambda one: isinstance(one, int) and not isinstance(one, bool),
        "boolean": lambda one: isinstance(one, bool),
        "date": lambda one: isinstance(one, str) and len(one) == 10 and read(one + "T00:00:00Z") is not None,
        "datetime": lambda one: isinstance(one, str) and read(one) is not None,
        "ownerlookup": lambda one: isinstance(one, dict) and isinstance(one.get("id"), str),
    }
    return field.kind in checks and checks[field.kind](given)
