"""Where in a file a problem lies: from line and column to the path of the row, the cell or the value there."""

from policy_service.domain.errors import Place
from policy_service.language.yaml_text.layout import EntryLayout, Layout, ListLayout, MappingLayout
from policy_service.services.policy_editing.edits import Path


def path_at(layout: Layout, text: str, place: Place) -> Path:
    """Return the path of the innermost value at a place; of its top if the place names no line."""
    offset = offset_of(text, place)
    return () if offset is None else _within(layout, offset)


def _within(layout: Layout, offset: int) -> Path:
    if isinstance(layout, MappingLayout):
        for entry in layout.entries:
            if entry.key.start <= offset < entry.end:
                return (entry.name, *_deeper(entry, offset))
    if isinstance(layout, ListLayout):
        for position, item in enumerate(layout.items):
            if item.start <= offset < item.end:
                return (position, *_within(item, offset))
    return ()


def _deeper(entry: EntryLayout, offset: int) -> Path:
    return _within(entry.value, offset) if offset >= entry.value.start else ()


def offset_of(text: str, place: Place) -> int | None:
    """Return how many characters stand before a place in a text; None if it names no line of it."""
    if not place.line:
        return None
    at = 1 if text.startswith("\ufeff") else 0
    for _ in range(place.line - 1):
        following = text.find("\n", at)
        if following < 0:
            return None
        at = following + 1
    return at + max(place.column - 1, 0)
