"""What people write into forms and addresses: amounts with their thousands apart, days."""

import datetime as dt
import re
from typing import Final

from policy_service.domain.days import parse_day
from policy_service.domain.errors import RequestError

#: A comma or a space sets thousands apart: what stands behind it are three digits, and in some countries cents.
_THOUSANDS_APART: Final = re.compile(r"[0-9]{1,3}(?:[,，\s][0-9]{3})+(?:\.[0-9]+)?")
_APART: Final = re.compile(r"[,，\s]")


def plain_amount(text: str) -> str:
    """Return an amount without what sets its thousands apart: `50,000.50` as `50000.50`.

    Whatever else is written, such as `50000,50`, stays as it is: whoever reads it refuses it.
    """
    written = text.strip()
    return _APART.sub("", written) if _THOUSANDS_APART.fullmatch(written) else written


def day_in(text: str) -> dt.date:
    """Return the day that a text writes as 2026-11-21; RequestError R422 for any other text."""
    day = parse_day(text)
    if day is None:
        raise RequestError("R422", f"{text[:40]!r} is no day.", remedy="Write a day that exists, such as 2026-11-21.")
    return day
