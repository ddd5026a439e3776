"""The write-back on the command line: a dry run that says everything, a switch, and a run that does it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.api.house import store_person
from tests.cli.running import policy, refusal
from tests.connectors.stand_ins import StandIn, fxiaoke, fxiaoke_process
from tests.services.connections.test_writing_over_there import FXIAOKE
from tests.services.decisions.live import answered, asked, furnish, open_house

__all__ = ["fxiaoke", "fxiaoke_process"]


@pytest.fixture(autouse=True)
def house(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, fxiaoke: StandIn) -> Iterator[House]:
    """Give a house with people, over the database that the commands find, which may talk to the stand-in."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DEFAULT_POLICY", "house")
    monkeypatch.setenv("CONNECTIONS_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("CONNECTOR_ORIGINS", fxiaoke.origin)
    database = Database(sqlite_url)
    made = open_house(database)
    furnish(made)
    store_person(made, "shop", Role.SYSTEM)
    store_person(made, "vic", Role.VIEWER)
    yield made
    made.close()


def test_a_dry_run_is_looked_at_and_then_it_is_written(house: House, fxiaoke: StandIn, tmp_path: Path) -> None:
    said = fxiaoke.sign_in
    secrets, mapping = tmp_path / "secrets", tmp_path / "mapping.yaml"
    secrets.write_text(f"app_secret={said['appSecret']}\npermanent_code={said['permanentCode']}\n", "utf-8")
    mapping.write_text(FXIAOKE.replace("{kind}", "fxiaoke"), "utf-8")
    settings = {"origin": fxiaoke.origin, "app_id": said["appId"], "open_user_id": said["currentOpenUserId"]}
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    by = ("--as", "shop")
    assert (
        0
        == policy("connect", "add", "fx", "--system", "fxiaoke", *words, "--secrets-file", str(secrets), *by).exit_code
    )
    assert 0 == policy("connect", "map", "fx", str(mapping), *by).exit_code
    pulled = policy("pull", "fx", *by)
    assert pulled.exit_code == 0, pulled.out + pulled.err
    customer = min(fxiaoke.rows("AccountObj"))
    answered(house, asked(customer, None))
    refusal(policy("push", "fx", *by), "X191")
    refusal(policy("connect", "change", "fx", "--write-back", *by), "X192")
    refusal(policy("push", "fx", "--dry-run", "--as", "vic"), "A403")
    dry = policy("push", "fx", "--dry-run", "--json", *by)
    assert dry.exit_code == 0, dry.out + dry.err
    plan = json.loads(dry.out)
    assert (1, 0) == (plan["planned"], plan["written"])
    assert {(customer, "credit_grade__c", "A"), (customer, "credit_limit__c", "5000.00")} <= {
        (one["customer_id"], one["field"], one["to_be"]) for one in plan["writes"]
    }
    assert (0, 0) == (plan["more_writes"], plan["more_case_tasks"])
    first = json.loads(policy("push", "fx", "--dry-run", "--last", "1", "--json", *by).out)
    assert (plan["writes"][:1], len(plan["writes"]) - 1) == (first["writes"], first["more_writes"])
    assert (
        f"{len(plan['writes']) - 1} more fields are not listed"
        in policy("push", "fx", "--dry-run", "--last", "1", *by).out
    )
    assert [] == fxiaoke.writes()
    off = policy("push", "fx", "--dry-run", *by).out
    assert "Nothing was written" in off
    assert "not listed" not in off
    assert "Switch it on: policy connect change fx --write-back" in off
    assert 0 == policy("connect", "change", "fx", "--write-back", *by).exit_code
    assert policy("push", "fx", "--dry-run", *by).out.endswith("Write it: policy push fx\n")
    run = policy("push", "fx", *by)
    assert (run.exit_code, run.out.splitlines()[0]) == (
        0,
        "1 rows written, 0 refused, 0 tried again later, 0 gone. 0 tasks handed over, 0 refused, 0 in doubt.",
    )
    assert "A" == fxiaoke.rows("AccountObj")[customer]["credit_grade__c"]
    assert 0 == json.loads(policy("push", "fx", "--json", *by).out)["planned"]
