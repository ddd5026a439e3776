"""English sentences of the service said in Chinese, with the same values; what the catalogue lacks stays English."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, assert_never

from policy_service.chinese.catalogue import HOLE, Value, sentences, words
from policy_service.domain.errors import Place

#: What names of facts are called, where nothing says.
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
#: A longer text is no sentence of the service.
_LONGEST: Final = 10_000
_END: Final = re.compile(r"(?<=[.?!]) (?=[A-Z“])")
_BETWEEN: Final = re.compile(r", and |, | and | or ")
_OF_SENTENCES: Final = frozenset({Value.SAID, Value.FREE})
_LETTER: Final = re.compile(r"[A-Za-z]")
_IN_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_IN_LATIN: Final = re.compile(r"[A-Za-z0-9_.-]")
_NAME: Final = re.compile(r"[a-z]\w*(?:\.\w+)*")
#: What joins the sides of a region, in the order in which it is replaced.
_OF_REGIONS: Final = (
    ("every value", "任何取值"),
    (", then ", "，然后 "),
    ("any other", "其他任何值"),
    ("any value", "任何值"),
    (" other than ", " 不等于 "),
    ("with ", "且未知的是 "),
    (" unknown", " 未知"),
    (" and ", " 且 "),
    (" or ", " 或 "),
)


def in_chinese(text: str, names: Mapping[str, str] = _NO_NAMES) -> str:
    """Return a sentence, or several in a row, in Chinese; as it is where the catalogue does not have it.

    `names` are what facts, parameters and outputs are called, by their names in the policy.
    """
    if not text or len(text) > _LONGEST:
        return text
    # A pair of nothing but signs and values fits almost any text: several sentences are tried before it.
    return (
        _one(text, names, is_whole=True, has_letters=True)
        or _several(text, names)
        or _one(text, names, is_whole=True)
        or _one(text, names, is_whole=False)
        or text
    )


def place_in_chinese(place: Place) -> str:
    """Return where something stands; empty for nowhere."""
    parts = [place.file] if place.file else []
    if place.line:
        parts.append(f"第 {place.line} 行" + (f"第 {place.column} 列" if place.column else ""))
    if place.row:
        parts.append(f"规则行 {place.row}")
    if place.cell:
        parts.append(f"单元格 {place.cell}")
    return " ".join(parts)


def _one(text: str, names: Mapping[str, str], *, is_whole: bool, has_letters: bool = False) -> str:
    for found, values in sentences().fitting(text):
        if has_letters and not any(map(_LETTER.search, found.pieces)):
            continue
        # A value that goes on with another sentence is none: the sentence ended before.
        spoken = [value for value, kind in zip(values, found.values, strict=True) if kind not in _OF_SENTENCES]
        if is_whole and any(_END.search(value) for value in spoken):
            continue
        said = (_said(value, kind, names) for value, kind in zip(values, found.values, strict=True))
        return _filled(found.chinese, dict(zip(found.names, said, strict=True)))
    return ""


def _several(text: str, names: Mapping[str, str]) -> str:
    parts = _END.split(text)
    if len(parts) == 1:
        return ""
    said = [_one(part, names, is_whole=True) for part in parts]
    return "".join(said) if all(said) else ""


def _said(value: str, kind: Value, names: Mapping[str, str]) -> str:
    match kind:
        case Value.AS_IT_IS | Value.UNSAID | Value.FREE:
            return value
        case Value.SAID:
            return in_chinese(value, names)
        case Value.WORDS:
            return _word(value, names)
        case Value.LIST:
            return "、".join(_word(part, names) for part in _BETWEEN.split(value))
        case Value.REGION:
            return _region(value, names)
        case _:
            assert_never(kind)


def _word(text: str, names: Mapping[str, str]) -> str:
    for found, values in words().fitting(text):
        said = (_said(value, kind, names) for value, kind in zip(values, found.values, strict=True))
        return _filled(found.chinese, dict(zip(found.names, said, strict=True)))
    return names.get(text, text)


def _region(text: str, names: Mapping[str, str]) -> str:
    for english, chinese in _OF_REGIONS:
        text = text.replace(english, chinese)
    return _NAME.sub(lambda found: names.get(found[0], found[0]), text)


def _filled(chinese: str, values: Mapping[str, str]) -> str:
    # In one pass: a value may hold braces of its own. Between Chinese and a word in Latin letters stands a space.
    def value(hole: re.Match[str]) -> str:
        said = values[hole[1]]
        before, after = chinese[: hole.start()][-1:], chinese[hole.end() :][:1]
        start = " " if _IN_CHINESE.fullmatch(before) and _IN_LATIN.fullmatch(said[:1]) else ""
        end = " " if _IN_CHINESE.fullmatch(after) and _IN_LATIN.fullmatch(said[-1:]) else ""
        return f"{start}{said}{end}"

    return HOLE.sub(value, chinese)
