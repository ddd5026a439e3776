"""Every text of the console stands in the catalogue, with its Chinese, and none stands in a page beside it."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ADMIN: Final = Path(__file__).parents[2] / "admin"
CATALOGUE: Final = ADMIN / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
TEMPLATES: Final = sorted((ADMIN / "templates").rglob("*.html"))
_METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_KEYWORDS: Final[dict[str, Any]] = {"_": None, "gettext": None, "lazy_gettext": None}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
_CODE: Final = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN: Final = re.compile(r"(?:title|placeholder|aria-label|alt)=\"([^\"]*)\"")
_LETTERS: Final = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
#: What is the same in every language, or says which language it is.
_THE_SAME: Final = frozenset({"SHA-256"})


def catalogue() -> Catalog:
    """Return the catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def texts() -> set[str]:
    """Return every text that the code or a template names."""
    found = extract_from_dir(ADMIN, _METHODS, keywords=_KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_the_catalogue_holds_every_text_and_no_other() -> None:
    assert texts() == {str(message.id) for message in catalogue() if message.id}


def test_every_text_has_its_chinese_with_the_same_placeholders() -> None:
    assert len(texts()) > 200
    for message in catalogue():
        if message.id:
            assert message.string, message.id
            named = (_PLACEHOLDER.findall(str(message.id)), _PLACEHOLDER.findall(str(message.string)))
            assert sorted(named[0]) == sorted(named[1]), message.id
            # A lone per cent sign would fail where the text is written.
            assert str(message.string) % dict.fromkeys(named[1], "")


def test_what_is_read_when_the_console_runs_was_made_of_the_catalogue() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        read = GNUTranslations(file)
    for message in catalogue():
        if message.id:
            assert message.string == read.gettext(str(message.id)), "pybabel compile -d admin/translations"


def spoken(template: str) -> Iterator[str]:
    """Yield what of a template a person reads as it stands there."""
    plain = _CODE.sub(" ", template)
    yield from _SPOKEN.findall(plain)
    yield from _TAG.sub("\n", plain).split("\n")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_no_template_says_anything_in_one_language_alone(file: Path) -> None:
    said = {text.strip() for text in spoken(file.read_text("utf-8")) if _LETTERS.search(text)}
    assert set() == said - _THE_SAME


def test_a_policy_has_one_word_in_chinese() -> None:
    assert [] == [message.id for message in catalogue() if "策略" in str(message.string)]
