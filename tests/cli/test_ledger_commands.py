"""`policy import`, `policy facts` and `policy generate`."""

import json
import shutil
from pathlib import Path

import pytest

from policy_service.sample_ledger import generate as generating
from tests.cli.running import policy, refusal

CUSTOMER = "C000000001"
CUSTOMERS = "customer_id,net_worth,industry,is_key_account,since\nC1,1000,[red]food,true,2020-05-01\nC2,,,,\n"
INVOICES = "invoice_id,customer_id,issue_date,due_date,amount\nI1,C1,2025-01-01,2025-01-31,1000.00\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "customers.csv").write_text(CUSTOMERS, "utf-8")
    (folder / "invoices.csv").write_text(INVOICES, "utf-8")
    return folder


def facts(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    ran = policy("facts", "--ledger", folder, "--json", *options)
    assert (0, "") == (ran.exit_code, ran.err)
    return json.loads(ran.out)


# import


def test_a_clean_ledger_is_accepted_whole(ledger: Path) -> None:
    ran = policy("import", ledger)
    assert (0, "") == (ran.exit_code, ran.err)
    assert "invoices.csv" in ran.out
    assert "quarantined " not in ran.out.replace("quarantined   repeated", "")


def test_a_row_in_quarantine_ends_with_1_and_its_reason(small: Path) -> None:
    (small / "invoices.csv").write_text(INVOICES + "I2,C1,2025-01-01,2024-01-31,5\nI3,C1,2025-01-01,2024-01-30,5\n")
    ran = policy("import", small)
    assert (1, "") == (ran.exit_code, ran.err)
    assert "invoices.csv line 3 column due_date" in ran.out
    assert "invoices.csv line 4" not in ran.out
    assert "2 in all (--all lists them)" in ran.out


def test_a_mapping_that_states_a_currency_contradicts_only_one_that_was_asked_for(small: Path) -> None:
    mapping = (
        "mapping: own\nfile: items.csv\nbase_currency: EUR\ndate_format: YYYY-MM-DD\n"
        "invoices: {invoice_id: number, customer_id: account, issue_date: posted, due_date: due, amount: gross}\n"
    )
    (small / "own.yaml").write_text(mapping, "utf-8")
    folder = small / "export"
    folder.mkdir()
    (folder / "items.csv").write_text("number,account,posted,due,gross\n1,C1,2025-01-01,2025-01-31,5\n", "utf-8")
    alone, beside = (
        policy("import", folder, "--mapping", small / "own.yaml", *more) for more in ((), ("--base-currency", "CNY"))
    )
    assert (alone.exit_code, beside.exit_code) == (0, 0), alone.err
    assert ("W111" in alone.out, "W111" in beside.out) == (False, True)


def test_all_lists_every_row(small: Path) -> None:
    (small / "invoices.csv").write_text(INVOICES + "I2,C1,2025-01-01,2024-01-31,5\nI3,C1,2025-01-01,2024-01-30,5\n")
    ran = policy("import", small, "--all")
    assert ran.exit_code == 1
    assert "invoices.csv line 3" in ran.out
    assert "invoices.csv line 4" in ran.out


def test_the_report_as_json_counts_and_lists(small: Path) -> None:
    (small / "invoices.csv").write_text(
        INVOICES + "I2,C1,2025-01-01,2024-01-31,5\nI1,C1,2025-01-01,2025-01-31,1000.00\n"
    )
    ran = policy("import", small, "--json")
    report = json.loads(ran.out)
    assert ran.exit_code == 1
    assert report["files"][-1] == {
        "file": "invoices.csv",
        "table": "invoices",
        "read": 3,
        "accepted": 1,
        "quarantined": 1,
        "repeated": 1,
    }
    assert report["quarantined_by_code"] == {"Q116": 1}
    (row,) = report["quarantined"]
    assert (row["file"], row["line"], row["column"]) == ("invoices.csv", 3, "due_date")
    assert row["reason"]
    assert row["remedy"]


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("invoices.csv", None, "D102"),
        ("customers.csv", b"\xff\xfe\x00", "D107"),
        ("invoices.csv", b"invoice_id,customer_id\n", "D105"),
    ],
)
def test_a_ledger_that_is_refused_whole_ends_with_2(small: Path, file: str, content: bytes | None, code: str) -> None:
    (small / file).unlink()
    if content is not None:
        (small / file).write_bytes(content)
    refusal(policy("import", small), code)


