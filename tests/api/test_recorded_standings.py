"""Standings of another system are taken at cutover: by who may record them, and until the service has decided."""

import io

from policy_service.domain.permissions import Permission, Role, permissions_of
from policy_service.ledger.columns import Table
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from tests.api.asking import problem_of
from tests.api.house import Client, store_key
from tests.services.house import ledger_of
from tests.storage.books import Origin, imported

ROW = {"customer_id": "C1", "from": "2025-01-01", "grade": "A", "credit_limit": "unlimited"}
PUSHED = {"entries": [{"table": "standings", "cells": ROW}]}
ORDER = {"type": "order", "customer_id": "C1", "order_id": "O1", "facts": {"order_amount": "60000"}}


def test_a_standing_is_recorded_before_the_first_decision(client: Client) -> None:
    answer = client.of(Role.SYSTEM).post("/v1/ledger/entries", json=PUSHED)
    assert answer.get_json()["entries"][0]["became"] == "added"


def test_afterwards_none_but_what_is_stored_is_taken(client: Client) -> None:
    """Else the shop that asks grants the limit."""
    system = client.of(Role.SYSTEM)
    system.post("/v1/ledger/entries", json={"entries": [{"table": "standings", "cells": {**ROW, "credit_limit": "9"}}]})
    assert system.post("/v1/decisions", json=ORDER).get_json()["outcome"] == "hold"
    refused = problem_of(system.post("/v1/ledger/entries", json=PUSHED), 422, "R481")
    (fault,) = refused["errors"]["0"]  # type: ignore[index]  # plain data
    assert (fault["column"], fault["code"], "override" in fault["remedy"]) == ("customer_id", "Q130", True)
    again = {"entries": [{"table": "standings", "cells": {**ROW, "credit_limit": "9"}}]}
    assert system.post("/v1/ledger/entries", json=again).get_json()["entries"][0]["became"] == "unchanged"


def test_a_trial_decides_upon_nobody(client: Client) -> None:
    client.of(Role.ANALYST).post("/v1/decisions", json={**ORDER, "dry_run": True})
    assert client.of(Role.SYSTEM).post("/v1/ledger/entries", json=PUSHED).status_code == 200


def test_a_key_records_standings_only_if_its_scopes_name_it(client: Client, house: House) -> None:
    client.of(Role.SYSTEM)
    scopes = sorted(permissions_of([Role.SYSTEM]) - {Permission.STANDINGS_RECORD})
    key = client.with_key(store_key(house, "system", scopes=tuple(scopes)))
    problem_of(key.post("/v1/ledger/entries", json=PUSHED), 403, "A403")
    payment = {"payment_id": "P9", "date": "2025-01-20", "amount": "1.00", "invoice_id": "I1"}
    paid = {"entries": [{"table": "payments", "cells": payment}]}
    assert key.post("/v1/ledger/entries", json=paid).status_code == 200
    files = {"standings": (io.BytesIO(b"customer_id,from\nC1,2025-01-01\n"), "standings.csv")}
    problem_of(key.post("/v1/imports", data=files), 403, "A403")
    assert list(house.settings.upload_dir.iterdir()) == []


def test_an_import_leaves_them_out_then_and_says_why(client: Client, house: House) -> None:
    client.of(Role.SYSTEM).post("/v1/decisions", json=ORDER)
    rows = "customer_id,from,grade,credit_limit\nC1,2025-01-01,A,unlimited\nC2,2025-01-01,A,700\n"
    with house.database.writing() as session:
        stored = LedgerStore(session).store(imported(ledger_of({"standings": rows})), Origin(house.new_id(), 9))
    left_out = [one for one in stored.quarantined if one.table is Table.STANDINGS]
    assert [(one.reason, one.found, "review" in one.remedy) for one in left_out] == [("Q130", "C1", True)]
