"""Texts of categories as managers write them in cells: a rating such as A+ or a class such as 2 needs no quotes."""

import re
from typing import Final

from policy_service.language.feel.syntax import quoted

_TEXT: Final = r'"(?:[^"\\]|\\.)*"'
_CELL: Final = re.compile(rf'(not\s*\(|!=|=)?((?:[^()"]|{_TEXT})*)(\))?')
#: A comma inside a quoted text parts nothing.
_PIECE: Final = re.compile(rf'{_TEXT}|,|[^,"]+')
#: What no name can be and no operation on categories comes to: ended by signs, or begun by a digit.
_RATING: Final = re.compile(r"\w+[+-]+|[0-9]\w*")


def with_quoted_ratings(cell: str) -> str:
    """Return the cell of a category column with each rating in double quotes; any other cell as it stands.

    `A+, AA-, B` becomes `"A+", "AA-", B`. Inside `not(...)` and behind `=` and `!=` it is the same.
    """
    parts = _CELL.fullmatch(cell.strip())
    if not parts or (parts[1] or "").startswith("not") != bool(parts[3]):
        return cell
    tests = [test.strip() for test in _parted(parts[2])]
    if not any(_RATING.fullmatch(test) for test in tests):
        return cell
    joined = ", ".join(quoted(test) if _RATING.fullmatch(test) else test for test in tests)
    return f"{parts[1] or ''}{' ' if (parts[1] or '').endswith('=') else ''}{joined}{parts[3] or ''}"


def _parted(listed: str) -> list[str]:
    tests = [""]
    for piece in _PIECE.findall(listed):
        if piece == ",":
            tests.append("")
        else:
            tests[-1] += piece
    return tests
