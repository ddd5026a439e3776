"""Cells that can be read, though surely not as they were meant: a decimal comma, a range with a dash."""

import re
from typing import Final

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.feel.tokens import bad_number, shifted

_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?"
_RANGE: Final = re.compile(rf"({_NUMBER}) *(?:-|–|—|~|～|至|到|to) *({_NUMBER})")
_TESTS: Final = re.compile(r"(?:not *\()?([^()\[\]\"]*)\)?")
#: Two numbers with nothing but a comma between them; three of them can only be a list.
_COMMA: Final = re.compile(r"(?<![\w.,])[0-9]+,[0-9]{1,2}(?![\w,]|\.[0-9])")
_COMMA_BEHIND_A_SIGN: Final = re.compile(rf"(?<=[<>=]) *({_COMMA.pattern})")


def refuse_misread(cell: str, kind: Kind, place: Place) -> None:
    """Raise L102 for `> 15,5` and L115 for `15-30` in a cell that tests values of `kind`; pass all others.

    A bare `15,5` is a list where only whole values stand, and refused where decimals do.
    """
    if kind in (Kind.CATEGORY, Kind.BOOLEAN, Kind.DATE):
        return
    holds_decimals = not kind.is_whole
    comma = _COMMA.search(cell) if holds_decimals else _COMMA_BEHIND_A_SIGN.search(cell)
    if comma:
        group = 0 if holds_decimals else 1
        raise bad_number(comma[group], "may be one number or a list of two", shifted(place, comma.start(group)))
    _refuse_dashes(cell, place)


def _refuse_dashes(cell: str, place: Place) -> None:
    # Spaces are taken off before: to try them in every way takes minutes of a cell of nothing else.
    tests = _TESTS.fullmatch(cell.strip())
    if not tests:
        return
    offset = len(cell) - len(cell.lstrip()) + tests.start(1)
    for test in tests[1].split(","):
        found = _RANGE.fullmatch(test.strip())
        if found:
            raise PolicyTextError(
                "L115",
                f"“{found[0]}” is no interval.",
                place=shifted(place, offset + len(test) - len(test.lstrip())),
                remedy=f"Write [{found[1]}..{found[2]}]; a round bracket leaves an end out.",
            )
        offset += len(test) + 1
