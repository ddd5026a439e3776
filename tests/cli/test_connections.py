"""Systems are connected on the command line as a person who may write the ledger; no secret is an argument."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.cli.running import RULES, policy, refusal

MAPPING = RULES / "connectors/zoho_crm.yaml"


@pytest.fixture(autouse=True)
def people(database_url: str, one_policy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two admins be there, and a shop that writes the ledger."""
    monkeypatch.setenv("CONNECTIONS_KEY", Fernet.generate_key().decode())
    policy("person", "add", "ada", "--name", "Ada", "--role", "admin")
    policy("person", "add", "shop", "--name", "Shop", "--role", "system", "--as", "ada")
    policy("person", "add", "vic", "--name", "Vic", "--role", "viewer", "--as", "ada")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Give a file with a secret."""
    file = tmp_path / "secrets"
    file.write_text("# of the shop\nclient_secret = s3cret\n", "utf-8")
    return file


def add(secrets: Path, name: str = "crm", login: str = "shop") -> tuple[str, ...]:
    words = ("connect", "add", name, "--system", "zoho_crm", "--set", "domain=cn")
    return (*words, "--secrets-file", str(secrets), "--as", login)


def test_a_connection_is_added_changed_mapped_and_listed(secrets: Path) -> None:
    assert 0 == policy(*add(secrets)).exit_code
    changed = policy("connect", "change", "crm", "--every", "30", "--on", "--set", "region=eu", "--as", "shop")
    assert "crm  zoho_crm  on, every 30 minutes, has no mapping yet\n" == changed.out
    assert 0 == policy("connect", "map", "crm", str(MAPPING), "--as", "shop").exit_code
    assert "mapping: zoho_crm" in policy("connect", "map", "crm", "--as", "vic").out
    listed = policy("connect", "list", "--json", "--as", "vic")
    (one,) = json.loads(listed.out)
    assert ("crm", {"domain": "cn", "region": "eu"}, True) == (one["name"], one["settings"], one["has_mapping"])
    assert "s3cret" not in listed.out + changed.out


def test_who_may_not_write_the_ledger_connects_nothing(secrets: Path) -> None:
    refused = refusal(policy(*add(secrets, login="vic")), "A403")
    assert "Let a person do it whose role allows it" in refused
    assert "key" not in refused
    policy(*add(secrets))
    refusal(policy("connect", "change", "crm", "--on", "--as", "vic"), "A403")
    refusal(policy("pull", "crm", "--as", "vic"), "A403")


def test_a_value_without_a_name_is_not_said_back(secrets: Path) -> None:
    strayed = policy("connect", "add", "crm", "--system", "zoho_crm", "--set", "s3cret", "--as", "shop")
    assert 2 == strayed.exit_code
    assert "s3cret" not in strayed.out + strayed.err


def test_a_mapping_in_another_encoding_is_refused_with_its_place(secrets: Path, tmp_path: Path) -> None:
    policy(*add(secrets))
    file = tmp_path / "mapping.yaml"
    file.write_bytes("mapping: crm # 客户".encode("gbk"))
    refusal(policy("connect", "map", "crm", str(file), "--as", "shop"), "L002")


def test_what_is_wrong_with_a_mapping_is_said_to_be_in_its_file(secrets: Path, tmp_path: Path) -> None:
    policy(*add(secrets))
    file = tmp_path / "of_ours.yaml"
    file.write_text("mapping: crm\ncolour: red\n", "utf-8")
    ran = policy("connect", "map", "crm", str(file), "--as", "shop")
    assert 2 == ran.exit_code
    assert ran.err.startswith("error of_ours.yaml line 2")


def test_what_has_no_mapping_is_not_pulled_and_what_is_not_there_neither(secrets: Path) -> None:
    policy(*add(secrets))
    refusal(policy("pull", "crm", "--as", "shop"), "X164")
    refusal(policy("pull", "erp", "--as", "shop"), "S209")
    refusal(policy(*add(secrets)), "S210")


def test_a_connection_that_was_never_pulled_has_no_runs(secrets: Path) -> None:
    policy(*add(secrets))
    assert [] == json.loads(policy("connect", "runs", "crm", "--json", "--as", "vic").out)
