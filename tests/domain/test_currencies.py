"""The currencies and the decimals of their minor units."""

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Currency


@pytest.mark.parametrize(
    ("code", "decimals"),
    [("CNY", 2), ("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("VND", 0), ("CLP", 0), ("KWD", 3), ("BHD", 3)],
)
def test_a_currency_has_the_decimals_of_iso_4217(code: str, decimals: int) -> None:
    assert Currency(code, decimals) == currency(code)


@pytest.mark.parametrize("code", ["", "cny", "RMB", "XXX", "CNY ", "€"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        currency(code, Place(file="policy.yaml", line=4))
    assert refused.value.code == "L230"
    assert refused.value.place.line == 4


def test_the_nearest_currency_is_named() -> None:
    with pytest.raises(PolicyTextError, match="Did you mean CNY"):
        currency("cny")


@pytest.mark.parametrize(
    ("written", "meant"), [("RMB", "CNY"), ("人民币", "CNY"), ("¥", "CNY"), ("€", "EUR"), ("$", "USD")]
)
def test_what_people_write_for_a_currency_leads_to_its_code(written: str, meant: str) -> None:
    with pytest.raises(PolicyTextError, match=f"Did you mean {meant}"):
        currency(written)
