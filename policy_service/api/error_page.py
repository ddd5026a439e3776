"""docs/reference/errors.md as a page: an anchor for every code, where the `type` of a problem leads."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PACKAGE: Final = Path(__file__).resolve().parents[1]
#: The checkout's own text comes first, as for rules: an editable install keeps a stale copy of data files.
_PLACES: Final = (_PACKAGE.parent / "docs/reference/errors.md", _PACKAGE / "shipped_docs/errors.md")
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="stylesheet" href="files/pages.css">
<link rel="icon" href="files/favicon-32x32.png">
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def error_page() -> str:
    """Return the page, made from the document that ships with this version."""
    text = next(place for place in _PLACES if place.is_file()).read_text("utf-8")
    return rendered(text, "Errors and findings")


def rendered(text: str, title: str) -> str:
    """Return a Markdown text as a page; links to other documents, which are not served, become plain words."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", _anchor(content.content))
    for token in tokens:
        token.children = _without_links_elsewhere(token.children or []) or token.children
    return _PAGE.format(title=escape(title), body=reader.renderer.render(tokens, reader.options, {}))


def _anchor(heading: str) -> str:
    kept = "".join(each for each in heading.lower() if each.isalnum() or each in " -_")
    return kept.replace(" ", "-")


def _without_links_elsewhere(tokens: Sequence[Token]) -> list[Token]:
    kept, leads_elsewhere = [], False
    for token in tokens:
        if token.type == "link_open":
            leads_elsewhere = not str(token.attrGet("href")).startswith("#")
        if not (leads_elsewhere and token.type in ("link_open", "link_close")):
            kept.append(token)
    return kept
