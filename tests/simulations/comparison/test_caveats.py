"""What a caveat is about is read again from the text that a report holds of it."""

import pytest

from simulations.comparison.caveats import Caveat, caveat_in_report
from simulations.report.caveats_told import caveat_told


@pytest.mark.parametrize(
    ("code", "text", "about", "chinese"),
    [
        (
            "LIMIT_FEEDS_ON_ITSELF",
            "distributor_cn: credit_limit reads sales_12m, which the policy's own refusals lower. Read "
            "avg_monthly_orders_12m instead.",
            "distributor_cn",
            "distributor_cn 的额度读取",
        ),
        (
            "FACTS_NOT_IN_LEDGER",
            "The customer file does not have current_assets, equity: read as unknown.",
            "current_assets, equity",
            "客户档案没有 current_assets、equity：",
        ),
        (
            "FACTS_WITHOUT_HISTORY",
            "Of industry the customer file has one value per customer, which is read on every date.",
            "industry",
            "客户档案中 industry 每个客户",
        ),
        ("ROWS_LEFT_OUT", "3,936 faulty rows were left out when the ledger was imported.", "3,936", "剔除了 3,936 行"),
        (
            "TOO_MANY_COHORTS",
            "There are too many values of industry to show the figures of each.",
            "industry",
            "行业的取值过多",
        ),
        ("NO_PAYMENTS", "The ledger has no payments: nothing can be said of how customers pay.", "", "账簿没有回款"),
    ],
)
def test_what_a_caveat_is_about_is_said_in_chinese_too(code: str, text: str, about: str, chinese: str) -> None:
    caveat = caveat_in_report(code, text)
    assert Caveat(code, text, about) == caveat
    assert text == caveat_told(caveat, "en")
    assert chinese in caveat_told(caveat, "zh")


def test_a_caveat_that_an_earlier_version_put_otherwise_is_shown_as_it_is() -> None:
    text = "5 rows with faults were left out."
    assert text == caveat_told(caveat_in_report("ROWS_LEFT_OUT", text), "zh")
