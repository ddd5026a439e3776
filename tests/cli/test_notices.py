"""Whether a connection is told of changes is shown and switched on the command line."""

import json

import pytest
from cryptography.fernet import Fernet

from tests.cli.running import policy, refusal
from tests.connectors.fxiaoke.sealing import ENCODING_KEY


@pytest.fixture(autouse=True)
def people(database_url: str, one_policy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be who writes the ledger, and who looks."""
    monkeypatch.setenv("CONNECTIONS_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("CONNECTIONS_PUBLIC_URL", "https://credit.example.com/")
    policy("person", "add", "ada", "--name", "Ada", "--role", "admin")
    policy("person", "add", "shop", "--name", "Shop", "--role", "system", "--as", "ada")
    policy("person", "add", "vic", "--name", "Vic", "--role", "viewer", "--as", "ada")


def add(name: str, system: str) -> None:
    assert 0 == policy("connect", "add", name, "--system", system, "--as", "shop").exit_code


def test_notices_are_switched_and_shown() -> None:
    add("crm", "zoho_crm")
    assert policy("notices", "crm", "--as", "vic").out.startswith("crm  notices off, 0 taken")
    refusal(policy("notices", "crm", "on", "--as", "vic"), "A403")
    on = policy("notices", "crm", "on", "--as", "shop").out
    assert "The connection itself is off" in on
    assert "Not agreed yet: https://credit.example.com/v1/connections/crm/notices" in on
    shown = json.loads(policy("notices", "crm", "--json", "--as", "vic").out)
    assert (True, False, 0, None) == tuple(shown[name] for name in ("is_on", "is_agreed", "taken", "expires_at"))
    assert policy("notices", "crm", "off", "--as", "shop").out.startswith("crm  notices off")


def test_fxiaoke_needs_its_token_and_key_and_is_given_the_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    add("fxk", "fxiaoke")
    refusal(policy("notices", "fxk", "on", "--as", "shop"), "X183")
    file = tmp_path_factory.mktemp("secrets") / "secrets"
    file.write_text(f"callback_token = s3cret\ncallback_key = {ENCODING_KEY}\n", "utf-8")
    policy("connect", "change", "fxk", "--secrets-file", str(file), "--as", "shop")
    said = policy("notices", "fxk", "on", "--as", "shop").out
    assert "https://credit.example.com/v1/connections/fxk/notices" in said
    assert "s3cret" not in said
    assert ENCODING_KEY not in said


def test_without_an_address_or_by_a_system_that_tells_nothing_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add("books", "zoho_books")
    refusal(policy("notices", "books", "on", "--as", "shop"), "X181")
    add("crm", "zoho_crm")
    monkeypatch.delenv("CONNECTIONS_PUBLIC_URL")
    refusal(policy("notices", "crm", "on", "--as", "shop"), "X182")
    refusal(policy("notices", "erp", "--as", "shop"), "S209")
