"""The company as Zoho Books holds it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from policy_service.sample_crms.clock import imported, instant
from policy_service.sample_crms.company import CURRENCY, FOREIGN, Allocation, Company, Customer, Invoice, Receipt
from policy_service.sample_crms.crm.modules import crm_id
from policy_service.sample_crms.table import Held, Row, Tables

#: What is made later is numbered from here.
FIRST_NEW: Final = 500_000_000
KINDS: Final = {"contacts": 1, "invoices": 2, "customerpayments": 3, "allocations": 4}
CURRENCY_IDS: Final = {CURRENCY: "982000000000190", FOREIGN: "982000000000191"}
#: Fields that the company added to contacts: api_name, label, customfield_id.
CUSTOM_FIELDS: Final = (
    ("cf_credit_grade", "Credit Grade", "982005000000001"),
    ("cf_stop_credit", "Stop Credit", "982005000000002"),
    ("cf_next_review", "Next Review", "982005000000003"),
)
_MODES: Final = {"transfer": "banktransfer", "acceptance_bill": "others"}
BLANK: Final = " "


def books_id(kind: str, number: int) -> str:
    """Return the id of a row: fifteen digits."""
    return f"982{KINDS[kind]:03d}{number:09d}"


def fill(company: Company) -> Tables:
    """Return contacts, invoices and customer payments, each with all that its own call shows."""
    names = {customer.number: customer.name for customer in company.customers}
    return Tables(
        {
            "contacts": lambda: _contacts(company),
            "invoices": lambda: (_invoice(one, company, names) for one in company.invoices),
            "customerpayments": lambda: _payments(company, names),
        }
    )


def money(minor: int) -> float:
    """Return an amount as it stands in JSON: with as many places as it has."""
    return minor / 100


def _contacts(company: Company) -> Iterator[Held]:
    open_of: dict[int, int] = defaultdict(int)
    unused_of: dict[int, int] = defaultdict(int)
    for invoice in company.invoices:
        open_of[invoice.customer] += invoice.open
    for receipt in company.receipts:
        unused_of[receipt.customer] += receipt.amount - sum(one.amount for one in receipt.allocations)
    for customer in company.customers:
        yield _contact(customer, company, open_of[customer.number], unused_of[customer.number])


def _contact(customer: Customer, company: Company, is_open: int, unused: int) -> Held:
    currency, rate = company.currency(customer.number)
    body: Row = {
        "contact_id": books_id("contacts", customer.number),
        "contact_name": customer.name,
        "company_name": customer.name,
        "contact_type": "customer",
        "contact_number": customer.code,
        "status": "active",
        "payment_terms": customer.term_days,
        "payment_terms_label": f"Net {customer.term_days}",
        "currency_id": CURRENCY_IDS[currency],
        "currency_code": currency,
        "outstanding_receivable_amount": money(is_open),
        "unused_credits_receivable_amount": money(unused),
        "zcrm_account_id": crm_id(1, customer.number),
        "credit_limit": 0,
        "outstanding_receivable_amount_bcy": money(is_open * rate),
        "payment_reminder_enabled": True,
        "is_linked_with_zohocrm": True,
        "custom_fields": [
            {"customfield_id": number, "api_name": name, "label": label, "value": ""}
            for name, label, number in CUSTOM_FIELDS
        ],
    }
    created = instant(customer.since, customer.number)
    return Held(str(body["contact_id"]), created, imported(company.last_day, customer.number), body)


def _invoice(invoice: Invoice, company: Company, names: dict[int, str]) -> Held:
    currency, rate = company.currency(invoice.customer)
    body: Row = {
        "invoice_id": books_id("invoices", invoice.number),
        "customer_name": names[invoice.customer],
        "customer_id": books_id("contacts", invoice.customer),
        "status": _status(invoice, company),
        "invoice_number": invoice.code,
        "reference_number": invoice.order,
        "date": invoice.issued.isoformat(),
        "due_date": invoice.due.isoformat(),
        "due_days": BLANK,
        "currency_id": CURRENCY_IDS[currency],
        "currency_code": currency,
        "exchange_rate": rate,
        "total": money(invoice.amount),
        "balance": money(invoice.open),
        "is_emailed": False,
        "reminders_sent": 0,
        "last_reminder_sent_date": BLANK,
        "payment_expected_date": BLANK,
        "last_payment_date": invoice.touched.isoformat() if invoice.paid else BLANK,
        "write_off_amount": money(invoice.written_off),
        "salesperson_id": BLANK,
        "salesperson_name": BLANK,
        "custom_fields": [],
        "payment_terms": (invoice.due - invoice.issued).days,
        "payment_terms_label": f"Net {(invoice.due - invoice.issued).days}",
        "payment_made": money(invoice.paid),
        "credits_applied": money(invoice.credited),
        "payment_reminder_enabled": True,
    }
    created = instant(invoice.issued, invoice.number)
    return Held(str(body["invoice_id"]), created, max(created, instant(invoice.touched, invoice.number)), body)


def _status(invoice: Invoice, company: Company) -> str:
    if not invoice.open:
        return "paid"
    if invoice.due < company.last_day:
        return "overdue"
    return "partially_paid" if invoice.paid else "sent"


def _payments(company: Company, names: dict[int, str]) -> Iterator[Held]:
    for receipt in company.receipts:
        currency, rate = company.currency(receipt.customer)
        body: Row = {
            "payment_id": books_id("customerpayments", receipt.number),
            "payment_number": str(receipt.number),
            "invoice_number": ", ".join(company.invoices[one.invoice - 1].code for one in receipt.allocations),
            "payment_mode": _MODES[receipt.instrument],
            "amount": money(receipt.amount),
            "bcy_amount": money(receipt.amount * rate),
            "amount_refunded": 0,
            "bank_charges": 0,
            "date": receipt.day.isoformat(),
            "status": "success",
            "reference_number": BLANK,
            "customer_id": books_id("contacts", receipt.customer),
            "customer_name": names[receipt.customer],
            "currency_code": currency,
            "exchange_rate": rate,
            "invoices": [_applied(one, company, receipt) for one in receipt.allocations],
        }
        moment = instant(receipt.posted, receipt.number)
        yield Held(str(body["payment_id"]), moment, moment, body)


def _applied(allocation: Allocation, company: Company, receipt: Receipt) -> Row:
    invoice = company.invoices[allocation.invoice - 1]
    return {
        "invoice_id": books_id("invoices", invoice.number),
        "invoice_payment_id": books_id("allocations", allocation.number),
        "invoice_number": invoice.code,
        "date": receipt.day.isoformat(),
        "invoice_amount": money(invoice.amount),
        "amount_applied": money(allocation.amount),
        "balance_amount": money(invoice.open),
    }
