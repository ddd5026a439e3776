"""What stands between words, and about what is said aside: full-width between Chinese ones."""

from typing import Final

#: By language: between two parts of a line, between a name and what is said of it, between two sentences of one.
COMMA: Final = {"en": ", ", "zh": "，"}
COLON: Final = {"en": ": ", "zh": "："}
SEMICOLON: Final = {"en": "; ", "zh": "；"}
_ASIDE: Final = {"en": " ({text})", "zh": "（{text}）"}


def aside(text: str, language: str) -> str:
    """Return a text in brackets, to stand right behind a word."""
    return _ASIDE[language].format(text=text)
