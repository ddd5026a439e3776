"""A page begins with all that became of the orders: what is no longer held may have been referred or declined."""

from simulations.report.contents import report_of
from simulations.report.page.figures import figure_rows, in_short
from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording
from tests.simulations.report.page.pages import CONFIRMED, compared_policies, shipped


def test_what_is_referred_or_declined_is_said_beside_what_is_held() -> None:
    report = {**report_of(compared_policies(), CONFIRMED)}
    report["difference"] = {
        **report["difference"],
        "held_amount": -500_00,
        "referred_amount": 400_00,
        "declined_amount": 100_00,
    }
    currency = shipped().currency
    rows = figure_rows(report, Wording("en"), Numbers(currency, "en"))
    said = {row.shown.name: row.meaning for row in in_short(rows)}
    assert {name: said[name] for name in ("held_amount", "referred_amount", "declined_amount")} == {
        "held_amount": f"500.00\u00a0{currency.code} less is held.",
        "referred_amount": f"400.00\u00a0{currency.code} more waits for a person.",
        "declined_amount": f"100.00\u00a0{currency.code} more is declined.",
    }
