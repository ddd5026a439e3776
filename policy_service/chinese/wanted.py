"""Which of the two languages somebody asks for."""

import re
from collections.abc import Iterable
from typing import Final

_SUBTAG: Final = re.compile("[-_]")


def wants_chinese(accepted: Iterable[tuple[str, float]]) -> bool:
    """Return whether Chinese is wanted before English; `accepted` are languages, the most wanted first.

    A language counts whatever its script and country: `zh-CN` and `zh-Hans-CN` are Chinese, `en-GB` is English. One
    of quality 0 is not wanted.
    """
    languages = (_SUBTAG.split(tag.lower())[0] for tag, quality in accepted if quality > 0)
    return next((language for language in languages if language in ("zh", "en", "*")), "en") == "zh"
