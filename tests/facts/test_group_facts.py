"""Facts of a group: over all customers with the same root parent, on the day."""

import datetime as dt
from collections.abc import Mapping

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.measure import Circumstances
from policy_service.language.policy import ExposureComponent
from tests.facts.small_ledgers import day, declared, group_ledger, history, invoice, measured, payment, value

GROUP = group_ledger(
    [
        history(invoice("I1", "2026-01-10", "2026-02-09", 1000_00), payment("P9", "2026-01-12", 5000_00)),
        history(
            invoice("I2", "2026-01-10", "2026-01-20", 300_00, of="C2"),
            payment("P2", "2026-01-30", 100_00, "I2", of="C2"),
            of="C2",
            versions=[Customer("C2", since=dt.date(2025, 2, 1), parent_id="C1")],
        ),
        history(invoice("I3", "2026-01-10", "2026-01-20", 7_00, of="C3"), of="C3"),
    ],
    {"C1": "C1", "C2": "C1", "C3": "C3"},
)


@pytest.mark.parametrize("customer", ["C1", "C2"])
@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("group.open_balance", Kind.MONEY, 1200_00),
        ("group.overdue_balance", Kind.MONEY, 200_00),
        ("group.oldest_days_past_due", Kind.DAYS, 12),
        ("group.sales_12m", Kind.MONEY, 1300_00),
        ("group.months_as_customer", Kind.INTEGER, 12),
        ("group.avg_monthly_sales_12m", Kind.MONEY, 108_33),
        ("group.unapplied_cash", Kind.MONEY, 5000_00),
        ("group.exposure", Kind.MONEY, 1200_00),
        ("group.payment_index_12m", Kind.NUMBER, 73_333_333),
    ],
)
def test_group_facts_are_over_all_customers_with_the_same_root(
    customer: str, name: str, kind: Kind, expected: int
) -> None:
    assert expected == value(GROUP, name, "2026-02-01", kind, customer=customer)


def test_group_facts_of_a_customer_by_itself_are_its_own() -> None:
    assert 7_00 == value(GROUP, "group.open_balance", "2026-02-01", customer="C3")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-01-15", {"C1": 8_00, "C2": 8_00, "C3": 4_00}),
        ("2026-02-01", {"C1": 8_00, "C2": 8_00, "C3": 4_00}),
        ("2026-02-02", {"C1": 1_00, "C2": 11_00, "C3": 11_00}),
        ("2026-03-06", {"C1": 1_00, "C2": 7_00, "C3": 4_00}),
    ],
)
def test_a_group_is_made_of_the_customer_rows_that_count_on_the_day(on: str, expected: Mapping[str, int]) -> None:
    """C2 leaves C1 for C3 on 1 February; from 1 March, posted on 5 March, C3 calls C2 its parent: a circle."""
    books = group_ledger(
        [
            history(invoice("I1", "2026-01-10", "2026-02-09", 1_00), versions=[Customer("C1")]),
            history(
                invoice("I2", "2026-01-10", "2026-02-09", 7_00, of="C2"),
                of="C2",
                versions=[Customer("C2", parent_id="C1"), Customer("C2", parent_id="C3", valid_from=day("2026-02-01"))],
            ),
            history(
                invoice("I3", "2026-01-10", "2026-02-09", 4_00, of="C3"),
                of="C3",
                versions=[
                    Customer("C3"),
                    Customer("C3", parent_id="C2", valid_from=day("2026-03-01"), posted_on=day("2026-03-05")),
                ],
            ),
        ],
        {"C1": "C1", "C2": "C2", "C3": "C3"},
    )
    assert expected == {name: value(books, "group.open_balance", on, customer=name) for name in expected}


def test_declared_facts_at_group_level_measure_the_entries_of_all() -> None:
    asked = declared("invoices", "mean(amount)", Kind.MONEY, group=True)
    fact = measured(GROUP, asked, "2026-02-01", customer="C2")
    assert (650_00, ("I1", "I2")) == (fact.value, fact.entries)


def test_one_members_cash_does_not_lower_what_another_owes() -> None:
    """C1 owes 1,000 and holds 5,000 unapplied: 0; C2 owes 200."""
    told = Circumstances(exposure=(ExposureComponent.OPEN_BALANCE, ExposureComponent.UNAPPLIED_CASH))
    assert 200_00 == value(GROUP, "group.exposure", "2026-02-01", customer="C2", circumstances=told)


def test_exposure_of_the_group_against_the_customers_own_limit() -> None:
    told = Circumstances(exposure_of_group=True, terms={"C2": StandingTerms(credit_limit=1500_00)})
    found = [
        value(GROUP, name, "2026-02-01", kind, customer="C2", circumstances=told)
        for name, kind in (("exposure", Kind.MONEY), ("headroom", Kind.MONEY), ("utilisation", Kind.NUMBER))
    ]
    assert [1200_00, 300_00, 800_000] == found


def test_headroom_of_the_group_is_against_the_limits_of_all_its_customers() -> None:
    both = {"C1": StandingTerms(credit_limit=1000_00), "C2": StandingTerms(credit_limit=500_00)}
    found = [
        value(GROUP, "group.headroom", "2026-02-01", customer="C2", circumstances=Circumstances(terms=terms))
        for terms in (both, {"C2": both["C2"]})
    ]
    assert [300_00, UNKNOWN] == found
