"""What is said of a stress says what it does, and nothing of what it does not do."""

from typing import Any, Final

import pytest

from policy_service.domain.currencies import currency
from simulations.report.page.numbers import Numbers
from simulations.report.page.stress import stresses_told
from simulations.report.stress_sentences import effect_told, nothing_changed, without_and_under

EFFECT: Final[dict[str, Any]] = {
    "text": "days_late+20,default_share=5%",
    "from": "2026-02-01",
    "days_late": 20,
    "customers": 1200,
    "customers_stopping": ["C1", "C2"],
    "payments_later": 31,
    "payments_missing": 4,
    "amount_missing": 123456,
}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "days_late+20,default_share=5%: from 2026-02-01 on. Customers hit: 1,200; payments that come 20 days "
            "later: 31; customers who stop paying: 2 (payments not made: 4, together 1,234.56\u00a0CNY)",
        ),
        (
            "zh",
            "days_late+20,default_share=5%：自 2026-02-01 起。涉及客户 1,200 个；推迟 20 天的回款 31 笔；"
            "停止付款的客户 2 个（未付 4 笔，合计 1,234.56\u00a0CNY）",
        ),
    ],
)
def test_whom_a_stress_hits_and_all_that_it_does_is_told(language: str, told: str) -> None:
    assert told == effect_told(EFFECT, Numbers(currency("CNY"), language))


def test_what_a_stress_does_not_do_is_not_told() -> None:
    late_alone = {**EFFECT, "customers_stopping": []}
    stopping_alone = {**EFFECT, "days_late": 0}
    numbers = Numbers(currency("CNY"), "en")
    assert "stop paying" not in effect_told(late_alone, numbers)
    assert "later" not in effect_told(stopping_alone, numbers)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_stress_that_changes_no_payment_is_said_to(language: str) -> None:
    changes_none = {**EFFECT, "payments_later": 0, "payments_missing": 0}
    assert nothing_changed(changes_none, language)
    assert not nothing_changed({**changes_none, "payments_missing": 1}, language)
    assert not nothing_changed({**changes_none, "payments_later": 1}, language)


@pytest.mark.parametrize(("language", "nothing"), [("en", "Nothing is changed by it:"), ("zh", "没有任何变化：")])
def test_a_report_says_once_of_each_stress_what_it_did_and_that_it_did_nothing(language: str, nothing: str) -> None:
    changes_none = {**EFFECT, "payments_later": 0, "payments_missing": 0}
    told = list(stresses_told({"stress": {"effects": [EFFECT, changes_none]}}, Numbers(currency("CNY"), language)))
    assert [0, 1] == [sentence.count(nothing) for sentence in told]
    assert [1, 1] == [sentence.count("days_late+20,default_share=5%") for sentence in told]


def test_a_side_has_a_column_without_stress_and_one_under_it() -> None:
    assert ("baseline, without stress", "baseline, under stress") == without_and_under("baseline", "en")
    assert ("基准，无压力", "基准，压力下") == without_and_under("基准", "zh")
