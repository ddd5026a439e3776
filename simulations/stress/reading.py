"""A stress as text: whom it hits, how much later they pay, and how many of them stop paying."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.days import day_number, parse_day
from policy_service.domain.errors import PolicyTextError
from simulations.stress.errors import out_of_range, unreadable

MOST_DAYS_LATE: Final = 365
MOST_SEED: Final = 999_999
_DAYS_LATE: Final = re.compile(r"days_late\s*\+\s*([0-9]+)")
_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Stress:
    """What is taken to happen to customers from a day on.

    `chosen` are the attributes by which customers are chosen, each with the values of which one must fit; without any
    all customers are hit. They pay `days_late` days later, and the share `default_share` of them, chosen by `seed`,
    pays nothing more. `begins` is the day's number, none: the first of the window.
    """

    text: str
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days_late: int = 0
    default_share: Decimal = Decimal(0)
    begins: int | None = None
    seed: int = 0


def read_stress(text: str) -> Stress:
    """Return the stress that `text` says, such as `sector=construction,days_late+20,default_share=5%`.

    RequestError R530 names a part that means nothing, R531 a number out of range.
    """
    stress, seen = Stress(text), set[str]()
    for part in (part.strip() for part in text.split(",")):
        stress = _with(stress, part, seen)
    if not seen & {"days_late", "default_share"}:
        raise unreadable(text, "says of nobody how they pay", "Add days_late+20, or default_share=5%, or both.")
    return stress


def _with(stress: Stress, part: str, seen: set[str]) -> Stress:
    later = _DAYS_LATE.fullmatch(part)
    name, equals, value = ("days_late", "+", later[1]) if later else (each.strip() for each in part.partition("="))
    if not equals or not name or not value:
        raise unreadable(part, "is no part of a stress")
    if name in _WORDS and name in seen:
        raise unreadable(part, f"says {name} a second time", "Write a --stress of its own for other customers.")
    seen.add(name)
    if name in _WORDS:
        return _WORDS[name](stress, part, value)
    chosen = dict(stress.chosen)
    chosen[name] = (*chosen.get(name, ()), value)
    return replace(stress, chosen=chosen)


def _days_late(stress: Stress, part: str, value: str) -> Stress:
    if "+" not in part:
        raise unreadable(part, "does not say how much later", "Write days_late+20: twenty days later than they paid.")
    return replace(stress, days_late=_whole(part, value, MOST_DAYS_LATE))


def _default_share(stress: Stress, part: str, value: str) -> Stress:
    try:
        share = parse_decimal(value.removesuffix("%").strip())
    except PolicyTextError:
        raise unreadable(part, "is no share", "Write it as 5% or 0.05.") from None
    share = share / _HUNDRED if value.endswith("%") else share
    if not 0 <= share <= 1:
        raise out_of_range(part, "0%", "100%")
    return replace(stress, default_share=share)


def _begins(stress: Stress, part: str, value: str) -> Stress:
    day = parse_day(value)
    if day is None:
        raise unreadable(part, "is no calendar day", "Write it as from=2025-07-01.")
    return replace(stress, begins=day_number(day))


def _seed(stress: Stress, part: str, value: str) -> Stress:
    return replace(stress, seed=_whole(part, value, MOST_SEED))


def _whole(part: str, value: str, most: int) -> int:
    if not (value.isascii() and value.isdecimal()):
        raise unreadable(part, "is no whole number")
    if len(value) > len(str(most)) or int(value) > most:
        raise out_of_range(part, "0", str(most))
    return int(value)


_WORDS: Final[Mapping[str, Callable[[Stress, str, str], Stress]]] = {
    "days_late": _days_late,
    "default_share": _default_share,
    "from": _begins,
    "seed": _seed,
}
