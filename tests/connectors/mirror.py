"""A mirror of what a connector brings, as decision 0059 says."""

from dataclasses import dataclass, field

from policy_service.connectors.port import Body, Connector, Page, Wanted


@dataclass(slots=True)
class Mirror:
    """Keeps rows by their ids, and where to go on."""

    cursor: str = ""
    bodies: dict[str, Body] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    pages: int = 0

    def take(self, page: Page) -> None:
        self.cursor, self.pages = page.cursor, self.pages + 1
        for row in page.rows:
            self.named[row.row_id] = page.listing
            if row.is_deleted:
                self.bodies.pop(row.row_id, None)
            else:
                self.bodies[row.row_id] = row.body
        for row_id in page.listed:
            self.named[row_id] = page.listing
        if page.ends_listing:
            for gone in [row_id for row_id, listing in self.named.items() if listing != page.listing]:
                del self.named[gone]
                self.bodies.pop(gone, None)

    def pull(self, connector: Connector, wanted: Wanted, most: int = 10_000) -> None:
        for _ in range(most):
            page = connector.page(wanted, self.cursor)
            self.take(page)
            if page.is_last:
                return
        raise AssertionError("a pull has no end")
