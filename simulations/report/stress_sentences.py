"""What a stress did to a ledger, in sentences: for the terminal, the page and the console."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulations.report.page.numbers import Numbers, Unit
from simulations.report.punctuation import SEMICOLON

_EFFECT: Final = {"en": "{text}: from {begins} on. {parts}", "zh": "{text}：自 {begins} 起。{parts}"}
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
_NOTHING_CHANGED: Final = {
    "en": "Nothing is changed by it: no payment of those customers is dated from that day on.",
    "zh": "没有任何变化：这些客户自该日起没有回款。",
}
_WITHOUT_AND_UNDER: Final = {
    "en": ("{side}, without stress", "{side}, under stress"),
    "zh": ("{side}，无压力", "{side}，压力下"),
}


def effect_told(effect: Mapping[str, Any], numbers: Numbers) -> str:
    """Return whom a stress hit and how, without a full stop; `effect` is as a report holds it."""
    language, text, begins = numbers.language, effect["text"], effect["from"]
    parts = SEMICOLON[language].join(_parts(effect, numbers))
    return _EFFECT[language].format(text=text, begins=begins, parts=parts)


def nothing_changed(effect: Mapping[str, Any], language: str) -> str:
    """Return the sentence that a stress changed no payment; an empty text if it changed one."""
    return "" if effect["payments_later"] or effect["payments_missing"] else _NOTHING_CHANGED[language]


def without_and_under(side: str, language: str) -> tuple[str, ...]:
    """Return what the two columns are called that have the figures of a side without and under stress."""
    return tuple(column.format(side=side) for column in _WITHOUT_AND_UNDER[language])


def _parts(effect: Mapping[str, Any], numbers: Numbers) -> Iterator[str]:
    count = numbers.count
    happens = (True, effect["days_late"], effect["customers_stopping"])
    said = {
        "customers": count(effect["customers"]),
        "later": count(effect["payments_later"]),
        "days": count(effect["days_late"]),
        "stopping": count(len(effect["customers_stopping"])),
        "missing": count(effect["payments_missing"]),
        "amount": numbers.by(Unit.MONEY, effect["amount_missing"]),
    }
    yield from (text.format(**said) for text, does in zip(_PARTS[numbers.language], happens, strict=True) if does)
