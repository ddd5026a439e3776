"""A page of a report, read as a browser would."""

import json
import re
from html.parser import HTMLParser
from typing import Any


class Read(HTMLParser):
    """The elements of a page with their attributes, and the texts of those that a test asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)

    def having(self, attribute: str) -> list[dict[str, str | None]]:
        """The attributes of every element that has this one."""
        return [attributes for _, attributes in self.elements if attribute in attributes]


def scripts(page: str) -> list[str]:
    """The texts of the scripts that a browser runs."""
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def data_of(page: str) -> Any:
    """What the pictures are drawn from."""
    (written,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(written)
