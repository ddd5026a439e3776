"""What credit managers worked out by hand is what the plain replay finds."""

import pytest

from tests.simulations.plain.cases import case_of, unmet, written_cases


@pytest.mark.parametrize("name", list(written_cases()))
def test_the_case_is_met(name: str) -> None:
    """Every hand-worked case: its figures, orders, invoices and firings are what was expected."""
    assert [] == unmet(case_of(name))


@pytest.mark.parametrize("name", list(written_cases()))
def test_the_case_says_why(name: str) -> None:
    """Every case quotes what it is about, and shows its arithmetic."""
    assert written_cases()[name]["of"]
    assert written_cases()[name]["note"]
