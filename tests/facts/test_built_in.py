"""Built-in facts: months, averages, days sales outstanding, exposure, headroom, utilisation."""

from itertools import pairwise

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.errors import FactError
from policy_service.domain.values import MILLION, UNKNOWN, UNLIMITED, Kind
from policy_service.facts.built_in import months_between
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, exposure_by_component
from policy_service.facts.payment_index import INDEX_POINTS, PARTS_OF_A_POINT, index_in_parts
from policy_service.language.policy import ExposureComponent
from tests.facts.small_ledgers import (
    CUSTOMER,
    built_in,
    day,
    invoice,
    ledger,
    measured,
    order,
    payment,
    value,
)

EVERY_COMPONENT = tuple(ExposureComponent)


@pytest.mark.parametrize(
    ("since", "on", "months"),
    [
        ("2025-01-15", "2026-01-14", 11),
        ("2025-01-15", "2026-01-15", 12),
        ("2025-01-31", "2025-02-28", 0),
        ("2025-01-31", "2025-03-30", 1),
        ("2025-01-31", "2025-03-31", 2),
        ("2024-02-29", "2025-02-28", 11),
        ("2025-06-01", "2025-05-01", 0),
    ],
)
def test_months_as_customer_by_day_of_month(since: str, on: str, months: int) -> None:
    books = ledger(versions=[Customer(CUSTOMER, since=day(since))])
    found = value(books, "months_as_customer", on, Kind.INTEGER)
    assert (months, months) == (found, months_between(day(since), day(on)))


def test_months_as_customer_count_from_the_earliest_order_date_without_since() -> None:
    books = ledger(invoice("I1", "2026-01-20", "2026-02-20", 10_00, ordered="2026-01-05"))
    assert [UNKNOWN, 0, 1] == [
        value(books, "months_as_customer", on, Kind.INTEGER) for on in ("2026-01-05", "2026-01-06", "2026-02-05")
    ]


def test_averages_divide_by_the_months_as_customer_from_1_to_12() -> None:
    sale = invoice("I1", "2026-01-20", "2026-02-20", 1000_00)
    found = [
        value(ledger(sale, versions=[Customer(CUSTOMER, since=day(since))]), "avg_monthly_sales_12m", "2026-04-20")
        for since in ("2026-04-01", "2026-01-10", "2020-01-01")
    ]
    assert [1000_00, 333_33, 83_33] == found


def test_sales_are_gross_and_of_the_last_365_days() -> None:
    books = ledger(invoice("I1", "2025-01-10", "2025-02-20", 1000_00), payment("P1", "2025-01-12", 400_00, "I1"))
    found = [value(books, "sales_12m", on) for on in ("2025-01-10", "2025-01-11", "2026-01-10", "2026-01-11")]
    assert [0, 1000_00, 1000_00, 0] == found


def test_average_orders_count_every_order_asked_for_whatever_its_outcome() -> None:
    books = ledger(order("O1", "2026-01-01", 600_00), order("O2", "2026-02-01", 300_00), orders_file=True)
    stopped = Circumstances(orders=OrderDecisions(stopped=frozenset({"O1"})))
    assert 300_00 == value(books, "avg_monthly_orders_12m", "2026-04-01", circumstances=stopped)


def test_days_sales_outstanding_is_the_balance_over_90_days_of_sales() -> None:
    """Open 300.00, of it 200.00 sold in the last 90 days among sales of 400.00: 300 x 90 / 400 = 67.5 days."""
    books = ledger(
        invoice("I1", "2025-06-01", "2025-07-01", 100_00),
        invoice("I2", "2026-01-01", "2026-02-01", 200_00),
        invoice("I3", "2026-01-02", "2026-02-01", 200_00),
        payment("P1", "2026-01-20", 200_00, "I3"),
    )
    assert 67_500_000 == value(books, "days_sales_outstanding_90d", "2026-02-01", Kind.NUMBER)


#: Days late and points as formulas.md 2.2 prints them, with the values between that it names.
PUBLISHED = (
    *((-30, 100), (-20, 90), (-18, 89), (0, 80), (15, 70), (22, 60), (30, 50)),
    *((33, 49), (45, 45), (60, 40), (90, 30), (120, 20)),
)


@pytest.mark.parametrize(
    ("late", "points"), [*PUBLISHED, (-2, 81), (-31, 100), (180, 10), (240, 0), (241, 0), (-400, 100), (400, 0)]
)
def test_the_payment_index_at_its_points_between_and_beyond(late: int, points: int) -> None:
    assert points * PARTS_OF_A_POINT == index_in_parts(late)


