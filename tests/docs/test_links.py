"""The documents hang together: links lead somewhere, and every document can be reached."""

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCS, ROOT, anchor, every_document, headings, without_fences

_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_PATH_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|farm|home|root|usr|opt)\b")


def _links(path: Path) -> list[str]:
    return _LINK.findall(without_fences(path.read_text(encoding="utf-8")))


def _leads_nowhere(path: Path, link: str) -> bool:
    file, _, fragment = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    if not target.exists():
        return True
    return bool(fragment) and fragment not in map(anchor, headings(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", every_document(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_a_document_and_its_heading(path: Path) -> None:
    inside = [link for link in _links(path) if not link.startswith(("http://", "https://"))]
    assert [] == [link for link in inside if _leads_nowhere(path, link)]


def test_every_document_is_reached_from_the_index() -> None:
    index = DOCS / "index.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in _links(index)}
    assert set() == set(DOCS.rglob("*.md")) - reached - {index}


@pytest.mark.parametrize("path", every_document(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_has_one_title_no_trailing_space_and_no_path_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert 1 == len(re.findall(r"^# ", without_fences(text), re.MULTILINE))
    assert [] == [number for number, line in enumerate(text.splitlines(), 1) if line != line.rstrip()]
    assert [] == _PATH_OF_A_MACHINE.findall(text)


def test_a_change_is_told_in_one_sentence() -> None:
    for path in (ROOT / "changelog.d").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.fullmatch(r"[^\n]+\.\n", text), path.name
