"""The reference names every fault, every setting and every verb of the control."""

import re
from pathlib import Path

from policy_service.sample_crms.faults import KINDS
from tests.docs.documents import text_of

SOURCE = Path(__file__).parents[2] / "policy_service/sample_crms"
_SETTING = re.compile(r'(?:most|is_on|settings\.get)\("(\w+)"')
_VERB = re.compile(r'^        case "(\w+)"', re.MULTILINE)


def _named() -> set[str]:
    return {name for words in re.findall(r"`([^`\n]+)`", text_of("reference/sample-crms.md")) for name in words.split()}


def test_every_fault_is_named() -> None:
    assert set() == KINDS - _named()


def test_every_setting_is_named() -> None:
    used = {name for file in SOURCE.rglob("*.py") for name in _SETTING.findall(file.read_text(encoding="utf-8"))}
    assert {"credits", "per_minute", "callback_url"} < used
    assert set() == used - _named()


def test_every_verb_of_the_control_is_named() -> None:
    verbs = set(_VERB.findall((SOURCE / "control.py").read_text(encoding="utf-8")))
    assert {"change", "reset"} < verbs
    assert set() == verbs - _named()
