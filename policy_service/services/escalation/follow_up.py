"""What people do about a case: notes, contacts, promises, disputes, who has it, until when.

Contacts, promises and disputes become entries of the ledger in the same transaction, so that facts see them.
"""

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.amounts import decimal_text, to_scaled
from policy_service.domain.currencies import currency
from policy_service.domain.entries import Adjustment, CustomerHistory, Dispute, Event, Invoice, Payment, Promise
from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Permission
from policy_service.domain.values import Kind, scale
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import open_items
from policy_service.services.actor import Actor, require
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.known_customers import KnownLedger
from policy_service.services.ledger_in.telling import tell_of_posting
from policy_service.services.orders.wording import money_text
from policy_service.storage.case_store import CaseStore
from policy_service.storage.customer_locks import lock_customers
from policy_service.storage.errors import refuse_if_changed
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import Entry
from policy_service.storage.ledger_upsert import Upserted
from policy_service.storage.people_store import PeopleStore
from policy_service.storage.stored_cases import CaseNow, Note

#: The kind of the ledger's events that say somebody spoke with the customer.
CONTACT = "contact"


class FollowUp:
    """One case while a person works on it, held until the transaction ends.

    AccessError A403 without the permission, NotStored S209 for a case that is not there, Conflict S208 for one that is
    not at `revision`, where one is given. Whatever is done is noted, and so counts the revision of `case` up.
    """

    def __init__(
        self, house: House, session: Session, case_id: str, actor: Actor, act: Act, *, revision: int | None = None
    ) -> None:
        require(actor, Permission.CASES_WORK)
        self._house = house
        self._session = session
        self._act = act
        self._store = CaseStore(session)
        self._today = business_day(act.at, house.settings.zone)
        lock_customers(session, [self._store.load(case_id).customer_id])
        self.case: CaseNow = self._store.held(case_id)
        refuse_if_changed(f"the case {case_id}", self.case.revision, revision)

    def note(self, said: str) -> Note:
        """Note something; a closed case takes notes too."""
        return self._noted("note", said)

    def contact(self, channel: str, said: str) -> Note:
        """Note that somebody spoke with the customer today, by that channel."""
        entry_id = self._entry_id()
        event = Event(entry_id, self.case.customer_id, self._today, CONTACT, self._today, channel)
        self._post(event)
        return self._noted("contact", f"{channel}: {said}" if said else channel, entry_id)

    def promise(self, invoice_id: str, promised: dt.date, amount: Decimal | None, said: str) -> Note:
        """Note that the customer promised today to pay an invoice, or an amount of it, by a day.

        RequestError R455 for a closed case, R456 for an invoice that is not the customer's or not open, R457 for a day
        that has passed, or an amount that is none in the invoice's currency or more than is open of it.
        """
        self._require_open()
        invoice = self._open_invoice(invoice_id)
        if promised < self._today:
            raise _wrong(f"A promise for {promised} was made on {self._today}.", "Give a day from today on.")
        scaled = None if amount is None else self._promised_of(amount, invoice)
        entry_id = self._entry_id()
        self._post(Promise(entry_id, invoice_id, self._today, promised, self._today, scaled))
        much = "" if amount is None else f"{decimal_text(amount)} {invoice.currency} "
        return self._noted("promise", _joined(f"{much}for {invoice_id} by {promised}", said), entry_id)

    def dispute(self, invoice_id: str, said: str) -> Note:
        """Note that the customer disputes an open invoice from today on; RequestError R455, R456, R458 if it does."""
        self._require_open()
        self._open_invoice(invoice_id)
        if _open_dispute(self._history, invoice_id):
            raise _disputed(f"Invoice {invoice_id[:60]} is in dispute already.", "Close that dispute first.")
        entry_id = self._entry_id()
        self._post(Dispute(entry_id, invoice_id, self._today, self._today))
        return self._noted("dispute", _joined(f"{invoice_id} in dispute", said), entry_id)

    def settle_dispute(self, invoice_id: str, said: str) -> Note:
        """Note that an invoice's dispute ended today; RequestError R455, R456, R458 if there is none."""
        self._require_open()
        self._invoice(invoice_id)
        dispute = _open_dispute(self._history, invoice_id)
        if dispute is None:
            raise _disputed(f"Invoice {invoice_id[:60]} is in no dispute.", "Name an invoice that is.")
        self._post(Dispute(dispute.dispute_id, invoice_id, dispute.opened, dispute.posted_on, self._today))
        return self._noted("dispute", _joined(f"{invoice_id} no longer in dispute", said), dispute.dispute_id)

    def assign(self, login: str) -> CaseNow:
        """Give the case to a person, or with an empty login to nobody, and return it.

        RequestError R455 for a closed case, R459 for nobody's login, or that of somebody who is not active.
        """
        self._require_open()
        person = PeopleStore(self._session).find(login) if login else None
        if login and (person is None or not person.is_active):
            raise RequestError(
                "R459", f"Nobody active has the login {login[:60]!r}.", remedy="Give the login of a person."
            )
        self._store.assign(self.case.case_id, login)
        self._noted("assignment", f"given to {login}" if login else "given to nobody")
        return self.case

    def move_deadline(self, deadline: dt.date, why: str) -> CaseNow:
        """Set another deadline for a reason, and return the case; RequestError R455, R457 for a day that has passed."""
        self._require_open()
        if deadline < self._today:
            raise _wrong(f"A deadline of {deadline} has passed.", "Give a day from today on.")
        before = self.case.deadline.isoformat() if self.case.deadline else "no day"
        self._store.move_deadline(self.case.case_id, deadline)
        self._noted("deadline", f"from {before} to {deadline}: {why}")
        return self.case

    @property
    def _ledger(self) -> KnownLedger:
        return self._house.customers.at(self._session)

    @property
    def _history(self) -> CustomerHistory:
        return self._ledger.history(self.case.customer_id)

    def _require_open(self) -> None:
        if not self.case.is_open:
            raise RequestError(
                "R455",
                f"The case {self.case.case_id} was closed on {self.case.closed_on}.",
                remedy="Work on the customer's open case; a closed one takes notes and contacts only.",
            )

    def _invoice(self, invoice_id: str) -> Invoice:
        own = (invoice for invoice in self._history.invoices if invoice.invoice_id == invoice_id)
        found = next(own, None)
        if found is None:
            raise RequestError(
                "R456",
                f"Customer {self.case.customer_id} has no invoice {invoice_id[:60]!r}.",
                remedy="Name one of the case's invoices, or another of the customer's.",
            )
        return found

    def _open_invoice(self, invoice_id: str) -> Invoice:
        found = self._invoice(invoice_id)
        knowledge = Knowledge(self._today, includes_day=True)
        if invoice_id not in {item.invoice_id for item in open_items(self._ledger, self.case.customer_id, knowledge)}:
            raise RequestError(
                "R456", f"Nothing of invoice {invoice_id[:60]!r} is open.", remedy="Name an open invoice."
            )
        return found

    def _promised_of(self, amount: Decimal, invoice: Invoice) -> int:
        scaled, left = _amount_of(amount, invoice), _left_open(self._history, invoice, self._today)
        if scaled > left:
            is_open = f"{money_text(left, invoice.currency)} {invoice.currency}"
            raise _wrong(
                f"{decimal_text(amount)} {invoice.currency} is more than is open of invoice {invoice.invoice_id[:60]}: "
                f"{is_open}.",
                "Give that amount at most, or none for all of the invoice.",
            )
        return scaled

    def _entry_id(self) -> str:
        return f"{self.case.case_id}-{self._store.count_entries(self.case.case_id) + 1}"

    def _post(self, entry: Entry) -> None:
        store, act = LedgerStore(self._session), self._act
        became = store.upsert([entry], self._ledger.currency.code, act.at, act.person)
        is_correction = Upserted.REPLACED in became
        tell_of_posting(self._house, self._session, store.head(), act, is_correction=is_correction)

    def _noted(self, kind: str, said: str, entry_id: str = "") -> Note:
        made = self._store.add_note(self.case.case_id, kind, said, self._act, entry_id)
        self.case = self._store.load(self.case.case_id)
        detail = {"said": said, "entry_id": entry_id} if entry_id else {"said": said}
        note(self._house, self._session, self._act, f"case_{kind}", "case", self.case.case_id, detail)
        return made


