"""Every code that the program can show has its heading, and no heading outlives its code."""

import re

from policy_service.ledger.reasons import EXPLANATIONS
from tests.docs.documents import ROOT, headings, section, text_of

_CODE = re.compile(r'"([A-Z][0-9]{3})"')
_FAMILIES = frozenset("ALCDEFQRSWX")
#: What looks like a code: the way in which a sign-in proves that it is the one that was begun.
_NO_CODES = frozenset({"S256"})
_STATUS = re.compile(r"^    ([1-5][0-9]{2}): ", re.MULTILINE)


def _codes_in_the_source() -> set[str]:
    sources = (source for package in ("policy_service", "simulations") for source in (ROOT / package).rglob("*.py"))
    found = {code for source in sources for code in _CODE.findall(source.read_text(encoding="utf-8"))}
    return {code for code in found - _NO_CODES if code[0] in _FAMILIES} | _codes_of_http()


def _codes_of_http() -> set[str]:
    problems = (ROOT / "policy_service/api/problems.py").read_text(encoding="utf-8")
    return {f"H{status}" for status in _STATUS.findall(problems)}


def _documented() -> set[str]:
    return {heading for heading in headings(text_of("reference/errors.md")) if re.fullmatch(r"[A-Z][0-9]{3}", heading)}


def test_every_code_in_the_source_has_a_heading() -> None:
    assert set() == _codes_in_the_source() - _documented()


def test_every_heading_is_a_code_in_the_source() -> None:
    assert set() == _documented() - _codes_in_the_source()


def test_every_code_says_what_to_do() -> None:
    errors = text_of("reference/errors.md")
    silent = {code for code in _documented() if "**Remedy:**" not in section(errors, code)}
    assert {"C181"} == silent


def test_a_code_of_the_import_is_explained_as_the_program_explains_it() -> None:
    errors = text_of("reference/errors.md")
    for code, explanation in EXPLANATIONS.items():
        under = section(errors, code.value)
        assert explanation.meaning in under, code.value
        assert explanation.remedy in under, code.value


def test_an_example_bears_the_code_under_which_it_stands() -> None:
    errors = text_of("reference/errors.md")
    for code in _documented():
        for example in re.findall(r"\[([A-Z][0-9]{3})\]\n```", section(errors, code)):
            assert code == example
