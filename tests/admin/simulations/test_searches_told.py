"""The page of a sweep says in both languages what to know before believing it."""

import pytest

from admin.screens.simulations.searches import Told
from simulations.search.dials import dials_of
from simulations.search.sweep import sweep, sweep_report
from tests.simulations.search.dialled import asked_of_prepaying


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Orders against prepayment count as sold and paid"), ("zh", "预付订单按已付款、已成交计入")],
)
def test_what_prepayments_prove_is_said_first(language: str, told: str) -> None:
    asked = asked_of_prepaying()
    report = sweep_report(sweep(asked, dials_of(["hold_after_days=0..25/5"], asked.policy, 1)))
    assert next(Told(report, asked.policy, language).caveats()).startswith(told)
