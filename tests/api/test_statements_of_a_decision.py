"""How often a decision goes to the database: each way there costs more than what is done there."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from policy_service.services.house import House
from policy_service.storage import postgresql_statements
from tests.api.deciding import ORDER, ask, body_of, changed, send_lines, shop
from tests.api.house import Client


@pytest.fixture
def statements(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what PostgreSQL is asked from now on, as far as decisions ask it."""
    if house.database.is_sqlite:
        pytest.skip("SQLite is in the process")
    asked: list[str] = []
    made_ready: Callable[..., Any] = postgresql_statements._made_ready

    def noted(connection: object, name: bytes, text: str) -> Any:
        asked.append(text)
        return made_ready(connection, name, text)

    monkeypatch.setattr(postgresql_statements, "_made_ready", noted)
    return asked


def test_a_new_order_takes_four_statements(client: Client, statements: list[str]) -> None:
    """The customer's standing is there, and the key was looked up less than a second ago."""
    body_of(ask(shop(client), order_id="O1"))
    others: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        others.append(statement)

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        statements.clear()
        body_of(ask(shop(client), order_id="O2"))
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    assert 4 == len(statements)
    assert [] == [one for one in others if "decisions" in one or "orders" in one]
    assert "chain_heads" in statements[-2]
    assert all(f"INTO {table} " in statements[-1] for table in ("decisions", "orders", "order_steps"))


def test_a_batch_takes_as_many_for_many_lines_as_for_one(client: Client, statements: list[str]) -> None:
    body_of(ask(shop(client), order_id="O1"))
    took = []
    for count in (2, 30):
        statements.clear()
        send_lines(shop(client), [changed(ORDER, order_id=f"{count}-{number}") for number in range(count)])
        took.append(len(statements))
    assert took[0] == took[1] <= 12
