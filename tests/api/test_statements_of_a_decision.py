"""How often a decision goes to the database: each way there costs more than what is done there."""

from collections.abc import Callable, Iterable

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from policy_service.services.house import House
from policy_service.storage import postgresql_statements
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import Doing
from tests.api.deciding import ORDER, ask, body_of, changed, send_lines, shop
from tests.api.house import Client
from tests.services.decisions.live import TODAY, act, post
from tests.services.house import LEDGER

#: C1 disputes its invoice.
DISPUTED = {**LEDGER, "disputes": "dispute_id,invoice_id,opened,closed\nD1,I1,2025-01-10,\n"}


@pytest.fixture
def journeys(house: House, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give what PostgreSQL is asked from now on, as far as decisions ask it: the statements that go there together."""
    if house.database.is_sqlite:
        pytest.skip("SQLite is in the process")
    asked: list[list[str]] = []
    prepare: Callable[..., None] = postgresql_statements._prepare

    def noted(link: object, ready: object, statements: Iterable[tuple[bytes, str]]) -> None:
        together = list(statements)
        asked.append([text for _, text in together if not text.startswith(("BEGIN", "COMMIT"))])
        prepare(link, ready, together)

    monkeypatch.setattr(postgresql_statements, "_prepare", noted)
    return asked


def test_a_new_order_takes_two_journeys(client: Client, journeys: list[list[str]]) -> None:
    """The customer's standing is there, and the key was looked up less than a second ago."""
    body_of(ask(shop(client), order_id="O1"))
    others: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        others.append(statement)

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        journeys.clear()
        body_of(ask(shop(client), order_id="O2"))
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    assert [2, 1] == list(map(len, journeys))
    assert [] == [one for one in others if "decisions" in one or "orders" in one]
    assert "FOR NO KEY UPDATE" in journeys[0][0]
    assert all(f"INTO {table} " in journeys[1][0] for table in ("decisions", "orders", "order_steps"))


@pytest.mark.parametrize(("entry_id", "expected"), [("", [2, 1]), ("D1", None)])
def test_of_a_customer_in_dispute_it_takes_more_only_if_somebody_noted_that_in_a_case(
    client: Client, house: House, journeys: list[list[str]], entry_id: str, expected: list[int] | None
) -> None:
    post(house, DISPUTED, at=2)
    body_of(ask(shop(client), order_id="O1"))
    with house.database.writing() as session:
        cases = CaseStore(session)
        cases.open("K1", "C1", "house", "collection", Doing("L1", owner_role="collector"), TODAY)
        cases.add_note("K1", "note", "They complain.", act(person="sam"), entry_id)
    journeys.clear()
    body_of(ask(shop(client), order_id="O2"))
    took = list(map(len, journeys))
    assert took == expected if expected else len(took) > 2


def test_a_batch_takes_as_many_for_many_lines_as_for_one(client: Client, journeys: list[list[str]]) -> None:
    body_of(ask(shop(client), order_id="O1"))
    took = []
    for count in (2, 30):
        journeys.clear()
        send_lines(shop(client), [changed(ORDER, order_id=f"{count}-{number}") for number in range(count)])
        took.append(len(journeys))
    # For the batch its version; for some lines to read, to hold the chain's end, to store, to move the chain's end.
    assert [5, 5] == took
