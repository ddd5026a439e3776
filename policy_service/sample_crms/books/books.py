"""Zoho Books v3: what is asked where, for which organisation, with which right, and how often."""

import re
from collections import defaultdict
from typing import Final

from policy_service.sample_crms.books import listing, rows
from policy_service.sample_crms.books.errors import (
    INVALID_ID,
    INVALID_TOKEN,
    INVALID_URL,
    NO_ORGANIZATION,
    NOT_AUTHORIZED,
    PER_DAY,
    PER_MINUTE,
    invalid,
    refusal,
)
from policy_service.sample_crms.books.showing import shaped, whole
from policy_service.sample_crms.books.writing import ACTIONS, act_on_invoice, change_contact
from policy_service.sample_crms.clock import DAY, MINUTE, SECOND, Window
from policy_service.sample_crms.company import CURRENCY, Company
from policy_service.sample_crms.faults import Fault
from policy_service.sample_crms.speaking import Answer, Asked, Refusal, answer, parts, word
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Held, Row, Tables
from policy_service.sample_crms.zoho_accounts import PATH, ZohoAccounts, covers

SCOPES: Final = frozenset(
    {"ZohoBooks.invoices.ALL", "ZohoBooks.customerpayments.READ", "ZohoBooks.contacts.ALL", "ZohoBooks.settings.READ"}
)
ORGANIZATION: Final = "10234695"
_PATH: Final = re.compile(r"/books/v3/(contacts|invoices|customerpayments)(?:/(\w+)(?:/([a-z/]+))?)?")
_SINGLE: Final = {"contacts": "contact", "invoices": "invoice", "customerpayments": "payment"}
_UNAUTHORIZED: Final = "You are not authorized to perform this operation"


