"""The command line takes a version through its life as named persons, under the same separation as HTTP."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from policy_service.domain.permissions import Role
from policy_service.storage.database import Database
from tests.api.house import store_person
from tests.cli.running import policy, refusal

pytestmark = pytest.mark.usefixtures("people", "one_policy")

ID = "sme_simple"
PEOPLE = {
    "ana": (Role.ANALYST,),
    "max": (Role.CREDIT_MANAGER,),
    "eva": (Role.APPROVER,),
    "emy": (Role.EMERGENCY,),
    "liz": (Role.CREDIT_MANAGER, Role.APPROVER, Role.EMERGENCY),
}


@pytest.fixture
def people(database_url: str) -> None:
    """Let there be a person of every role that a version needs."""
    house: Any = SimpleNamespace(database=Database(database_url))
    for login, roles in PEOPLE.items():
        store_person(house, login, *roles)
    house.database.close()


@pytest.fixture
def folder(tmp_path: Path, rules_with_one_policy: Path) -> Path:
    """Give a folder with the policy, changed in one dial."""
    made = Path(shutil.copytree(rules_with_one_policy / ID, tmp_path / ID))
    change(made, "a note of the tests")
    return made


def change(folder: Path, note: str) -> None:
    """Let the policy say something else."""
    head = folder / "policy.yaml"
    kept = [line for line in head.read_text("utf-8").splitlines() if not line.startswith("owner:")]
    head.write_text("\n".join([*kept, f"owner: {note}"]) + "\n", "utf-8")


def done(*arguments: str | Path) -> str:
    """Return what a command wrote that must run well."""
    ran = policy(*arguments)
    assert 0 == ran.exit_code, ran
    return ran.out


def versions() -> list[dict[str, Any]]:
    """Return the versions, the newest first."""
    found: list[dict[str, Any]] = json.loads(done("versions", ID, "--steps", "--json"))
    return found


def drafted(folder: Path, by: str = "ana") -> str:
    """Make a draft of the folder, and return the hash of its text."""
    done("draft", ID, "--from", folder, "--as", by)
    return str(versions()[0]["sha256"])


def test_a_version_goes_from_a_folder_into_force(folder: Path) -> None:
    sha256 = drafted(folder)
    assert "1 change against version 1" in done("changes", ID, "2")
    assert sha256 in done("submit", ID, "2", "--note", "autumn", "--as", "max").replace("\n", "")
    assert f"{ID} 2 is approved" in done("approve", ID, "2", "--hash", sha256, "--as", "eva")
    assert "is active from" in done("schedule", ID, "2", "--as", "max")
    assert ["active", "retired"] == [each["state"] for each in versions()]
    words = [(step["step"], step["person"]) for step in versions()[0]["steps"]]
    assert [("draft", "ana"), ("submitted", "max"), ("approved", "eva"), ("scheduled", "max")] == words[:4]
    assert "rolled back" not in done("versions", ID)
    assert f"{ID} 3 is active" in done("rollback", ID, "1", "--note", "wrong", "--as", "max")


def test_whoever_has_a_hand_in_a_text_cannot_approve_it(folder: Path) -> None:
    sha256 = drafted(folder, "liz")
    done("submit", ID, "2", "--note", "x", "--as", "max")
    refusal(policy("approve", ID, "2", "--hash", sha256, "--as", "liz"), "R465")
    refusal(policy("approve", ID, "2", "--hash", sha256, "--bypass", "--note", "now", "--as", "liz"), "R465")
    refusal(policy("approve", ID, "2", "--hash", sha256, "--as", "max"), "A403")
    refusal(policy("approve", ID, "2", "--hash", "0" * 64, "--as", "eva"), "R464")
    refusal(policy("approve", ID, "2", "--hash", sha256), "A402")


def test_an_emergency_is_let_through_by_one_who_may(folder: Path) -> None:
    sha256 = drafted(folder)
    done("submit", ID, "2", "--note", "x", "--as", "max")
    refusal(policy("approve", ID, "2", "--hash", sha256, "--bypass", "--as", "emy"), "R468")
    done("approve", ID, "2", "--hash", sha256, "--bypass", "--note", "the shop stands still", "--as", "emy")
    assert versions()[0]["steps"][-1]["is_bypass"]


def test_a_draft_gets_the_files_of_a_folder_again(folder: Path) -> None:
    before = drafted(folder)
    change(folder, "somebody else")
    assert f"{ID} 2 is a draft" in done("draft", ID, "--from", folder, "--into", "2", "--as", "max")
    assert before != versions()[0]["sha256"]
    (folder / "policy.yaml").write_text("[", "utf-8")
    assert "it cannot be read yet" in done("draft", ID, "--from", folder, "--into", "2", "--as", "max")
    refusal(policy("submit", ID, "2", "--note", "x", "--as", "max"), "R461")
    done("draft", ID, "--from", "1", "--as", "ana")
    assert 1 == versions()[0]["based_on"]
    refusal(policy("draft", ID, "--from", folder.parent, "--as", "ana"), "R401")


@pytest.mark.parametrize("source", ["9" * 10, "²", "١"], ids=["long", "raised", "arabic"])
def test_what_numbers_no_version_is_looked_for_as_a_folder(folder: Path, source: str) -> None:
    drafted(folder)
    refusal(policy("draft", ID, "--from", source, "--as", "ana"), "R401")


def test_a_version_given_back_is_a_draft(folder: Path) -> None:
    drafted(folder)
    done("submit", ID, "2", "--note", "x", "--as", "max")
    assert "is a draft" in done("return", ID, "2", "--note", "why?", "--as", "eva")
    done("submit", ID, "2", "--note", "x", "--as", "max")
    assert "is a draft" in done("return", ID, "2", "--rejected", "--note", "no", "--as", "eva")
    assert ["changes_wanted", "submitted", "rejected"] == [step["step"] for step in versions()[0]["steps"]][2:]


def test_a_version_is_scheduled_moved_taken_off_and_ended(folder: Path) -> None:
    sha256 = drafted(folder)
    done("submit", ID, "2", "--note", "x", "--as", "max")
    done("approve", ID, "2", "--hash", sha256, "--as", "eva")
    assert "from 2999-12-31T16:00:00.000000Z" in done("schedule", ID, "2", "--on", "3000-01-01", "--as", "max")
    assert "from 3000-01-01" in done("schedule", ID, "2", "--at", "3000-01-01T12:00:00+08:00", "--as", "max")
    refusal(policy("schedule", ID, "2", "--at", "2020-01-01T12:00:00Z", "--as", "max"), "R467")
    assert 2 == policy("schedule", ID, "2", "--at", "tomorrow", "--as", "max").exit_code
    assert 2 == policy("schedule", ID, "2", "--at", "3000-01-01T12:00:00Z", "--on", "3000-01-01").exit_code
    assert "is approved" in done("unschedule", ID, "2", "--as", "max")
    refusal(policy("retire", ID, "1", "--note", "x", "--as", "max"), "R469")
    done("retire", ID, "1", "--on", "3000-01-01", "--note", "x", "--confirm", "--as", "max")
    assert "2999-12-31T16:00:00.000000Z" == versions()[1]["retires_at"]
    done("retire", ID, "1", "--keep", "--note", "x", "--as", "max")
    said = done("retire", ID, "1", "--note", "x", "--confirm", "--as", "max")
    # Since when it is over, not from when it counted.
    assert f"is retired since {versions()[1]['retires_at']}." in said


def test_what_is_not_there_is_not_found() -> None:
    refusal(policy("versions", "nowhere"), "S209")
    refusal(policy("changes", ID, "9"), "S209")
    refusal(policy("submit", ID, "9", "--note", "x", "--as", "max"), "S209")
