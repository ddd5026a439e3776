"""Stand-ins of the real systems, each a process of its own, tell a served application of changes."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from policy_service.app import app_of
from policy_service.connectors.port import System
from policy_service.domain.acting import Act
from policy_service.running import now
from policy_service.services.connections.pulling import pull
from policy_service.services.connections.setting_up import (
    Changes,
    NewConnection,
    change,
    connect,
    keep_connection_mapping,
)
from policy_service.services.connections.watching import see_to_watches
from policy_service.services.connections.world import World, open_any
from policy_service.services.house import House
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.pull_store import StoredPull
from tests.connectors.stand_ins import Document, StandIn, stand_in
from tests.services.connections.notices import due
from tests.services.connections.small_system import KEY, SYSTEM
from tests.services.decisions.live import SETTINGS, enforce
from tests.services.house import house_policy

#: Secrets of connections, and what the stand-ins call them.
SECRETS = {
    "client_secret": "client_secret",
    "refresh_token": "refresh_token",
    "app_secret": "appSecret",
    "permanent_code": "permanentCode",
    "callback_token": "callback_token",
    "callback_key": "encodingAesKey",
}


@contextmanager
def served(house: House) -> Iterator[str]:
    """Serve the application over the house on this machine, and give its origin."""
    server = make_server("127.0.0.1", 0, app_of(house, now), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def origin(bare: House) -> Iterator[str]:
    """Give the origin of an application that is served over a house with connections."""
    enforce(bare, house_policy())
    bare.settings = replace(bare.settings, connections_key=(KEY,))
    bare.world = World(now, time.monotonic, time.sleep, random.random, open_any)
    with served(bare) as made:
        bare.settings = replace(bare.settings, connections_public_url=made)
        yield made


def connected(house: House, system: System, there: StandIn, **settings: str) -> None:
    """Connect the stand-in; what it says of itself are settings or secrets."""
    house.settings = replace(house.settings, connector_origins=(there.origin,))
    text = (Path(SETTINGS.rules_dir) / "connectors" / f"{system.value}.yaml").read_text("utf-8")
    secrets = {name: there.sign_in[said] for name, said in SECRETS.items() if said in there.sign_in}
    new = NewConnection("told", system, {**settings, "notices": "on"}, secrets)
    act = Act("shop", now())
    with house.database.writing() as session:
        connect(house, session, new, SYSTEM, act)
        keep_connection_mapping(house, session, "told", text, SYSTEM, act)
        change(house, session, "told", Changes(is_on=True), SYSTEM, act)


def pulled(house: House) -> StoredPull:
    return pull(house, "told", Act("shop", now()), "here", lambda _rows: None)


def rest(house: House) -> None:
    """Let nothing be due."""
    with house.database.writing() as session:
        store = ConnectionStore(session)
        store.move(store.load("told").connection_id, next_at=None)


def sent_of(answer: Document) -> list[tuple[object, object]]:
    found = answer["sent"]
    assert isinstance(found, list)
    return [(one["status"], one["answer"]) for one in found if isinstance(one, dict)]


def names(house: House) -> set[str]:
    with house.database.reading() as session:
        ledger = LedgerStore(session).load_ledger()
    return {str(one.versions[-1].name) for one in ledger.histories.values()}


def test_zoho_crm_tells_of_a_change_and_the_pull_brings_it(bare: House, origin: str, zoho_crm: StandIn) -> None:
    sign_in = zoho_crm.sign_in
    connected(bare, System.ZOHO_CRM, zoho_crm, accounts_origin=zoho_crm.origin, client_id=sign_in["client_id"])
    assert "done" == pulled(bare).state
    assert 1 == see_to_watches(bare, Act("system", now()))
    rest(bare)
    several = sorted(zoho_crm.rows("Accounts"))[:3]
    told = zoho_crm.change("Accounts", set={row_id: {"Account_Name": "Told Of Ltd"} for row_id in several})
    assert [(200, "{}")] == sent_of(told)
    assert ("told",) == due(bare, now())
    rest(bare)
    assert [(200, "{}")] == sent_of(zoho_crm.tell("resend", {"last": 1}))
    assert () == due(bare, now()), "what comes again wakes nobody"
    forged = {"url": f"{origin}/v1/connections/told/notices", "body": {"channel_id": "1", "token": "guessed"}}
    assert [403] == [status for status, _ in sent_of(zoho_crm.tell("send", forged))]
    assert () == due(bare, now())
    assert pulled(bare).changed == len(several)
    assert "Told Of Ltd" in names(bare)


def test_fxiaoke_calls_back_and_the_pull_brings_the_change(bare: House, origin: str) -> None:
    with stand_in("fxiaoke", customers=5, invoices=20) as there:
        sign_in = there.sign_in
        connected(
            bare,
            System.FXIAOKE,
            there,
            origin=there.origin,
            app_id=sign_in["appId"],
            open_user_id=sign_in["currentOpenUserId"],
        )
        assert "done" == pulled(bare).state
        rest(bare)
        there.settings(callback_url=f"{origin}/v1/connections/told/notices")
        row_id = next(iter(there.rows("AccountObj")))
        told = there.change("AccountObj", set={row_id: {"name": "Told Of Ltd"}})
        assert [(200, "success")] == sent_of(told)
        assert ("told",) == due(bare, now())
        again = there.tell("resend", {"last": 1})
        assert [403] == [status for status, _ in sent_of(again)]
        rest(bare)
        for forged in ({"sig": "0" * 40}, {"nonce": "another"}, {"timeStamp": str(now() // 1_000 + 1)}):
            asked = {"url": f"{origin}/v1/connections/told/notices", "content": "{}", "forge": forged}
            assert [403] == [status for status, _ in sent_of(there.tell("callback", asked))]
        assert () == due(bare, now())
        assert pulled(bare).changed >= 1
        assert "Told Of Ltd" in names(bare)
