"""What Zoho Books has for us: invoices, customers and their payments, with the fields that its description names."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from policy_service.connectors.port import Body, FieldKind, Json, RemoteField
from policy_service.connectors.zoho.refusals import no_object, words_of

_CUSTOM: Final = "customfield_"
_NAMED: Final = "cf_"


@dataclass(frozen=True, slots=True)
class BooksObject:
    """A kind of row: `keys` are what lists of it are called, `one` what a single one is; `listed` come with a list."""

    name: str
    title: str
    keys: tuple[str, ...]
    one: str
    row_id: str
    listed: frozenset[str]
    fields: tuple[RemoteField, ...]
    #: Whether its list can be asked for what changed, and in the order of creation.
    tells_changes: bool = False


_T, _N, _M = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.MONEY
_D, _I, _F, _R = FieldKind.DAY, FieldKind.INSTANT, FieldKind.FLAG, FieldKind.REFERENCE
_STATUSES: Final = ("draft", "sent", "overdue", "paid", "void", "unpaid", "partially_paid", "viewed")
_MODES: Final = ("check", "cash", "creditcard", "banktransfer", "bankremittance", "autotransaction", "others")
_WRITABLE: Final = frozenset({"credit_limit", "payment_terms", "payment_terms_label", "notes"})


def _fields(kinds: Mapping[str, FieldKind], **others: RemoteField) -> tuple[RemoteField, ...]:
    plain = (RemoteField(name, _title(name), kind, is_writable=name in _WRITABLE) for name, kind in kinds.items())
    return (*plain, *others.values())


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


_INVOICES: Final = {
    "invoice_id": _T,
    "invoice_number": _T,
    "customer_name": _T,
    "reference_number": _T,
    "date": _D,
    "due_date": _D,
    "currency_id": _T,
    "currency_code": _T,
    "exchange_rate": _N,
    "total": _M,
    "balance": _M,
    "write_off_amount": _M,
    "adjustment": _M,
    "shipping_charge": _M,
    "created_time": _I,
    "last_modified_time": _I,
    "payment_expected_date": _D,
    "last_payment_date": _D,
    "reminders_sent": _N,
    "salesperson_id": _T,
    "salesperson_name": _T,
    "location_id": _T,
    "location_name": _T,
}
_OF_ONE_INVOICE: Final = {
    "payment_terms": _N,
    "payment_terms_label": _T,
    "payment_made": _M,
    "credits_applied": _M,
    "sub_total": _M,
    "tax_total": _M,
    "tax_amount_withheld": _M,
    "payment_reminder_enabled": _F,
    "notes": _T,
}
_CONTACTS: Final = {
    "contact_id": _T,
    "contact_name": _T,
    "company_name": _T,
    "contact_type": _T,
    "status": _T,
    "payment_terms": _N,
    "payment_terms_label": _T,
    "currency_id": _T,
    "currency_code": _T,
    "outstanding_receivable_amount": _M,
    "unused_credits_receivable_amount": _M,
    "email": _T,
    "phone": _T,
    "mobile": _T,
    "created_time": _I,
    "last_modified_time": _I,
}
_OF_ONE_CONTACT: Final = {
    "credit_limit": _M,
    "zcrm_account_id": _T,
    "zcrm_contact_id": _T,
    "customer_sub_type": _T,
    "outstanding_receivable_amount_bcy": _M,
    "unused_credits_receivable_amount_bcy": _M,
    "payment_reminder_enabled": _F,
    "is_linked_with_zohocrm": _F,
    "owner_id": _T,
    "website": _T,
    "notes": _T,
}
_PAYMENTS: Final = {
    "payment_id": _T,
    "payment_number": _T,
    "invoice_number": _T,
    "date": _D,
    "amount": _M,
    "bcy_amount": _M,
    "location_id": _T,
    "location_name": _T,
}
_OF_ONE_PAYMENT: Final = {
    "customer_name": _T,
    "currency_code": _T,
    "exchange_rate": _N,
    "amount_refunded": _M,
    "bank_charges": _M,
    "status": _T,
    "reference_number": _T,
    "description": _T,
}
_ALLOCATIONS: Final = RemoteField(
    "invoices",
    "Invoices paid",
    FieldKind.LIST,
    parts=(
        RemoteField("invoice_id", "Invoice id", _R, refers_to="invoices", is_writable=False),
        RemoteField("invoice_payment_id", "Invoice payment id", is_writable=False),
        RemoteField("invoice_number", "Invoice number", is_writable=False),
        RemoteField("date", "Date", _D, is_writable=False),
        RemoteField("invoice_amount", "Invoice amount", _M, is_writable=False),
        RemoteField("amount_applied", "Amount applied", _M, is_writable=False),
        RemoteField("balance_amount", "Balance amount", _M, is_writable=False),
    ),
    is_writable=False,
)
_CUSTOMER: Final = RemoteField("customer_id", "Customer id", _R, refers_to="contacts", is_writable=False)
_STATUS: Final = RemoteField("status", "Status", FieldKind.CHOICE, choices=_STATUSES, is_writable=False)
_MODE: Final = RemoteField("payment_mode", "Payment mode", FieldKind.CHOICE, choices=_MODES, is_writable=False)

_ALL: Final = (
    BooksObject(
        "invoices",
        "Invoices",
        ("invoices",),
        "invoice",
        "invoice_id",
        frozenset({*_INVOICES, "customer_id", "status", "custom_fields"}),
        _fields(_INVOICES | _OF_ONE_INVOICE, customer=_CUSTOMER, status=_STATUS),
        tells_changes=True,
    ),
    BooksObject(
        "contacts",
        "Customers",
        ("contacts",),
        "contact",
        "contact_id",
        frozenset(_CONTACTS),
        _fields(_CONTACTS | _OF_ONE_CONTACT),
    ),
    BooksObject(
        "customerpayments",
        "Payments received",
        ("customer_payments", "customerpayments"),
        "payment",
        "payment_id",
        frozenset({*_PAYMENTS, "payment_mode"}),
        _fields(_PAYMENTS | _OF_ONE_PAYMENT, customer=_CUSTOMER, mode=_MODE, invoices=_ALLOCATIONS),
    ),
)
BOOKS_OBJECTS: Final[Mapping[str, BooksObject]] = MappingProxyType({each.name: each for each in _ALL})


def books_object(name: str) -> BooksObject:
    """Return the object of that name; ConnectorError X117 for another."""
    if name not in BOOKS_OBJECTS:
        raise no_object(name)
    return BOOKS_OBJECTS[name]


def is_custom(name: str) -> bool:
    """Return whether the name is that of a custom field: `cf_..` by its API name, `customfield_..` by its id."""
    return name.startswith((_NAMED, _CUSTOM))


def is_numbered(name: str) -> bool:
    """Return whether the name is that of a custom field by its id: that is how lists name them."""
    return name.startswith(_CUSTOM)


def value_of(row: Body, name: str) -> Json:
    """Return the value of a field, also of a custom one that stands in the row's list of these."""
    if name in row or not is_custom(name):
        return row.get(name)
    for each in _custom_fields(row):
        if name in _names_of(each):
            return each.get("value")
    return None


def custom_fields_of(row: Body) -> tuple[RemoteField, ...]:
    """Return the custom fields that a row has, by their API names where they have one."""
    found = ((_names_of(each), words_of(each.get("label"))) for each in _custom_fields(row))
    return tuple(RemoteField(names[0], label or names[0]) for names, label in found if names)


def custom_value(name: str, value: Json) -> Mapping[str, Json]:
    """Return the entry of a row's list of custom fields that gives one a value."""
    if name.startswith(_NAMED):
        return {"api_name": name, "value": value}
    return {"customfield_id": name.removeprefix(_CUSTOM), "value": value}


def _custom_fields(row: Body) -> tuple[Body, ...]:
    found = row.get("custom_fields")
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _names_of(custom: Body) -> tuple[str, ...]:
    named, number = words_of(custom.get("api_name")), words_of(custom.get("customfield_id"))
    return (*((named,) if named.startswith(_NAMED) else ()), *((_CUSTOM + number,) if number else ()))
