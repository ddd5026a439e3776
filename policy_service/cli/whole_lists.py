"""Lists read whole, page by page."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

_AT_ONCE: Final = 500


def whole_list(page: Callable[[Item | None, int], Sequence[Item]]) -> list[Item]:
    """Return all items of a list; `page` gives so many at most behind an item, or from the first one on."""
    found: list[Item] = []
    while some := page(found[-1] if found else None, _AT_ONCE):
        found += some
    return found