def test_a_refusal_is_json_too_where_json_is_asked_for(small: Path) -> None:
    (small / "invoices.csv").unlink()
    ran = policy("import", small, "--json")
    (error,) = json.loads(ran.out)["errors"]
    assert (2, "D102") == (ran.exit_code, error["code"])
    assert "[D102]" in ran.err
    assert error["remedy"]


def test_a_file_is_no_ledger_folder(small: Path) -> None:
    refusal(policy("import", small / "invoices.csv"), "D101")


def test_an_unknown_currency_is_refused(small: Path) -> None:
    refusal(policy("import", small, "--base-currency", "EURO"), "L230")


def test_amounts_have_the_decimals_of_the_base_currency(small: Path) -> None:
    assert policy("import", small, "--base-currency", "JPY").exit_code == 1


# facts


def test_every_fact_has_value_type_source_and_entries(small: Path) -> None:
    found = facts(small, "--customer", "C1", "--as-of", "2025-02-10")
    assert found["open_balance"] == {"value": "1000.00", "type": "money", "source": "built_in", "entries": ["I1"]}
    assert found["oldest_days_past_due"]["value"] == 10
    assert found["industry"]["value"] == "[red]food"
    assert found["payments_12m"] == {"value": 0, "type": "integer", "source": "ledger", "entries": []}


def test_customer_facts_are_written_as_everywhere(small: Path) -> None:
    found = facts(small, "--customer", "C1")
    assert found["net_worth"]["value"] == "1000.00"
    assert found["is_key_account"]["value"] is True
    unknown = facts(small, "--customer", "C2")
    assert [unknown[name]["value"] for name in ("net_worth", "is_key_account", "industry")] == [None, None, None]


def test_facts_are_those_at_the_start_of_the_day(small: Path) -> None:
    assert facts(small, "--customer", "C1", "--as-of", "2025-01-01")["open_balance"]["value"] == "0.00"
    assert facts(small, "--customer", "C1", "--as-of", "2025-01-02")["open_balance"]["value"] == "1000.00"


def test_a_recorded_standing_gives_headroom_and_utilisation(small: Path) -> None:
    (small / "standings.csv").write_text("customer_id,from,credit_limit\nC1,2025-01-01,4000\n")
    found = facts(small, "--customer", "C1", "--as-of", "2025-02-10")
    assert (found["headroom"]["value"], found["utilisation"]["value"]) == ("3000.00", "0.25")


def test_the_table_names_title_source_and_entries(small: Path) -> None:
    ran = policy("facts", "--ledger", small, "--customer", "C1")
    assert (0, "") == (ran.exit_code, ran.err)
    for part in ("C1 as of 2025-01-02", "open_balance", "built_in", "I1", "1000.00", "[red]food"):
        assert part in ran.out


def test_an_unknown_customer_has_no_facts(small: Path) -> None:
    refusal(policy("facts", "--ledger", small, "--customer", "C9"), "F103")
    assert "Missing option '--customer'" in policy("facts", "--ledger", small).err


# generate


