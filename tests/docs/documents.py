"""The Markdown documents as the tests of this folder read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RULES = ROOT / "rules"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the document with the line on which the text begins."""

    language: str
    text: str
    place: str


def every_document() -> list[Path]:
    """Return the README and all documents under docs."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def text_of(name: str) -> str:
    """Return the text of a document under docs."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(path: Path, *languages: str) -> Iterator[Block]:
    """Yield the fenced blocks of these languages in their order."""
    text = path.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        if found[1] in languages:
            line = text.count("\n", 0, found.start(2)) + 1
            yield Block(found[1], found[2], f"{path.relative_to(ROOT)} line {line}")


def without_fences(text: str) -> str:
    """Return the text without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """Return the headings of a document."""
    return [found[2] for found in _HEADING.finditer(without_fences(text))]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above; empty if there is none."""
    begun = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    if not begun:
        return ""
    rest = text[begun.end() :]
    ended = re.search(rf"^#{{1,{len(begun[1])}}} ", rest, re.MULTILINE)
    return rest[: ended.start()] if ended else rest


def anchor(heading: str) -> str:
    """Return the anchor by which a heading is linked."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.replace(" ", "-")
