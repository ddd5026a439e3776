"""The worked numbers of formulas.md, one by one."""

from fractions import Fraction

import pytest

from policy_service.facts.collection_metrics import collection_effectiveness, concentration, count_back, days_of_sales
from policy_service.facts.quotients import Missing, money, ratio
from simulations.replay.options import Options
from tests.simulations.accounting.runs import kpis
from tests.simulations.accounting.worlds import WRITE_OFF, Buyer, Posting, Sale, World


def test_f1_simple_days_of_sales() -> None:
    assert days_of_sales(450_000, 90, 1_350_000) == 30.0
    assert days_of_sales(50_000, 365, 150_000) == pytest.approx(121.67, abs=0.005)


def test_f2_count_back() -> None:
    assert count_back(212_000, [70_000, 80_000, 100_000], [30, 30, 30]) == pytest.approx(73.71, abs=0.005)
    assert count_back(2_100_000, [700_000, 800_000, 900_000], [31, 28, 31]) == pytest.approx(76.71, abs=0.005)


def test_f2_a_month_without_sales_is_counted_whole() -> None:
    assert count_back(150, [100, 0, 100], [31, 28, 10]) == 38 + 15.5


def test_f2_nothing_open_is_no_day_and_more_than_all_sales_cannot_be_told() -> None:
    assert count_back(0, [100], [31]) == 0.0
    assert count_back(0, [0], [31]) == 0.0
    assert count_back(100, [100], [31]) == 31.0
    assert count_back(101, [100], [31]) == Missing("The open balance is more than all recorded sales.")


def test_f3_and_f4_best_possible_days_and_days_delinquent() -> None:
    assert days_of_sales(300_000, 90, 1_350_000) == 20.0
    assert days_of_sales(450_000 - 300_000, 90, 1_350_000) == 10.0


def test_f5_collection_effectiveness() -> None:
    assert collection_effectiveness(500_000, 900_000, 450_000, 330_000) == pytest.approx(88.79, abs=0.005)
    assert isinstance(collection_effectiveness(0, 100, 200, 100), Missing)


def test_f7_days_beyond_terms() -> None:
    paid = [(28, 1_000_000), (45, 5_000_000), (90, 500_000)]
    sales = tuple(Sale(f"I{day}", 10, 40, amount, (Posting(10 + day, amount),)) for day, amount in paid)
    found = kpis(World((Buyer("C1", sales),), Options(0, 120)))
    assert found["days_late_mean_weighted"] == pytest.approx(15.85, abs=0.005)
    assert found["on_time_share"] == 10_000 / 65_000


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        (0, "not_due"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "over_90"),
    ],
)
def test_f10_ageing(days_past_due: int, bucket: str) -> None:
    found = kpis(World((Buyer("C1", (Sale("I1", 0, 100 - days_past_due, 700),)),), Options(0, 100)))
    assert {bucket: 700} == {name: amount for name, amount in found["ageing"].items() if amount}  # type: ignore[union-attr]


def test_f14_concentration() -> None:
    assert concentration(40**2 + 30**2 + 20**2 + 10**2, 100) == 3_000.0
    assert isinstance(concentration(0, 0), Missing)
    buyers = [Buyer(f"C{share}", (Sale(f"I{share}", 0, 30, share * 1000),)) for share in (10, 20, 30, 40)]
    assert kpis(World(tuple(buyers)))["concentration_hhi"] == 3_000.0


def test_f15_bad_debt_ratio() -> None:
    sale = Sale("I1", 0, 30, 135_000_000, (Posting(60, 900_000, WRITE_OFF),))
    assert kpis(World((Buyer("C1", (sale,)),)))["bad_debt_ratio"] == pytest.approx(0.0067, abs=0.00005)


def test_e4_carrying_cost() -> None:
    world = World((Buyer("C1", (Sale("I1", 0, 30, 45_000_000, ordered=-1),)),), Options(0, 30))
    assert kpis(world)["carrying_cost"] == 295_890


def test_what_cannot_be_computed_is_none_with_its_reason() -> None:
    found = kpis(World((Buyer("C1"),)))
    missing = {name for name, figure in found.items() if figure is None}
    assert missing == set(found["null_reasons"] or ())
    assert {"dso_simple", "bad_debt_ratio", "days_late_mean_weighted", "concentration_hhi"} <= missing
    assert (0, 0, 0.0) == (found["sales"], found["carrying_cost"], found["dso_count_back"])


def test_money_is_rounded_half_away_from_zero_and_a_ratio_is_the_nearest_binary64() -> None:
    assert [money(Fraction(half, 2)) for half in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
    assert ratio(10**30 + 1, 3 * 10**29, "") == float(Fraction(10**30 + 1, 3 * 10**29))
