"""What a mirror holds after pulls: each row as it was brought last."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from policy_service.connectors.port import Page, Wanted


class Pulled(Protocol):
    def page(self, wanted: Wanted, cursor: str) -> Page: ...


@dataclass(slots=True)
class Mirror:
    wanted: Wanted
    rows: dict[str, Any] = field(default_factory=dict)
    cursor: str = ""
    pages: int = 0

    def take(self, page: Page) -> None:
        for row in page.rows:
            if row.is_deleted:
                self.rows.pop(row.row_id, None)
            else:
                self.rows[row.row_id] = dict(row.body)
        self.cursor = page.cursor
        self.pages += 1

    def pull(self, connector: Pulled, most: int = 2_000) -> int:
        """Take pages to the last one, and return how many these were."""
        for number in range(1, most + 1):
            page = connector.page(self.wanted, self.cursor)
            self.take(page)
            if page.is_last:
                return number
        raise AssertionError("a pull that does not end")
