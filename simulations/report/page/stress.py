"""What a stress did to the ledger of a report, in sentences, and to the figures of both sides, as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulations.report.contents import Report
from simulations.report.page.figures import GROUPS
from simulations.report.page.numbers import Numbers, Unit
from simulations.report.page.wording import Wording

_UNDER_STRESS: Final = {
    "en": "Under stress, not as recorded. {text}: from {begins} on. {parts}.",
    "zh": "压力情景，并非实录。{text}：自 {begins} 起。{parts}。",
}
#: What a stress does: whom it hits, then of what it does to them what it does at all.
_PARTS: Final = {
    "en": (
        "Customers hit: {customers}",
        "payments that come {days} days later: {later}",
        "customers who stop paying: {stopping} (payments not made: {missing}, together {amount})",
    ),
    "zh": (
        "涉及客户 {customers} 个",
        "推迟 {days} 天的回款 {later} 笔",
        "停止付款的客户 {stopping} 个（未付 {missing} 笔，合计 {amount}）",
    ),
}
_SEMICOLON: Final = {"en": "; ", "zh": "；"}

_TITLE: Final = {"en": "What the stress does", "zh": "压力情景的影响"}
_WITHOUT: Final = {"en": "without stress", "zh": "无压力"}
_UNDER: Final = {"en": "under stress", "zh": "压力下"}
_COMMA: Final = {"en": ", ", "zh": "，"}
_SIDES: Final = ("baseline", "candidate")


@dataclass(frozen=True, slots=True)
class StressTable:
    """A heading, four columns (each side without and under stress), and by figure its label and its four texts."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def stress_table(report: Report, words: Wording, numbers: Numbers) -> StressTable | None:
    """Return the figures of both sides without and under stress; none of a ledger as recorded."""
    if "stress" not in report:
        return None
    language, without = words.language, report["stress"]["without"]
    columns = [f"{words(side)}{_COMMA[language]}{when[language]}" for side in _SIDES for when in (_WITHOUT, _UNDER)]
    kpis = [told[side] for side in _SIDES for told in (without, report)]
    rows = [
        (words.figures[shown.name][0], [_figure(shown.unit, one[shown.name], words, numbers) for one in kpis])
        for members in GROUPS.values()
        for shown in members
    ]
    return StressTable(_TITLE[language], columns, rows)


def _figure(unit: Unit, value: Any, words: Wording, numbers: Numbers) -> str:
    return words("none") if value is None else numbers.figure(unit, value)


def stresses_told(report: Report, numbers: Numbers) -> Iterator[str]:
    """Yield a sentence for each stress that a report is under; none of a ledger as recorded."""
    for effect in report["stress"]["effects"] if "stress" in report else ():
        yield _told(effect, numbers)


def _told(effect: Mapping[str, Any], numbers: Numbers) -> str:
    language, text, begins = numbers.language, effect["text"], effect["from"]
    parts = _SEMICOLON[language].join(_parts(effect, numbers))
    return _UNDER_STRESS[language].format(text=text, begins=begins, parts=parts)


def _parts(effect: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    count = numbers.count
    happens = (True, effect["days_late"], effect["customers_stopping"])
    said = {
        "customers": count(effect["customers"]),
        "later": count(effect["payments_later"]),
        "days": count(effect["days_late"]),
        "stopping": count(len(effect["customers_stopping"])),
        "missing": count(effect["payments_missing"]),
        "amount": f"{numbers.money(effect['amount_missing'])}\u00a0{numbers.currency.code}",
    }
    yield from (text.format(**said) for text, does in zip(_PARTS[numbers.language], happens, strict=True) if does)
