"""The tables are brought up to date, and what was altered behind the service's back is found."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from policy_service.services.verification import CHAIN_SEALED
from policy_service.storage.database import Database
from policy_service.storage.models.audit import AuditEventRow
from policy_service.storage.models.decisions import ChainHead, SealRow
from policy_service.storage.seals import seal_heads
from tests.cli.running import policy, refusal

KEY = "k" * 32
pytestmark = pytest.mark.usefixtures("one_policy")


def add_somebody() -> None:
    """Leave something in the audit trail."""
    assert 0 == policy("person", "add", "ada", "--name", "Ada", "--role", "admin").exit_code


def alter(url: str) -> None:
    """Change what was written."""
    database = Database(url)
    with database.writing() as session:
        session.execute(
            update(AuditEventRow)
            .where(AuditEventRow.sequence == 1, AuditEventRow.writer == "commands")
            .values(person="eve")
        )
    database.close()


def test_an_empty_database_gets_its_tables(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_url)
    refusal(policy("database", "check"), "S203")
    assert 0 == policy("database", "upgrade").exit_code
    assert "0 chains" in policy("database", "check").out


def test_what_nobody_touched_is_intact(database_url: str) -> None:
    add_somebody()
    checked, verified = policy("database", "check"), policy("audit", "verify", "--writer", "commands")
    assert (0, True) == (checked.exit_code, "intact" in checked.out), checked
    assert (0, True) == (verified.exit_code, "1 chain with 2 records: intact" in verified.out), verified


def test_what_was_altered_is_named_and_ends_with_one(database_url: str) -> None:
    add_somebody()
    alter(database_url)
    for command in (("database", "check"), ("audit", "verify"), ("audit", "verify", "--writer", "commands")):
        ran = policy(*command)
        assert (1, True) == (ran.exit_code, "audit of commands: record 1" in ran.out), ran
    refusal(policy("audit", "verify", "--writer", "another"), "S209")


def test_a_log_kept_elsewhere_shows_that_the_last_records_were_taken_away_with_their_seals(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAL_KEY", KEY)
    add_somebody()
    database = Database(database_url)
    with database.writing() as session:
        seals = seal_heads(session, KEY.encode(), 1)
    log = tmp_path / "service.log"
    told = [json.dumps({"event": CHAIN_SEALED, **asdict(each)}) for each in seals]
    log.write_text("\n".join(["not about seals", *told]) + "\n")
    assert 0 == policy("audit", "verify", "--log", str(log)).exit_code
    with database.writing() as session:
        for table in (AuditEventRow, ChainHead, SealRow):
            session.execute(delete(table))
    database.close()
    assert 0 == policy("audit", "verify").exit_code
    found = policy("audit", "verify", "--log", str(log))
    assert (1, True) == (found.exit_code, "taken off the end" in found.out), found
    log.write_text(f'{{"event": "{CHAIN_SEALED}"}}\n')
    refusal(policy("audit", "verify", "--log", str(log)), "R493")


def test_programs_read_what_was_found(database_url: str) -> None:
    add_somebody()
    alter(database_url)
    found = json.loads(policy("audit", "verify", "--json").out)
    assert (False, "altered") == (found["is_intact"], found["broken"][0]["kind"])
