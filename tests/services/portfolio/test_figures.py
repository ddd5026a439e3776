"""Each figure of the portfolio is what it says, and leads to the customers it is of."""

import datetime as dt
from collections.abc import Mapping

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.permissions import Role
from policy_service.facts.quotients import Missing
from policy_service.services.house import House
from policy_service.services.portfolio.behind import Behind, Subject, customers_behind
from policy_service.services.portfolio.figures import Figures, figures
from policy_service.services.portfolio.refreshing import refresh
from policy_service.storage.portfolio_store import CustomersWanted, Owed
from tests.services.decisions.live import at, enforce, person, post
from tests.services.house import RULE_SETS, house_policy

VIEWER = person("vic", Role.VIEWER)
TODAY = dt.date(2025, 6, 30)
#: Due 0, 1, 30, 31, 90 and 91 days ago, and tomorrow.
DUE = ("2025-06-30", "2025-06-29", "2025-05-31", "2025-05-30", "2025-04-01", "2025-03-31", "2025-07-01")


def customers(number: int) -> str:
    """Return the file of so many customers."""
    return "customer_id,net_worth,industry\n" + "".join(f"C{one},1,food\n" for one in range(1, number + 1))


def invoices(*rows: tuple[str, str, str]) -> str:
    """Return the file of invoices, each of a customer, over an amount, due on a day."""
    header = "invoice_id,customer_id,issue_date,due_date,amount\n"
    return header + "".join(f"I{n},{who},2025-01-01,{due},{amount}\n" for n, (who, amount, due) in enumerate(rows))


def counted(house: House, files: Mapping[str, str]) -> Figures:
    """Return the figures of a ledger of these files."""
    post(house, files)
    enforce(house, house_policy())
    refresh(house, lambda: at(TODAY))
    with house.database.reading() as session:
        found = figures(house, session, VIEWER, at(TODAY))
    assert found is not None
    return found


def behind(house: House, wanted: CustomersWanted, **more: object) -> list[str]:
    """Return the ids of the customers behind a figure."""
    with house.database.reading() as session:
        return [one.customer_id for one in customers_behind(session, wanted, VIEWER, **more)]  # type: ignore[arg-type]


def test_the_ageing_counts_amounts_invoices_and_customers_by_days_past_due(bare: House) -> None:
    rows = [("C1" if number % 2 else "C2", f"{10**number}", due) for number, due in enumerate(DUE)]
    found = counted(bare, {"customers": customers(2), "invoices": invoices(*rows)})
    assert [
        ("not_due", 1_000_001_00, 2, 1),
        ("1_30", 110_00, 2, 2),
        ("31_60", 1_000_00, 1, 1),
        ("61_90", 10_000_00, 1, 1),
        ("over_90", 100_000_00, 1, 1),
    ] == [(one.name, one.amount, one.invoices, one.customers) for one in found.ageing]
    assert Behind(Subject.CUSTOMERS, (("amount", "days_31_60"),)) == found.ageing[2].behind
    assert ["C1"] == behind(bare, CustomersWanted(Owed.DAYS_31_60))


def test_f14_the_concentration_of_40_30_20_and_10_per_cent_is_3000(bare: House) -> None:
    rows = [(f"C{number}", amount, "2025-07-31") for number, amount in enumerate(("40", "30", "20", "10"), start=1)]
    found = counted(bare, {"customers": customers(5), "invoices": invoices(*rows)}).concentration
    assert (3000.0, 1.0) == (found.herfindahl_hirschman, found.share_of_largest)
    assert [("C1", 40_00), ("C2", 30_00), ("C3", 20_00), ("C4", 10_00)] == [
        (one.customer_id, one.amount) for one in found.largest
    ]


def test_the_share_of_the_largest_is_that_of_ten(bare: House) -> None:
    rows = [(f"C{number}", "100", "2025-06-01") for number in range(1, 21)]
    found = counted(bare, {"customers": customers(20), "invoices": invoices(*rows)})
    assert (0.5, 10) == (found.concentration.share_of_largest, len(found.concentration.largest))
    assert found.concentration.behind.ids == tuple(one.customer_id for one in found.largest_overdue)


def test_where_nothing_is_owed_ratios_say_why_there_are_none(bare: House) -> None:
    found = counted(bare, {"customers": customers(1), "invoices": invoices()})
    assert Missing("Nothing is owed.") == found.concentration.herfindahl_hirschman
    assert isinstance(found.collection_effectiveness, Missing)
    assert isinstance(found.days_sales.simple, Missing)


def test_grades_come_as_the_policy_ranks_them_and_then_what_no_longer_is_one(bare: House) -> None:
    given = enumerate(("GOLD", "B", "A", ""), start=1)
    standings = "".join(f"C{number},2025-01-01,{grade},5000\n" for number, grade in given)
    standings = f"customer_id,from,grade,credit_limit\n{standings}"
    post(
        bare,
        {
            "customers": customers(5),
            "invoices": invoices(),
            "standings": standings,
        },
    )
    grades = RULE_SETS["grading"].replace("grade: A", "grade: first").replace("grade: B", "grade: A")
    enforce(bare, house_policy({"grading": grades.replace("grade: first", "grade: B")}))
    refresh(bare, lambda: at(TODAY))
    with bare.database.reading() as session:
        found = figures(bare, session, VIEWER, at(TODAY))
    assert found is not None
    assert ["B", "A", "GOLD", "", None] == [one.grade for one in found.grades]


def test_grades_and_stops_lead_to_their_customers(bare: House) -> None:
    standings = "customer_id,from,grade,credit_limit\nC1,2025-01-01,A,5000\nC2,2025-01-01,,800\n"
    found = counted(bare, {"customers": customers(3), "invoices": invoices(), "standings": standings})
    assert [("A", 1), ("", 1), (None, 1)] == [(one.grade, one.customers) for one in found.grades]
    assert (("has_standing", "true"), ("grade", "A")) == found.grades[0].behind.where
    assert ["C1"] == behind(bare, CustomersWanted(has_standing=True, grade="A"))
    assert ["C3"] == behind(bare, CustomersWanted(has_standing=False))
    assert (0, []) == (found.stopped.customers, behind(bare, CustomersWanted(is_stopped=True)))


def test_the_customers_behind_come_in_pages_the_largest_first(bare: House) -> None:
    rows = [(f"C{number}", amount, "2025-06-01") for number, amount in enumerate(("7", "9", "7", "8"), start=1)]
    counted(bare, {"customers": customers(5), "invoices": invoices(*rows)})
    wanted = CustomersWanted(Owed.OVERDUE)
    assert ["C2", "C4", "C1", "C3"] == behind(bare, wanted)
    assert ["C2", "C4", "C1"] == behind(bare, wanted, limit=3)
    assert ["C3"] == behind(bare, wanted, after=(7_00, "C1"))


def test_who_may_not_see_customers_sees_no_figures(house: House) -> None:
    nobody = person("adm", Role.ADMIN)
    with house.database.reading() as session:
        with pytest.raises(AccessError):
            figures(house, session, nobody, at(TODAY))
        with pytest.raises(AccessError):
            customers_behind(session, CustomersWanted(), nobody)