def test_the_files_have_exactly_the_customers_and_invoices_asked_for(tmp_path: Path) -> None:
    ran = policy("generate", tmp_path / "g", "--customers", "7", "--invoices", "123", "--seed", "9")
    assert (0, "") == (ran.exit_code, ran.err)
    lines = {file.stem: len(file.read_text().splitlines()) - 1 for file in (tmp_path / "g").iterdir()}
    assert (lines["customers"], lines["invoices"]) == (7, 123)
    for name, count in lines.items():
        assert f"{name}.csv  {count:,} rows" in ran.out


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    made = {}
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert (
            policy("generate", tmp_path / name, "--customers", "5", "--invoices", "60", "--seed", seed).exit_code == 0
        )
        made[name] = {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
    assert made["a"] == made["b"]
    assert made["a"]["invoices.csv"] != made["c"]["invoices.csv"]


def test_an_empty_folder_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert policy("generate", ".", "--customers", "2", "--invoices", "9").exit_code == 0
    assert (tmp_path / "invoices.csv").is_file()
    assert [each.name for each in tmp_path.parent.glob("*.unfinished")] == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refusal(policy("generate", tmp_path), "R502")
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "payments.csv")

    monkeypatch.setattr(generating, "entry_tables", fail)
    ran = policy("generate", tmp_path / "g", "--customers", "2", "--invoices", "9")
    assert "payments.csv: No space left on device" in refusal(ran, "R503")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--customers", "0"), "R501"),
        (("--customers", "-5"), "R501"),
        (("--customers", "99999999999"), "R501"),
        (("--invoices", "0"), "R501"),
        (("--invoices", "1000000000"), "R501"),
        (("--seed", "-1"), "R501"),
        (("--from", "2026-01-01"), "R501"),
        (("--from", "2025-12-03"), "R501"),
        (("--from", "0001-01-01"), "R501"),
        (("--from", "1899-12-31", "--to", "1910-01-01"), "R501"),
        (("--from", "2990-01-01", "--to", "3000-01-01"), "R501"),
    ],
)
def test_impossible_numbers_are_refused(tmp_path: Path, options: tuple[str, ...], code: str) -> None:
    refusal(policy("generate", tmp_path / "g", *options), code)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["file", "file/below", "x" * 300])
def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("in the way")
    refusal(policy("generate", tmp_path / path, "--customers", "2", "--invoices", "9"), "R503")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_the_shortest_history_can_be_imported_and_decided(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    made = policy(
        "generate", folder, "--customers", "1", "--invoices", "1", "--from", "2025-01-01", "--to", "2025-01-30"
    )
    assert made.exit_code == 0
    assert policy("import", folder).exit_code == 0
    assert policy("decide", "--ledger", folder).exit_code == 0
    shutil.rmtree(folder)


# import --store


@pytest.fixture
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands work on a database of the test's own, with one person who may import and one who may not."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'own.db'}")
    assert policy("person", "add", "li.na", "--name", "Li Na", "--role", "system").exit_code == 0
    assert policy("person", "add", "wang", "--name", "Wang", "--role", "analyst").exit_code == 0


@pytest.mark.usefixtures("own_database")
def test_a_ledger_stored_twice_changes_nothing_the_second_time(small: Path) -> None:
    first, again = (policy("import", small, "--store", "--as", "li.na") for _ in range(2))
    assert (0, 0) == (first.exit_code, again.exit_code)
    assert "Stored: 3 added, 0 replaced, 0 unchanged" in first.out
    assert "Stored: 0 added, 0 replaced, 3 unchanged" in again.out


@pytest.mark.usefixtures("own_database")
def test_a_row_that_differs_is_left_out_and_reported_unless_it_is_to_replace(small: Path) -> None:
    policy("import", small, "--store", "--as", "li.na")
    (small / "invoices.csv").write_text(INVOICES.replace("1000.00", "900.00"), "utf-8")
    kept = policy("import", small, "--store", "--as", "li.na")
    replaced = policy("import", small, "--store", "--as", "li.na", "--replace")
    assert (1, 0) == (kept.exit_code, replaced.exit_code)
    assert "Q131" in kept.out
    assert "1 replaced" in replaced.out


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("login", "code"), [("wang", "A403"), ("nobody", "A402"), ("", "A402")])
def test_only_a_person_who_may_can_store_a_ledger(small: Path, login: str, code: str) -> None:
    refusal(policy("import", small, "--store", "--as", login), code)
