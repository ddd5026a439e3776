"""A batch comes to what its lines come to one by one, whatever they are; only ids and instants differ."""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from policy_service.api import decision_batches
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from policy_service.storage.models.decisions import DecisionRow
from policy_service.storage.models.orders import AskedOrder, OrderStep
from policy_service.storage.stored_cases import Doing
from tests.api.deciding import ORDER, REVIEW, analyst, changed, send_lines
from tests.api.house import Client, Clock, move_in
from tests.services.decisions.live import TODAY, act, furnish, open_house, post
from tests.services.house import INVOICES, LEDGER
from tests.storage.books import empty

_ID = re.compile(r"\bid-\d+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
LINES = 40
DISPUTED = {
    **LEDGER,
    "invoices": INVOICES.replace("2025-03-20,2025-04-04", "2025-01-05,2025-02-04"),
    "disputes": "dispute_id,invoice_id,opened,closed\nD1,I1,2025-01-10,\nD2,I2,2025-01-10,\n",
}


def questions(seed: int) -> list[dict[str, object]]:
    """Return questions of all sorts, many upon the same orders and customers."""
    some = random.Random(seed)

    def one() -> dict[str, object]:
        customer = some.choice(["C1", "C1", "C2", "C3", "C9"])
        order = f"{customer}-{some.randint(1, 12)}"
        amount = some.choice(["100", "900.50", "3000", "rain"])
        question = changed(ORDER, customer_id=customer, order_id=order, facts={"order_amount": amount}, explain=True)
        return some.choices(
            [
                question,
                changed(REVIEW, customer_id=customer),
                changed(question, order_id=None, substitute={"exposure": "9000"}),
                changed(question, type="escalation", order_id=None, facts=None),
                changed(question, order_id="C1-1"),
            ],
            [12, 2, 2, 1, 2],
        )[0]

    return [one() for _ in range(LINES)]


def same(said: object) -> str:
    """Return what was said without what is another each time."""
    return _INSTANT.sub("INSTANT", _ID.sub("ID", json.dumps(said, sort_keys=True)))


def told(body: Mapping[str, Any]) -> str:
    """Return an answer or a problem, as it can be compared."""
    if "status" in body:
        return same({name: body[name] for name in ("status", "code", "title", "detail") if name in body})
    return same(body)


def stored(house: House) -> list[str]:
    """Return the decisions in the order of their chain, the orders and their steps."""
    with house.database.reading() as session:
        assert [] == list(DecisionStore(session).verify())
        decisions = select(DecisionRow.result, DecisionRow.order_id).order_by(DecisionRow.sequence)
        said = [same([result.decode(), order]) for result, order in session.execute(decisions)]
        orders = (AskedOrder.order_id, AskedOrder.state, AskedOrder.amount, AskedOrder.revision, AskedOrder.reasons)
        steps = select(OrderStep.order_id, OrderStep.to_state, OrderStep.cause, OrderStep.prepaid)
        said += [same(list(row)) for row in session.execute(select(*orders).order_by(AskedOrder.order_id))]
        return said + sorted(same(list(row)) for row in session.execute(steps))


def furnished(house: House) -> House:
    """Return the house with two customers in dispute, of one of whom somebody noted that in a case."""
    post(house, DISPUTED, at=2)
    with house.database.writing() as session:
        cases = CaseStore(session)
        cases.open("K1", "C2", "house", "collection", Doing("L1", owner_role="collector"), TODAY)
        cases.add_note("K1", "dispute", "They complain.", act(person="sam"), "D2")
    return house


@pytest.mark.parametrize(("seed", "at_once"), [(1, 50), (2, 50), (1, 1), (2, 7)])
def test_a_batch_comes_to_what_its_lines_come_to_one_by_one(
    client: Client,
    app: Flask,
    house: House,
    clock: Clock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    at_once: int,
) -> None:
    """However many of them share a transaction."""
    monkeypatch.setattr(decision_batches, "LINES_AT_ONCE", at_once)
    asked = questions(seed)
    furnished(house)
    alone = [told(analyst(client).post("/v1/decisions", json=question).get_json()) for question in asked]
    after_singles = stored(house)

    empty(database)
    other = open_house(database)
    furnish(other)
    move_in(app, furnished(other), clock)
    client.forget_keys()
    *lines, _ = send_lines(analyst(client), asked)
    together = [told(line.get("decision") or line["problem"]) for line in lines]
    after_batch = stored(other)
    other.policies.close()

    assert alone == together
    assert after_singles == after_batch
    assert len(set(alone)) > 10
