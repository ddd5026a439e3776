"""An empty database gets the shipped policies once, and only an empty one."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from policy_service.domain.acting import Act
from policy_service.language.load import load_policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.services.seeding import seed
from policy_service.settings import Settings
from policy_service.storage.database import Database
from policy_service.storage.policy_store import PolicyStore
from tests.services.policy_life.living import ID, NOW, code_of, files, open_house, write_rules
from tests.storage.books import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a rules folder with two policies."""
    folder = tmp_path / "rules"
    folder.mkdir()
    return write_rules(folder)


def sow(database: Database, rules: Path, at: int = NOW, ids: str = "id") -> bool:
    house = open_house(database, rules, ids)
    with database.writing() as session:
        return seed(house, session, rules, Act("system", at))


def test_the_default_policy_is_in_force_and_the_others_are_drafts(database: Database, rules: Path) -> None:
    assert sow(database, rules)
    with database.reading() as session:
        store = PolicyStore(session)
        assert (ID, "other") == store.policy_ids()
        (first,), (draft,) = store.versions(ID), store.versions("other")
        assert ("active", NOW, 1) == (first.state, first.effective_from, first.number)
        assert [("seeded", "system")] == [(step.step, step.person) for step in store.steps(ID, 1)]
        assert ("draft", None) == (draft.state, draft.effective_from)
        assert files() == store.files(ID, 1)
        assert policy_hash(load_policy(rules / ID)) == first.sha256


def test_a_database_with_a_policy_is_left_as_it_is(database: Database, rules: Path) -> None:
    sow(database, rules)
    (rules / "other" / "cases.yaml").unlink()
    assert not sow(database, rules, NOW + 1, "again")
    with database.reading() as session:
        assert [1, 1] == [len(PolicyStore(session).versions(policy_id)) for policy_id in (ID, "other")]


def test_of_programs_that_start_at_once_one_seeds(database: Database, rules: Path) -> None:
    start, fates = Barrier(4), []

    def begin(ids: str) -> None:
        start.wait()
        fates.append(sow(database, rules, ids=ids))

    run([Thread(target=begin, args=(f"worker-{number}",)) for number in range(4)])
    assert [False, False, False, True] == sorted(fates)


def test_a_default_policy_that_is_not_there_or_cannot_be_read_stops_the_start(
    database: Database,
    rules: Path,
) -> None:
    (rules / ID / "order_check.yaml").write_text("rows: [", "utf-8")
    assert code_of(sow, database, rules).startswith("L")
    (rules / ID / "policy.yaml").unlink()
    assert "R401" == code_of(sow, database, rules)
    with database.reading() as session:
        assert () == PolicyStore(session).policy_ids()


def test_another_policy_that_cannot_be_read_is_a_draft_all_the_same(database: Database, rules: Path) -> None:
    (rules / "other" / "order_check.yaml").write_text("rows: [", "utf-8")
    assert sow(database, rules)
    with database.reading() as session:
        assert PolicyStore(session).version("other", 1).sha256 is None


def test_every_policy_that_ships_seeds(database: Database) -> None:
    house = open_house(database, ROOT / "rules")
    house.settings = Settings(ROOT / "rules")
    with database.writing() as session:
        seed(house, session, ROOT / "rules", Act("system", NOW))
    with database.reading() as session:
        store = PolicyStore(session)
        unreadable = [each for each in store.policy_ids() if store.version(each, 1).sha256 is None]
        assert 5 <= len(store.policy_ids())
        assert [] == unreadable
        assert store.effective("manufacturer_cn", NOW)
