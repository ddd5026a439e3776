"""What a stress did to the ledger of a report, in sentences: whom it hit, and which payments came later or never."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulations.report.contents import Report
from simulations.report.page.numbers import Numbers

_UNDER_STRESS: Final = {
    "en": "Under stress, not as recorded. {text}: from {begins} on, {customers} customers are hit; {later} payments "
    "come {days} days later; {stopping} customers stop paying ({missing} payments, {amount}, are not made).",
    "zh": "压力情景，并非实录。{text}：自 {begins} 起，涉及 {customers} 个客户；{later} 笔回款推迟 {days} 天；"
    "{stopping} 个客户停止付款（{missing} 笔、合计 {amount} 未付）。",
}


def stresses_told(report: Report, numbers: Numbers) -> Iterator[str]:
    """Yield a sentence for each stress that a report is under; none of a ledger as recorded."""
    for effect in report["stress"]["effects"] if "stress" in report else ():
        yield _told(effect, numbers)


def _told(effect: Mapping[str, Any], numbers: Numbers) -> str:
    count = numbers.count
    return _UNDER_STRESS[numbers.language].format(
        text=effect["text"],
        begins=effect["from"],
        customers=count(effect["customers"]),
        later=count(effect["payments_later"]),
        days=count(effect["days_late"]),
        stopping=count(len(effect["customers_stopping"])),
        missing=count(effect["payments_missing"]),
        amount=f"{numbers.money(effect['amount_missing'])}\u00a0{numbers.currency.code}",
    )
