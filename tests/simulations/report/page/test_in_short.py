"""A page begins with all that became of the orders: what is no longer held may have been referred or declined."""

from simulations.report.contents import report_of
from simulations.report.page.figures import figure_rows, in_short
from simulations.report.page.numbers import Numbers
from simulations.report.page.wording import Wording
from tests.simulations.report.page.pages import CONFIRMED, compared_policies, shipped

ORDERS = ("held_amount", "prepaid_amount", "referred_amount", "declined_amount")


def test_what_is_to_be_prepaid_referred_or_declined_is_said_beside_what_is_held() -> None:
    report = {**report_of(compared_policies(), CONFIRMED)}
    report["difference"] = {
        **report["difference"],
        "held_amount": -500_00,
        "referred_amount": 400_00,
        "declined_amount": 60_00,
        "prepaid_amount": 40_00,
    }
    currency = shipped().currency
    rows = figure_rows(report, Wording("en"), Numbers(currency, "en"))
    said = {row.shown.name: row.meaning for row in in_short(rows)}
    assert {name: said[name] for name in ORDERS} == {
        "held_amount": f"500.00\u00a0{currency.code} less is held.",
        "referred_amount": f"400.00\u00a0{currency.code} more waits for a person.",
        "declined_amount": f"60.00\u00a0{currency.code} more is declined.",
        "prepaid_amount": f"40.00\u00a0{currency.code} more is to be prepaid.",
    }
