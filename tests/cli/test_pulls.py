"""A pull on the command line tells what is left out, and goes on telling it until it is mended."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.cli.running import RULES, policy

MAPPING = """
mapping: erp
system: drop_folder
rows:
  - {from: customers, to: customers, columns: [customer_id]}
  - {from: invoices, to: invoices, columns: [invoice_id, customer_id, issue_date, due_date, amount]}
"""
SOUND = "invoice_id,customer_id,issue_date,due_date,amount\nI1,A1,2026-01-02,2026-02-01,7.00\n"


@pytest.fixture(autouse=True)
def folder(database_url: str, one_policy: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a drop folder that is connected, with one invoice of somebody who is not known."""
    monkeypatch.setenv("CONNECTIONS_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("DROP_FOLDER_ROOT", str(tmp_path))
    policy("person", "add", "ada", "--name", "Ada", "--role", "admin")
    policy("person", "add", "shop", "--name", "Shop", "--role", "system", "--as", "ada")
    made = tmp_path / "erp"
    made.mkdir()
    (made / "customers.csv").write_text("customer_id\nA1\n", "utf-8")
    (made / "invoices.csv").write_text(SOUND.replace("A1", "A9"), "utf-8")
    mapping = tmp_path / "erp.yaml"
    mapping.write_text(MAPPING, "utf-8")
    settings = ("--set", "folder=erp", "--set", "settle_seconds=0")
    policy("connect", "add", "erp", "--system", "drop_folder", *settings, "--as", "shop")
    assert 0 == policy("connect", "map", "erp", str(mapping), "--as", "shop").exit_code
    return made


def test_what_is_left_out_is_told_by_each_pull_and_by_the_exit_code_until_it_is_mended(folder: Path) -> None:
    for _ in range(2):
        pulled = policy("pull", "erp", "--as", "shop")
        assert (1, True) == (pulled.exit_code, "1 are left out" in pulled.out), pulled.out + pulled.err
        assert "Why: policy connect left-out erp" in pulled.out
    told = policy("connect", "left-out", "erp", "--as", "shop")
    assert 1 == told.exit_code
    assert 'invoices I1 (invoices I1): customer_id is "A9" [Q111]\n1 row left out.\n' == told.out
    (folder / "invoices.csv").write_text(SOUND, "utf-8")
    mended = policy("pull", "erp", "--as", "shop")
    assert (0, "Why" in mended.out) == (mended.exit_code, False)
    assert "0 rows left out.\n" == policy("connect", "left-out", "erp", "--as", "shop").out


def test_a_mapping_of_headings_of_their_own_is_proposed_looked_at_and_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RULES_DIR", str(RULES))
    (folder / "customers.csv").write_text("客户编码,客户名称,生效日期,信用额度\nA1,阿达,2026-01-01,5000\n", "utf-8")
    (folder / "invoices.csv").write_text(
        "发票号码,客户编码,开票日期,到期日,金额\nI1,A1,2026-01-02,2026-02-01,7.00\n", "utf-8"
    )
    files = "customers = customers*.csv | 客户编码\ninvoices = invoices*.csv | 发票号码"
    policy("connect", "change", "erp", "--set", f"files={files}", "--as", "shop")
    proposed = policy("connect", "map", "erp", "--propose", "--as", "shop")
    assert 0 == proposed.exit_code, proposed.err
    assert "credit_limit: 信用额度" in proposed.out
    file = tmp_path / "proposed.yaml"
    file.write_text(proposed.out, "utf-8")
    assert 0 == policy("connect", "map", "erp", str(file), "--as", "shop").exit_code
    pulled = policy("pull", "erp", "--as", "shop")
    assert (0, True) == (pulled.exit_code, "2 added" in pulled.out), pulled.out + pulled.err
    assert 2 == policy("connect", "map", "erp", "--propose", "--shipped", "--as", "shop").exit_code


def test_what_is_left_out_is_data_too(folder: Path) -> None:
    policy("pull", "erp", "--as", "shop")
    told = json.loads(policy("connect", "left-out", "erp", "--json", "--as", "shop").out)
    assert (1, []) == (told["count"], told["unreadable"])
    assert ("invoices", "I1", "Q111", "customer_id") == tuple(
        told["rejected"][0][name] for name in ("object", "row", "code", "column")
    )