class ZohoBooks(StandIn):
    """The accounts server and Zoho Books at one origin.

    Settings: `per_minute`, `per_day`, `says_retry_after`, `tokens_in_10_minutes`, `token_lives_s`, `scopes`.
    """

    def __init__(self, company: Company, settings: Row) -> None:
        self.accounts = ZohoAccounts(self, SCOPES)
        super().__init__(company, settings)

    def fill(self) -> Tables:
        """Return contacts, invoices and payments."""
        self._payments_of: dict[str, list[str]] = defaultdict(list)
        return rows.fill(self.company)

    def begin(self) -> None:
        """Forget tokens and what was used of the limits."""
        self.accounts.begin()
        self._minute, self._day = Window(MINUTE), Window(DAY)
        self._new = rows.FIRST_NEW

    def expire_tokens(self) -> None:
        """Let every access token expire."""
        self.accounts.expire()

    def credentials(self) -> Row:
        """Return what one needs to sign in, and the organisation."""
        return {**self.accounts.credentials(), "organization_id": ORGANIZATION}

    def control(self, verb: str, document: Row) -> Row:
        """Give out another code to sign in with: `code`."""
        return self.accounts.control(verb, document)

    def new_id(self, object_name: str) -> str:
        """Return the id of a new row."""
        self._new += 1
        return rows.books_id(object_name, self._new)

    def name_of(self, row: Held) -> str:
        """Return what users call a row."""
        names = ("contact_name", "invoice_number", "payment_number")
        return next((str(row.body[name]) for name in names if name in row.body), "")

    def tell(self, object_name: str, event: str, changed: dict[str, Row]) -> None:
        """Books tells nobody; a new row gets its id."""
        if event == "insert":
            for row_id in changed:
                body = self.tables[object_name].rows[row_id].body
                body[f"{_SINGLE[object_name]}_id"] = row_id
                # Which customer it is of is looked up anew.
                self._payments_of.clear()

    def instead(self, fault: Fault) -> Answer:
        """Return the answer of Zoho Books to a fault."""
        code = fault.options.get("code")
        match fault.kind:
            case "throttled":
                told = {"code": PER_MINUTE if code is None else code, "message": "too many requests"}
                made = answer(429, told)
                if "retry_after" in fault.options:
                    made.headers["Retry-After"] = str(fault.options["retry_after"])
                return made
            case "authentication_failure":
                return answer(401, {"code": NOT_AUTHORIZED if code is None else code, "message": _UNAUTHORIZED})
            case _:
                return answer(200, {"code": 1000 if code is None else code, "message": "Sorry, something went wrong"})

    def answer(self, asked: Asked) -> Answer:
        """Answer a request to either server."""
        if asked.path == PATH:
            return self.accounts.answer(asked)
        self._count()
        if "authorization" not in asked.headers:
            raise refusal(401, NOT_AUTHORIZED, _UNAUTHORIZED)
        scopes = self.accounts.allowed(asked)
        if scopes is None:
            raise refusal(401, INVALID_TOKEN, "Invalid value passed for authtoken.")
        if asked.path == "/books/v3/organizations" and asked.method == "GET":
            return answer(200, {"code": 0, "message": "success", "organizations": [_organization()]})
        found = _PATH.fullmatch(asked.path)
        if found is None:
            raise _no_such_url()
        organization = asked.query.get("organization_id")
        if organization is None:
            raise refusal(400, NO_ORGANIZATION, "organization_id is missing")
        if organization != ORGANIZATION:
            raise refusal(401, NOT_AUTHORIZED, _UNAUTHORIZED)
        return self._routed(asked, found.group(1), found.group(2) or "", found.group(3) or "", scopes)

    def _routed(self, asked: Asked, name: str, row_id: str, what: str, scopes: frozenset[str]) -> Answer:
        match asked.method:
            case "GET":
                _permit(scopes, name, "READ")
                if not row_id:
                    return listing.page(name, self.tables[name], asked)
                _refuse_parameters(asked)
                row = self._row(name, row_id)
                if what == "payments" and name == "invoices":
                    return answer(200, {"code": 0, "message": "success", "payments": self._applied(row, asked)})
                if what == "":
                    return _single(name, row, asked)
            case "PUT" if name == "contacts" and row_id and not what:
                _permit(scopes, name, "UPDATE")
                _refuse_parameters(asked)
                return change_contact(self, self._row(name, row_id), asked)
            case "POST" if name == "invoices" and row_id and what in ACTIONS:
                _permit(scopes, name, "UPDATE")
                _refuse_parameters(asked)
                return act_on_invoice(self, self._row(name, row_id), what)
        raise _no_such_url()

    def _row(self, name: str, row_id: str) -> Held:
        row = self.tables[name].get(row_id)
        if row is None:
            raise refusal(404, INVALID_ID, f"Invalid value passed for {_SINGLE[name]}_id")
        return row

    def _applied(self, invoice: Held, asked: Asked) -> list[Row]:
        held = self.tables["customerpayments"].rows
        if not self._payments_of:
            for row in held.values():
                self._payments_of[word(row.body, "customer_id")].append(row.row_id)
        payments = (held[one] for one in self._payments_of[word(invoice.body, "customer_id")] if one in held)
        return [
            shaped(_payment_of_invoice(payment, part), asked)
            for payment in payments
            for part in parts(payment.body, "invoices") or []
            if part.get("invoice_id") == invoice.row_id
        ]

    def _count(self) -> None:
        now = self.clock.now()
        for window, code, most in (
            (self._minute, PER_MINUTE, self.most("per_minute", 100)),
            (self._day, PER_DAY, self.most("per_day", 10_000)),
        ):
            if not window.take(now, most):
                made = refusal(429, code, "The maximum number of requests has been exceeded")
                if self.is_on("says_retry_after"):
                    made.answer.headers["Retry-After"] = str(window.wait(now) // SECOND + 1)
                raise made
        self.journal.credits += 1


def _payment_of_invoice(payment: Held, part: Row) -> Row:
    return {
        "payment_id": payment.row_id,
        "payment_number": payment.body.get("payment_number"),
        "invoice_id": part.get("invoice_id"),
        "invoice_payment_id": part.get("invoice_payment_id"),
        "payment_mode": payment.body.get("payment_mode"),
        "date": payment.body.get("date"),
        "amount": part.get("amount_applied"),
        "exchange_rate": payment.body.get("exchange_rate"),
    }


def _single(name: str, row: Held, asked: Asked) -> Answer:
    shown = whole(name, row, asked)
    flat = asked.shapes.get("flat_payment") if name == "customerpayments" else None
    if flat is None:
        return answer(200, {"code": 0, "message": "success", _SINGLE[name]: shown})
    if flat.get("whole") is True:
        return answer(200, {"code": 0, "message": "success", **shown})
    inner = {key: shown[key] for key in ("payment_id", "payment_mode", "amount", "date") if key in shown}
    outer = {key: one for key, one in shown.items() if key not in inner}
    return answer(200, {"code": 0, "message": "success", "payment": inner, **outer})


def _organization() -> Row:
    return {
        "organization_id": ORGANIZATION,
        "name": "Sample Company",
        "is_default_org": True,
        "currency_code": CURRENCY,
        "time_zone": "Asia/Shanghai",
    }


def _refuse_parameters(asked: Asked) -> None:
    for name in asked.query:
        if name != "organization_id":
            raise invalid(f"Invalid value passed for {name}")


def _permit(scopes: frozenset[str], name: str, right: str) -> None:
    if not covers(scopes, f"ZohoBooks.{name}.{right}"):
        raise refusal(401, NOT_AUTHORIZED, _UNAUTHORIZED)


def _no_such_url() -> Refusal:
    return refusal(404, INVALID_URL, "Invalid URL Passed")
