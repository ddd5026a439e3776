"""What is written to Zoho Books: decisions on a contact, reminders and write-offs of an invoice."""

from typing import Final

from policy_service.sample_crms.books.errors import invalid
from policy_service.sample_crms.books.showing import whole
from policy_service.sample_crms.speaking import Answer, Asked, answer, parts
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Row

_TEXTS: Final = frozenset({"contact_name", "company_name", "payment_terms_label"})
ACTIONS: Final = frozenset(
    {"paymentreminder", "paymentreminder/enable", "paymentreminder/disable", "writeoff", "writeoff/cancel"}
)


def change_contact(system: StandIn, row: Held, asked: Asked) -> Answer:
    """Change a contact's limit, terms, names or custom fields."""
    document = asked.document()
    if not document:
        raise invalid("JSON is not well formed")
    values: Row = {}
    for name, given in document.items():
        if name == "custom_fields":
            values[name] = _custom_fields(row, document)
        elif _fits(name, given):
            values[name] = given
        else:
            raise invalid(f"Invalid value passed for {name}")
    system.tables["contacts"].change(row.row_id, values, system.clock.now())
    system.journal.write("contacts", row.row_id, "update", document, fires_workflows=False)
    told = {"code": 0, "message": "Contact information has been saved.", "contact": whole("contacts", row, asked)}
    return answer(200, told)


def act_on_invoice(system: StandIn, row: Held, action: str) -> Answer:
    """Remind of an invoice, let it be reminded of or not, write it off or take that back."""
    balance = row.body.get("balance")
    values: Row = {}
    match action:
        case "paymentreminder":
            sent = row.body.get("reminders_sent")
            values = {"reminders_sent": (sent if isinstance(sent, int) else 0) + 1}
        case "paymentreminder/enable" | "paymentreminder/disable":
            values = {"payment_reminder_enabled": action.endswith("enable")}
        case "writeoff":
            values = {"write_off_amount": balance, "balance": 0, "status": "paid"}
        case _:
            values = {"write_off_amount": 0, "balance": row.body.get("write_off_amount"), "status": "overdue"}
    system.tables["invoices"].change(row.row_id, values, system.clock.now())
    system.journal.write("invoices", row.row_id, action, values, fires_workflows=False)
    return answer(200, {"code": 0, "message": "success"})


def _fits(name: str, given: object) -> bool:
    if isinstance(given, bool):
        return False
    match name:
        case "credit_limit":
            return isinstance(given, int | float) and given >= 0
        case "payment_terms":
            return isinstance(given, int) and given >= 0
        case _:
            return name in _TEXTS and isinstance(given, str) and bool(given)


def _custom_fields(row: Held, document: Row) -> list[Row]:
    fields = parts(row.body, "custom_fields") or []
    given = parts(document, "custom_fields")
    if given is None:
        raise invalid("Invalid value passed for custom_fields")
    made = [dict(field) for field in fields]
    for one in given:
        chosen = [field for field in made if _is_named(field, one)]
        if not chosen or "value" not in one:
            raise invalid("Invalid value passed for custom_fields")
        chosen[0]["value"] = one["value"]
    return made


def _is_named(field: Row, given: Row) -> bool:
    names = [name for name in ("customfield_id", "api_name") if name in given]
    return bool(names) and all(field[name] == given[name] for name in names)
