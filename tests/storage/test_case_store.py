"""Cases on a ladder are kept with their steps and notes; each level fires once for an invoice, for ever."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import pytest

from policy_service.domain.acting import Act
from policy_service.storage.case_store import LAST_DAY, CaseStore
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.errors import Conflict, NotStored
from policy_service.storage.morning_store import Morning, MorningStore
from policy_service.storage.stored_cases import CaseNow, Doing, NewStep, Step, Wanted
from tests.facts.small_ledgers import invoice
from tests.storage.books import ledger_of, store
from tests.storage.decisions import decided

Came = TypeVar("Came")
DAY = dt.date(2025, 3, 1)
DEMAND = Doing("L3", "demand", "letter", "credit_manager", dt.date(2025, 3, 11))
ACT = Act("mia", 5)


@pytest.fixture
def books(database: Database) -> Database:
    """Give a database with three customers."""
    store(database, ledger_of(*(invoice(f"I{n}", "2025-01-01", "2025-02-01", 100, of=f"C{n}") for n in (1, 2, 3))))
    return database


def within(database: Database, do: Callable[[CaseStore], Came]) -> Came:
    """Do something with the cases in a transaction of its own."""
    with database.writing() as session:
        return do(CaseStore(session))


def opened(
    database: Database, case_id: str = "K1", customer: str = "C1", ladder: str = "collection", doing: Doing = DEMAND
) -> CaseNow:
    """Open a case."""
    return within(database, lambda cases: cases.open(case_id, customer, "house", ladder, doing, DAY))


def fire(database: Database, case: CaseNow, invoice_id: str = "I1", level: str = "L3", **more: object) -> Step:
    """Let a level fire in a case."""
    new = NewStep(case.ladder, Doing(level, owner_role="sales"), invoice_id, DAY, **more)  # type: ignore[arg-type]
    return within(database, lambda cases: cases.add_steps(case, [new]))[0]


def test_a_case_is_kept_as_it_was_opened(books: Database) -> None:
    case = opened(books)
    assert case == within(books, lambda cases: cases.load("K1"))
    assert ("L3", "demand", "letter", "credit_manager", DEMAND.deadline) == (
        case.level,
        case.action,
        case.channel,
        case.owner_role,
        case.deadline,
    )
    assert case.is_open
    assert case.opened_on == DAY


def test_a_customer_has_one_open_case_of_a_ladder(books: Database) -> None:
    opened(books)
    opened(books, "K2", ladder="key_account_collection")
    opened(books, "K3", customer="C2")
    with pytest.raises(Conflict):
        opened(books, "K4")
    within(books, lambda cases: cases.close("K1", DAY))
    opened(books, "K5")
    assert ["K5", "K2"] == [case.case_id for case in within(books, lambda cases: cases.open_of("C1"))]


def test_a_case_goes_on_is_given_to_somebody_and_closed(books: Database) -> None:
    opened(books)
    within(books, lambda cases: cases.advance("K1", Doing("L4", "final_demand")))
    within(books, lambda cases: cases.assign("K1", "sam"))
    within(books, lambda cases: cases.move_deadline("K1", dt.date(2025, 4, 1)))
    case = within(books, lambda cases: cases.close("K1", dt.date(2025, 3, 9)))
    assert ("L4", "final_demand", "sam", "closed") == (case.level, case.action, case.assigned_to, case.state)
    assert (dt.date(2025, 4, 1), dt.date(2025, 3, 9)) == (case.deadline, case.closed_on)


def test_there_is_no_unknown_case(books: Database) -> None:
    with pytest.raises(NotStored):
        within(books, lambda cases: cases.held("K9"))


def test_a_level_fires_once_for_an_invoice_in_whatever_case(books: Database) -> None:
    first = opened(books)
    fire(books, first)
    fire(books, first, "I1", "L4")
    within(books, lambda cases: cases.close("K1", DAY))
    second = opened(books, "K2")
    with pytest.raises(Conflict):
        fire(books, second)
    fire(books, second, "I9")
    steps = within(books, lambda cases: cases.steps_of_customer("C1"))
    assert [("L3", "I1"), ("L4", "I1"), ("L3", "I9")] == [(step.level, step.invoice_id) for step in steps]


def test_a_trigger_fires_once_on_a_day(books: Database) -> None:
    case = opened(books)
    fire(books, case, "", "T1")
    with pytest.raises(Conflict):
        fire(books, case, "", "T1")


def test_a_step_keeps_its_effects_and_the_decision_that_fired_it(books: Database) -> None:
    with books.writing() as session:
        DecisionStore(session).append("w1", [decided("D1")])
    step = fire(books, opened(books), effects={"stop_credit": "true"}, decision_id="D1")
    assert (step,) == within(books, lambda cases: cases.steps("K1"))
    assert ({"stop_credit": "true"}, "D1", "fired") == (step.effects, step.decision_id, step.state)


def test_who_said_the_word_that_a_step_waited_for_is_kept(books: Database) -> None:
    step = fire(books, opened(books), state="proposed", approval_role="finance_head")
    within(books, lambda cases: cases.decide_steps([step.step_number], "fired", ACT))
    (after,) = within(books, lambda cases: cases.steps("K1"))
    assert ("fired", "mia", 5) == (after.state, after.decided_by, after.decided_at)
    with pytest.raises(Conflict) as error:
        within(books, lambda cases: cases.decide_steps([step.step_number], "refused", ACT))
    assert error.value.code == "S208"


def test_the_day_on_which_effects_ended_is_kept_with_the_steps_that_fired(books: Database) -> None:
    case = opened(books)
    fire(books, case)
    fire(books, case, "I2", state="passed_over")
    within(books, lambda cases: cases.release_steps("C1", "collection", "L3", DAY))
    assert [DAY, None] == [step.released_on for step in within(books, lambda cases: cases.steps("K1"))]


def test_notes_are_kept_in_their_order(books: Database) -> None:
    opened(books)
    first = within(books, lambda cases: cases.add_note("K1", "note", "Called", ACT))
    second = within(books, lambda cases: cases.add_note("K1", "promise", "By Friday", ACT, "K1-1"))
    assert (first, second) == within(books, lambda cases: cases.notes("K1"))
    assert 1 == within(books, lambda cases: cases.count_entries("K1"))
    assert ("mia", 5, "K1-1") == (second.person, second.at, second.entry_id)


def test_the_worklist_goes_by_deadline_and_those_without_come_last(books: Database) -> None:
    opened(books, "K1", "C1", doing=Doing("L1", owner_role="sales"))
    opened(books, "K2", "C2", doing=Doing("L1", owner_role="sales", deadline=dt.date(2025, 3, 9)))
    opened(books, "K3", "C3", doing=Doing("L2", owner_role="collector", deadline=dt.date(2025, 3, 9)))
    every = within(books, lambda cases: cases.page(Wanted(), 9))
    assert ["K2", "K3", "K1"] == [case.case_id for case in every]
    rest = within(books, lambda cases: cases.page(Wanted(), 9, (dt.date(2025, 3, 9), "K2")))
    assert ["K3", "K1"] == [case.case_id for case in rest]
    assert () == within(books, lambda cases: cases.page(Wanted(), 9, (LAST_DAY, "K1")))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["K1", "K2"]),
        (Wanted(state=""), ["K3", "K1", "K2"]),
        (Wanted(state="closed"), ["K3"]),
        (Wanted(owner_role="sales"), ["K2"]),
        (Wanted(assigned_to="sam"), ["K1"]),
        (Wanted(customer_id="C2"), ["K2"]),
        (Wanted(level="L3"), ["K1"]),
        (Wanted(due_before=dt.date(2025, 3, 12)), ["K1"]),
        (Wanted(due_before=dt.date(2025, 3, 11)), []),
        (Wanted(waiting_for="finance_head"), ["K2"]),
        (Wanted(waiting_for="credit_manager"), []),
    ],
)
def test_the_worklist_shows_what_is_wanted(books: Database, wanted: Wanted, found: list[str]) -> None:
    opened(books, "K3", "C1", doing=Doing("L1", deadline=dt.date(2025, 3, 5)))
    within(books, lambda cases: cases.close("K3", DAY))
    opened(books, "K1")
    within(books, lambda cases: cases.assign("K1", "sam"))
    fire(books, opened(books, "K2", "C2", doing=Doing("L1", owner_role="sales")), **_WAITS)
    assert found == [case.case_id for case in within(books, lambda cases: cases.page(wanted, 9))]


_WAITS: dict[str, object] = {"state": "proposed", "approval_role": "finance_head"}


def test_a_level_of_a_customer_on_a_day_is_one_piece_of_work(books: Database) -> None:
    case = opened(books)
    fire(books, case, "I1")
    fire(books, case, "I2")
    fire(books, case, "I3", "L4")
    fire(books, case, "I4", "L4", state="passed_over")
    assert (("sales", DAY), ("sales", DAY)) == within(books, lambda cases: cases.fired_between(DAY, DAY))
    assert () == within(books, lambda cases: cases.fired_between(DAY + dt.timedelta(1), DAY + dt.timedelta(9)))


def test_a_day_that_is_begun_again_keeps_what_it_was_begun_with(database: Database) -> None:
    with database.writing() as session:
        store_ = MorningStore(session)
        first = store_.begin(DAY, 3, "house", 1, Act("mia", 7))
        assert first == store_.begin(DAY, 9, "other", 2, Act("sam", 8))
        assert first == store_.unfinished()
        assert store_.last_finished() is None
        store_.finish(DAY, {"customers": 2}, 9)
        assert store_.unfinished() is None
        assert DAY == store_.last_finished() == store_.first_day()
        run = store_.run_day(DAY)
        assert run is not None
        assert (9, {"customers": 2}, 3) == (run.finished_at, run.report, run.ledger_head)
        assert 3 == store_.head_before(DAY + dt.timedelta(1))
        assert store_.head_before(DAY) is None


def test_a_customer_has_one_last_morning(books: Database) -> None:
    with books.writing() as session:
        mornings = MorningStore(session)
        assert mornings.morning("C1") is None
        mornings.put("C1", Morning(DAY, {"collection.T1": True}), {"fault": ["F102", "?"]})
        after = Morning(DAY + dt.timedelta(1), {}, DAY)
        mornings.put("C2", Morning(DAY, {}))
        assert [("C1", {"fault": ["F102", "?"]})] == list(mornings.counts(DAY))
        assert {"C1", "C2"} == mornings.done(DAY)
        mornings.put("C1", after)
        assert after == mornings.morning("C1")
        assert {"C1"} == mornings.done(DAY + dt.timedelta(1))
        assert ("C1", "C2", "C3") == mornings.customers(head=1)
        assert () == mornings.customers(head=0)
