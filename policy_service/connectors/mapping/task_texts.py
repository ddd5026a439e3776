"""Subjects and texts of tasks: words in braces are filled in, and nothing else is read."""

import re
from collections.abc import Mapping
from typing import Final

#: What the words in braces of a task mean; every one is handed over as a text.
PLACEHOLDERS: Final = (
    "customer",
    "customer_id",
    "action",
    "reason",
    "order",
    "amount",
    "overdue",
    "currency",
    "days_past_due",
    "due",
    "case",
    "link",
)
LONGEST_SUBJECT: Final = 250
LONGEST_TEXT: Final = 4_000
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Return the words that stand in braces, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def filled(template: str, values: Mapping[str, str], longest: int = LONGEST_TEXT) -> str:
    """Return the template with each word in braces replaced by its value, "" where there is none.

    What a value holds is not read again; a text longer than `longest` ends in three points.
    """
    text = _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)
    return text if len(text) <= longest else text[: longest - 3] + "..."
