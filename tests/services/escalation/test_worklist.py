"""The worklist says what became of a case, what its invoices are now, and how much work each role has."""

import datetime as dt
from typing import Any

from policy_service.services.escalation.worklist import CaseFile, WeekOfWork, case_file, workload
from policy_service.services.house import House
from tests.services.daily_run.diary import cases, days, open_books, run_all
from tests.services.decisions.live import at

BOOKS: dict[str, Any] = {
    "invoices": [
        {"id": "I1", "issued": "2025-02-01", "due": "2025-02-28", "amount": 1000},
        {"id": "I2", "issued": "2025-02-01", "due": "2025-02-28", "amount": 2500},
        {"id": "I3", "issued": "2025-02-01", "due": "2025-03-02", "customer": "C2"},
    ],
    "payments": [
        {"paid": "2025-03-03", "amount": 400, "for": "I1"},
        {"paid": "2025-03-02", "amount": 2500, "for": "I2"},
    ],
    "disputes": [{"of": "I1", "opened": "2025-03-04"}],
}


def file(house: House, customer: str = "C1", day: dt.date = dt.date(2025, 3, 6)) -> CaseFile:
    """Return the customer's case as it is at noon."""
    case_id = next(case.case_id for case in cases(house) if case.customer_id == customer)
    with house.database.reading() as session:
        return case_file(house, session, case_id, at(day, 12))


def test_a_step_is_a_level_of_a_day_with_its_invoices(house: House) -> None:
    open_books(house, BOOKS)
    run_all(house, days("2025-03-01", "2025-03-03"))
    (first, trigger, second) = file(house).steps
    assert [("L1", ("I1", "I2")), ("T1", ()), ("L2", ("I1",))] == [
        (step.level, step.invoices) for step in (first, trigger, second)
    ]
    assert ("remind", "sales", dt.date(2025, 3, 4)) == (first.action, first.owner_role, first.deadline)
    assert 2 == len(file(house).decision_ids)


def test_its_invoices_are_shown_as_they_are_now(house: House) -> None:
    open_books(house, BOOKS)
    run_all(house, days("2025-03-01", "2025-03-03"))
    one, other = file(house).invoices
    assert ("I1", "600.00", "1000.00", 6, True) == (
        one.invoice_id,
        one.open_amount,
        one.amount,
        one.days_past_due,
        one.is_disputed,
    )
    assert ("I2", "0.00", None, False) == (other.invoice_id, other.open_amount, other.days_past_due, other.is_disputed)


def test_a_level_of_a_customer_on_a_day_is_one_piece_of_work_of_its_role(house: House) -> None:
    open_books(house, BOOKS)
    run_all(house, days("2025-03-01", "2025-03-06"))
    with house.database.reading() as session:
        weeks = workload(session, dt.date(2025, 3, 1), dt.date(2025, 3, 31))
        assert () == workload(session, dt.date(2025, 4, 1), dt.date(2025, 4, 30))
    assert (
        WeekOfWork("collector", "2025-W10", 2),
        WeekOfWork("credit_manager", "2025-W09", 1),
        WeekOfWork("sales", "2025-W09", 1),
        WeekOfWork("sales", "2025-W10", 1),
    ) == weeks
