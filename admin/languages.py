"""The console in English and in Chinese: as a person chose, else as the browser asks."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Flask, request, session
from flask_babel import Babel, get_locale

from admin.visitors import visitor_or_nobody
from policy_service.chinese.wanted import wants_chinese

ENGLISH: Final = "en"
CHINESE: Final = "zh_Hans_CN"
#: The languages by the words that browsers and links have for them.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "zh": CHINESE})
#: Under which the browser's session keeps the language of somebody who is not signed in.
CHOSEN: Final = "language"
_TRANSLATIONS: Final = Path(__file__).resolve().parent / "translations"


def use_languages(console: Flask) -> None:
    """Have the console speak each visitor's language."""
    console.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_TRANSLATIONS)
    Babel(console, default_locale=ENGLISH, locale_selector=_language)
    console.context_processor(lambda: {"language": short_language()})


def short_language() -> str:
    """Return `en` or `zh`, as policies name the languages of their titles."""
    return "zh" if str(get_locale()) == CHINESE else "en"


def _language() -> str:
    found = visitor_or_nobody()
    chosen = (found.locale if found else "") or session.get(CHOSEN, "")
    if chosen in LANGUAGES.values():
        return str(chosen)
    return CHINESE if wants_chinese(request.accept_languages) else ENGLISH
