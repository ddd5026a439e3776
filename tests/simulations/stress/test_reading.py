"""A stress is read from its text, or refused with what is wrong."""

from decimal import Decimal

import pytest

from policy_service.domain.errors import RequestError
from simulations.stress.reading import Stress, read_stress
from tests.simulations.stress.ledgers import day

WHOLE = "sector=construction, days_late+20, default_share=5%, from=2025-07-01, seed=3"


def test_every_word_is_read() -> None:
    assert Stress(
        WHOLE, {"sector": ("construction",)}, 20, Decimal("0.05"), day("2025-07-01"), 3
    ) == read_stress(WHOLE)  # fmt: skip


def test_an_attribute_that_stands_twice_lets_either_value_fit() -> None:
    assert {"industry": ("food", "retail"), "segment": ("key",)} == read_stress(
        "industry=food,industry=retail,segment=key,days_late+1"
    ).chosen


@pytest.mark.parametrize(("written", "share"), [("5%", "0.05"), ("0.05", "0.05"), ("100%", "1"), ("0", "0")])
def test_a_share_may_be_written_in_per_cent(written: str, share: str) -> None:
    assert Decimal(share) == read_stress(f"default_share={written}").default_share


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "R530", "is no part of a stress"),
        ("construction", "R530", "is no part of a stress"),
        ("sector=,days_late+1", "R530", "is no part of a stress"),
        ("sector=construction", "R530", "says of nobody how they pay"),
        ("days_late=20", "R530", "does not say how much later"),
        ("days_late+", "R530", "is no part of a stress"),
        ("days_late-5", "R530", "is no part of a stress"),
        ("days_late+1,days_late+2", "R530", "says days_late a second time"),
        ("days_late+366", "R531", "is not from 0 to 365"),
        ("days_late+99999999999999999999999", "R531", "is not from 0 to 365"),
        ("default_share=many", "R530", "is no share"),
        ("default_share=101%", "R531", "is not from 0% to 100%"),
        ("default_share=-1%", "R531", "is not from 0% to 100%"),
        ("default_share=5%,from=tomorrow", "R530", "is no calendar day"),
        ("default_share=5%,seed=x", "R530", "is no whole number"),
        ("default_share=5%,seed=1000000", "R531", "is not from 0 to 999999"),
    ],
)
def test_what_means_nothing_is_refused_with_its_part(text: str, code: str, says: str) -> None:
    with pytest.raises(RequestError, match=says) as refused:
        read_stress(text)
    assert code == refused.value.code