def test_the_payment_index_is_exact_in_84ths_of_a_point() -> None:
    for (start, top), (end, bottom) in pairwise(INDEX_POINTS):
        for days in range(start, end + 1):
            assert (days - start) * (bottom - top) * 84 == (index_in_parts(days) - 84 * top) * (end - start)


def test_the_payment_index_of_the_worked_example_is_69_4() -> None:
    """81, 70 and 40 weighted with 10,000, 50,000 and 5,000: 4,510,000 / 65,000 (formulas.md 2.2)."""
    books = ledger(
        invoice("I1", "2026-01-01", "2026-01-31", 10_000_00),
        invoice("I2", "2026-01-01", "2026-01-31", 50_000_00),
        invoice("I3", "2026-01-01", "2026-01-31", 5_000_00),
        payment("P1", "2026-01-29", 10_000_00, "I1"),
        payment("P2", "2026-02-15", 50_000_00, "I2"),
        payment("P3", "2026-04-01", 5_000_00, "I3"),
    )
    assert 69_384_615 == value(books, "payment_index_12m", "2026-04-02", Kind.NUMBER)


OWING = (
    invoice("I1", "2026-01-10", "2026-02-09", 1000_00),
    invoice("I2", "2026-01-10", "2026-02-09", 500_00),
    payment("P1", "2026-01-20", 200_00, "I2", matures="2026-06-01"),
    payment("P2", "2026-01-21", 100_00),
)
INSURED = Customer(CUSTOMER, attributes={"insured_limit": "800", "cover_share": "0.9"})


def test_exposure_takes_off_unapplied_cash_first_and_then_the_insured_part_of_the_rest() -> None:
    """Open 1,300 and bills 200, less 100 cash: 1,400; 90 % of the insured 800 is 720; 680 is left."""
    books = ledger(*OWING, versions=[INSURED])
    told = Circumstances(exposure=EVERY_COMPONENT)
    parts = exposure_by_component(books, CUSTOMER, Knowledge(day("2026-02-01")), told)
    assert (
        680_00,
        {"open_balance": 1300_00, "open_orders": 0, "unmatured_bills": 200_00}
        | {"unapplied_cash": -100_00, "insured": -720_00},
    ) == (
        value(books, "exposure", "2026-02-01", circumstances=told),
        {component.value: part.amount for component, part in parts.items()},
    )


def test_the_default_exposure_is_open_balance_and_open_orders() -> None:
    books = ledger(*OWING, invoice("I3", "2026-03-01", "2026-04-01", 50_00, ordered="2026-01-25"))
    assert 1350_00 == value(books, "exposure", "2026-02-01")


def test_exposure_is_never_below_0() -> None:
    books = ledger(payment("P1", "2026-01-21", 100_00))
    assert 0 == value(books, "exposure", "2026-02-01", circumstances=Circumstances(exposure=EVERY_COMPONENT))


@pytest.mark.parametrize(
    ("attributes", "left"),
    [
        ({}, 1000_00),
        ({"insured_limit": "800"}, 1000_00),
        ({"insured_limit": "unlimited", "cover_share": "0.9"}, 100_00),
        ({"insured_limit": "5000", "cover_share": "1"}, 0),
    ],
)
def test_the_insured_part_needs_both_a_limit_and_a_share(attributes: dict[str, str], left: int) -> None:
    books = ledger(OWING[0], versions=[Customer(CUSTOMER, attributes=attributes)])
    told = Circumstances(exposure=(ExposureComponent.OPEN_BALANCE, ExposureComponent.INSURED))
    assert left == value(books, "exposure", "2026-02-01", circumstances=told)


@pytest.mark.parametrize(
    ("limit", "headroom", "utilisation"),
    [
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (UNLIMITED, UNLIMITED, 0),
        (0, -1000_00, UNKNOWN),
        (2000_00, 1000_00, MILLION // 2),
        (300_00, -700_00, 3_333_333),
    ],
)
def test_headroom_and_utilisation_against_the_limit(limit: int, headroom: int, utilisation: int) -> None:
    books = ledger(OWING[0])
    told = Circumstances(terms={CUSTOMER: StandingTerms(credit_limit=limit)})
    found = (
        value(books, "headroom", "2026-02-01", circumstances=told),
        value(books, "utilisation", "2026-02-01", Kind.NUMBER, circumstances=told),
    )
    assert (headroom, utilisation) == found


def test_an_unknown_built_in_fact_is_an_error() -> None:
    with pytest.raises(FactError, match="how the fact open_balances is measured"):
        measured(ledger(), built_in("open_balances"), "2026-02-01")
