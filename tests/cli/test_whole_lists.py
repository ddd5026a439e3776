"""A list is read whole, however many pages it has."""

import pytest

from policy_service.cli.whole_lists import whole_list


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1_000, 1_003])
def test_every_item_comes_once_and_in_order(count: int) -> None:
    items = [f"{number:05}" for number in range(count)]

    def page(last: str | None, limit: int) -> list[str]:
        behind = items if last is None else [item for item in items if item > last]
        return behind[:limit]

    assert items == whole_list(page)