def _open_dispute(history: CustomerHistory, invoice_id: str) -> Dispute | None:
    of_invoice = (one for one in history.disputes if one.invoice_id == invoice_id and one.closed is None)
    return next(of_invoice, None)


def _amount_of(amount: Decimal, invoice: Invoice) -> int:
    try:
        scaled = to_scaled(amount, scale(Kind.MONEY, currency(invoice.currency)))
    except PolicyTextError:
        scaled = 0
    if scaled <= 0:
        raise _wrong(f"{decimal_text(amount)} {invoice.currency} is no amount to promise.", "Give one above 0.")
    return scaled


def _left_open(history: CustomerHistory, invoice: Invoice, today: dt.date) -> int:
    # Open items are in the base currency, and a promise is in the invoice's.
    entries: list[Payment | Adjustment] = [*history.payments, *history.adjustments]
    upon = (one for one in entries if one.invoice_id == invoice.invoice_id)
    return max(0, invoice.amount - sum(one.amount for one in upon if max(one.date, one.posted_on) <= today))


def _joined(fact: str, said: str) -> str:
    return f"{fact}. {said}" if said else fact


def _wrong(found: str, remedy: str) -> RequestError:
    return RequestError("R457", found, remedy=remedy)


def _disputed(found: str, remedy: str) -> RequestError:
    return RequestError("R458", found, remedy=remedy)
