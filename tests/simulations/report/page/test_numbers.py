"""Figures are written with the currency's decimals, thousands apart, and a sign where they are differences."""

import pytest

from policy_service.domain.values import Currency
from simulations.report.page.numbers import Numbers, Unit

CNY, JPY, KWD = Currency("CNY", 2), Currency("JPY", 0), Currency("KWD", 3)


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [(CNY, 123456789, "1,234,567.89"), (JPY, 1234567, "1,234,567"), (KWD, -1234567, "-1,234.567"), (CNY, 0, "0.00")],
)
def test_an_amount_has_the_decimals_of_its_currency(currency: Currency, amount: int, written: str) -> None:
    assert written == Numbers(currency, "en").money(amount)


def test_an_amount_beyond_binary_floating_point_keeps_its_last_digit() -> None:
    assert "90,071,992,547,409.93" == Numbers(CNY, "en").money(2**53 + 1)


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        (Unit.MONEY, 150, "+1.50"),
        (Unit.COUNT, -1200, "-1,200"),
        (Unit.DAYS, -0.04, "0.0"),
        (Unit.SHARE, -0.0125, "-1.25\u00a0pp"),
        (Unit.PERCENT, 3.456, "+3.46\u00a0pp"),
        (Unit.DATE, 1200, "+1,200"),
        (Unit.INDEX, 0.2, "0"),
    ],
)
def test_a_difference_has_a_sign_unless_nothing_of_it_is_seen(unit: Unit, value: float, written: str) -> None:
    assert written == Numbers(CNY, "en").difference(unit, value)


@pytest.mark.parametrize(
    ("unit", "value", "english", "chinese"),
    [
        (Unit.MONEY, -150, "1.50\u00a0CNY", "1.50\u00a0CNY"),
        (Unit.SHARE, 0.0125, "1.25\u00a0points", "1.25\u00a0个百分点"),
        (Unit.DATE, -3, "3\u00a0days", "3\u00a0天"),
        (Unit.COUNT, -3, "3", "3"),
    ],
)
def test_a_sentence_says_how_large_a_difference_is(unit: Unit, value: float, english: str, chinese: str) -> None:
    assert (english, chinese) == tuple(Numbers(CNY, language).by(unit, value) for language in ("en", "zh"))


@pytest.mark.parametrize(("language", "written"), [("en", "+1.25\u00a0pp"), ("zh", "+1.25\u00a0百分点")])
def test_a_difference_of_shares_is_in_points_and_cannot_be_taken_for_a_share_of_the_figure(
    language: str, written: str
) -> None:
    assert written == Numbers(CNY, language).difference(Unit.SHARE, 0.0125)


@pytest.mark.parametrize(
    ("part", "of", "written"),
    [(7, 23_061, "< 0.1\u00a0%"), (0, 23_061, "0.0\u00a0%"), (429, 7_702, "5.6\u00a0%"), (0, 0, "")],
)
def test_a_share_that_is_something_is_never_written_as_nothing(part: int, of: int, written: str) -> None:
    assert written == Numbers(CNY, "en").share(part, of)
