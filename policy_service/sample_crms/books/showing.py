"""Rows of Zoho Books as a list shows them, and as their own call does."""

from typing import Final

from policy_service.sample_crms.clock import text_without_colon
from policy_service.sample_crms.speaking import Asked
from policy_service.sample_crms.table import Held, Row

#: What a list shows of a row; payments without their customer and what they were applied to.
LISTED: Final = {
    "contacts": (
        "contact_id",
        "contact_name",
        "company_name",
        "contact_type",
        "status",
        "payment_terms",
        "payment_terms_label",
        "currency_id",
        "currency_code",
        "outstanding_receivable_amount",
        "unused_credits_receivable_amount",
        "zcrm_account_id",
        "created_time",
        "last_modified_time",
    ),
    "invoices": (
        "invoice_id",
        "customer_name",
        "customer_id",
        "status",
        "invoice_number",
        "reference_number",
        "date",
        "due_date",
        "due_days",
        "currency_id",
        "currency_code",
        "exchange_rate",
        "total",
        "balance",
        "created_time",
        "last_modified_time",
        "is_emailed",
        "reminders_sent",
        "last_reminder_sent_date",
        "payment_expected_date",
        "last_payment_date",
        "write_off_amount",
        "salesperson_id",
        "salesperson_name",
        "custom_fields",
    ),
    "customerpayments": (
        "payment_id",
        "payment_number",
        "invoice_number",
        "date",
        "payment_mode",
        "amount",
        "bcy_amount",
    ),
}


def listed(name: str, row: Held, asked: Asked) -> Row:
    """Return a row as a list shows it."""
    whole = {**row.body, **_times(row)}
    return shaped({key: whole.get(key, " ") for key in LISTED[name]}, asked)


def whole(name: str, row: Held, asked: Asked) -> Row:
    """Return a row as its own call shows it."""
    times = _times(row) if name != "customerpayments" else {}
    lines: Row = {}
    if name == "invoices":
        item = {"line_item_id": "1" + row.row_id[1:], "name": "Goods", "rate": row.body.get("total"), "quantity": 1}
        lines["line_items"] = [{**item, "item_total": row.body.get("total")}]
    return shaped({**row.body, **times, **lines}, asked)


def shaped(row: Row, asked: Asked) -> Row:
    """Return a row with the ids and blanks that a fault asks for."""
    blanks = asked.shapes.get("blanks")
    if blanks is not None:
        row = {name: blanks.get("with", "") if one in (" ", "", None) else one for name, one in row.items()}
    if "ids_as_numbers" in asked.shapes:
        row = {name: _with_numbers(name, one) for name, one in row.items()}
    return row


def _times(row: Held) -> Row:
    return {
        "created_time": text_without_colon(row.created),
        "last_modified_time": text_without_colon(row.modified),
    }


def _with_numbers(name: str, found: object) -> object:
    if isinstance(found, list):
        return [
            {inner: _with_numbers(inner, one) for inner, one in part.items()} if isinstance(part, dict) else part
            for part in found
        ]
    if name.endswith("_id") and isinstance(found, str) and found.isdigit():
        return int(found)
    return found
