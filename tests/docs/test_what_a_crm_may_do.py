"""What a CRM may do: every test that the page names is there, and every fault of the script stands on it."""

import re

from tests.connectors.whole.test_faults import FAULTS
from tests.docs.documents import ROOT, text_of

PAGE = text_of("explanation/what-a-crm-may-do.md")
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`( \(long\))?")
_ROW = re.compile(r"^\|.*$", re.MULTILINE)
_FAULT = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


def test_every_test_that_is_named_is_there_and_long_where_it_is_said_to_be() -> None:
    named = _TEST.findall(PAGE)
    assert len(named) > 20
    for file, name, is_long in named:
        text = (ROOT / "tests" / file).read_text("utf-8")
        found = re.search(rf"((?:^@.*\n)*)^def {name}\(", text, re.MULTILINE)
        assert found, f"{file}::{name}"
        assert bool(is_long) == ("pytest.mark.long" in found[1]), f"{file}::{name}"


def test_every_fault_of_the_script_stands_on_the_page_and_no_other() -> None:
    rows = "\n".join(_ROW.findall(PAGE))
    assert set(FAULTS) == set(_FAULT.findall(rows))


def test_every_behaviour_is_shown_by_something() -> None:
    rows = [row for row in _ROW.findall(PAGE) if not row.startswith(("|---", "| behaviour"))]
    assert [] == [row for row in rows if not (_TEST.search(row) or _FAULT.search(row))]
