"""What people do about a case is kept with it, and what the ledger should know becomes an entry of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from policy_service.domain.entries import CustomerHistory
from policy_service.domain.errors import AccessError, RequestError
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.escalation.follow_up import FollowUp
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.errors import NotStored
from policy_service.storage.job_store import JobStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import Entry
from tests.api.house import store_person
from tests.facts.small_ledgers import invoice, payment, rate
from tests.services.daily_run.diary import cases, days, fired, ladder_policy, notes, open_books, run_all
from tests.services.daily_run.test_waiting_orders import _ask as ask_about_an_order
from tests.services.decisions.live import act

Came = TypeVar("Came")
TODAY = dt.date(2025, 3, 3)
BOOKS: dict[str, Any] = {
    "invoices": [
        {"id": "I1", "issued": "2025-02-01", "due": "2025-03-01", "amount": 4500},
        {"id": "I9", "issued": "2025-02-01", "due": "2025-03-01", "customer": "C9"},
    ]
}


def actor(person: str = "carl", role: Role = Role.COLLECTOR) -> Actor:
    """Return a person of a role."""
    return Actor(person, f"u-{person}", frozenset({role}), permissions_of([role]))


@pytest.fixture
def case_id(house: House) -> str:
    """Give a case that was opened yesterday, of C1."""
    open_books(house, BOOKS)
    run_all(house, days("2025-03-01", "2025-03-02"))
    return next(case.case_id for case in cases(house) if case.customer_id == "C1")


def work(
    house: House, case_id: str, do: Callable[[FollowUp], Came], by: Actor | None = None, on: dt.date = TODAY
) -> Came:
    """Work on a case in a transaction of its own."""
    person = by or actor()
    with house.database.writing() as session:
        return do(FollowUp(house, session, case_id, person, act(on, person.person)))


def refused(house: House, case_id: str, do: Callable[[FollowUp], object]) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(RequestError) as error:
        work(house, case_id, do)
    return error.value.code


def push(house: House, *entries: Entry) -> None:
    """Store further entries."""
    with house.database.writing() as session:
        LedgerStore(session).upsert(entries, "CNY", act(TODAY).at, "erp")


def history(house: House) -> CustomerHistory:
    """Return what the ledger knows of C1."""
    with house.database.reading() as session:
        return LedgerStore(session).load_history("C1")


def test_a_note_stays_with_who_and_when(house: House, case_id: str) -> None:
    work(house, case_id, lambda on: on.note("Asks for a copy"))
    (note,) = notes(house, case_id)
    assert ("note", "Asks for a copy", "carl", act(TODAY).at) == (note.kind, note.text, note.person, note.at)
    with house.database.reading() as session:
        trail = AuditStore(session).about("case", case_id)
    assert ["case_opened", "case_climbed", "case_note"] == [event.act for event in trail]


def test_a_contact_becomes_an_event_of_the_ledger(house: House, case_id: str) -> None:
    work(house, case_id, lambda on: on.contact("phone", "Will call back"))
    (event,) = history(house).events
    assert ("contact", TODAY, f"{case_id}-1") == (event.kind, event.date, event.event_id)
    assert "phone: Will call back" == notes(house, case_id)[0].text


def test_a_promise_becomes_a_promise_of_the_ledger(house: House, case_id: str) -> None:
    work(house, case_id, lambda on: on.promise("I1", dt.date(2025, 3, 10), Decimal("1200.50"), "The boss signs"))
    work(house, case_id, lambda on: on.promise("I1", dt.date(2025, 3, 12), None, ""))
    first, second = history(house).promises
    assert ("I1", TODAY, dt.date(2025, 3, 10), 120_050) == (first.invoice_id, first.made, first.promised, first.amount)
    assert (None, f"{case_id}-2") == (second.amount, second.promise_id)
    assert "1200.5 CNY for I1 by 2025-03-10. The boss signs" == notes(house, case_id)[0].text


def test_a_disputed_invoice_climbs_no_further_until_the_dispute_is_settled(house: House, case_id: str) -> None:
    work(house, case_id, lambda on: on.dispute("I1", "Broken pieces"))
    run_all(house, days("2025-03-03", "2025-03-05"))
    assert "R458" == refused(house, case_id, lambda on: on.dispute("I1", "Again"))
    work(house, case_id, lambda on: on.settle_dispute("I1", "Replaced"), on=dt.date(2025, 3, 5))
    (dispute,) = history(house).disputes
    assert (TODAY, dt.date(2025, 3, 5)) == (dispute.opened, dispute.closed)
    assert "R458" == refused(house, case_id, lambda on: on.settle_dispute("I1", ""))
    run_all(house, days("2025-03-06", "2025-03-06"))
    of_case = {day: [one for one in names if "I1" in one] for day, names in fired(house).items()}
    assert ["(L2 I1)", "L3 I1"] == of_case[dt.date(2025, 3, 6)]
    assert [] == of_case.get(dt.date(2025, 3, 4), [])


@pytest.mark.parametrize("doing", ["promise", "dispute"])
def test_a_promise_or_a_dispute_wakes_held_orders(house: House, case_id: str, doing: str) -> None:
    ask_about_an_order(house, "O1", "2000", TODAY)
    if doing == "promise":
        work(house, case_id, lambda on: on.promise("I1", dt.date(2025, 3, 10), None, ""))
    else:
        work(house, case_id, lambda on: on.dispute("I1", ""))
    with house.database.reading() as session:
        (job,) = JobStore(session).page(9, kind="recheck_orders")
    assert ["C1"] == job.arguments["customers"]


def test_a_promise_needs_an_open_invoice_of_the_customer_a_day_to_come_and_an_amount(
    house: House, case_id: str
) -> None:
    soon = dt.date(2025, 3, 10)
    assert "R456" == refused(house, case_id, lambda on: on.promise("I9", soon, None, ""))
    assert "R456" == refused(house, case_id, lambda on: on.promise("I0", soon, None, ""))
    assert "R457" == refused(house, case_id, lambda on: on.promise("I1", dt.date(2025, 3, 2), None, ""))
    assert "R457" == refused(house, case_id, lambda on: on.promise("I1", soon, Decimal(0), ""))
    assert "R457" == refused(house, case_id, lambda on: on.promise("I1", soon, Decimal("0.001"), ""))
    assert () == history(house).promises


def test_a_promise_is_of_no_more_than_is_open(house: House, case_id: str) -> None:
    soon = dt.date(2025, 3, 10)
    paid, to_come = payment("P1", "2025-03-02", 120_000, "I1"), payment("P2", "2025-03-04", 30_000, "I1")
    push(house, paid, to_come)
    assert "R457" == refused(house, case_id, lambda on: on.promise("I1", soon, Decimal("3300.01"), ""))
    work(house, case_id, lambda on: on.promise("I1", soon, Decimal(3300), ""))
    assert [330_000] == [one.amount for one in history(house).promises]


def test_what_is_open_of_an_invoice_in_another_currency_is_told_in_its_own(house: House, case_id: str) -> None:
    soon = dt.date(2025, 3, 10)
    in_dollars = replace(invoice("I5", "2025-02-01", "2025-03-01", 100_000), currency="USD")
    push(house, rate("2025-01-01", "USD", "7.1"), in_dollars)
    with pytest.raises(RequestError, match=r"1000\.01 USD is more than is open of invoice I5: 1000\.00 USD"):
        work(house, case_id, lambda on: on.promise("I5", soon, Decimal("1000.01"), ""))


def test_a_case_is_given_to_somebody_who_is_there(house: House, case_id: str) -> None:
    store_person(house, "sam", Role.SALES)
    assert "sam" == work(house, case_id, lambda on: on.assign("sam")).assigned_to
    assert "" == work(house, case_id, lambda on: on.assign("")).assigned_to
    assert "R459" == refused(house, case_id, lambda on: on.assign("nobody"))
    assert ["given to sam", "given to nobody"] == [note.text for note in notes(house, case_id)]


def test_a_deadline_is_moved_for_a_reason(house: House, case_id: str) -> None:
    moved = work(house, case_id, lambda on: on.move_deadline(dt.date(2025, 3, 20), "On holiday"))
    assert dt.date(2025, 3, 20) == moved.deadline
    assert "from 2025-03-05 to 2025-03-20: On holiday" == notes(house, case_id)[0].text
    assert "R457" == refused(house, case_id, lambda on: on.move_deadline(dt.date(2025, 3, 2), "Too late"))


def test_a_closed_case_takes_notes_and_contacts_only(house: House) -> None:
    paid = [{"paid": "2025-03-02", "amount": 4500, "for": "I1"}]
    open_books(house, {**BOOKS, "payments": paid}, ladder_policy())
    run_all(house, days("2025-03-01", "2025-03-03"))
    closed = cases(house, "closed")[0].case_id
    work(house, closed, lambda on: on.note("Thanked for the payment"))
    work(house, closed, lambda on: on.contact("phone", ""))
    for doing in (
        lambda on: on.promise("I1", TODAY, None, ""),
        lambda on: on.dispute("I1", ""),
        lambda on: on.assign(""),
        lambda on: on.move_deadline(TODAY, "So"),
    ):
        assert "R455" == refused(house, closed, doing)


def test_who_may_not_work_on_cases_is_turned_away(house: House, case_id: str) -> None:
    with pytest.raises(AccessError) as error:
        work(house, case_id, lambda on: on.note("Hm"), actor("vera", Role.VIEWER))
    assert "A403" == error.value.code


def test_there_is_no_unknown_case(house: House) -> None:
    with pytest.raises(NotStored):
        work(house, "K9", lambda on: on.note("Hm"))
