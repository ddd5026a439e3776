"""The snapshot of the stored ledger: made once for each state of it, and never removed under a reader."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from policy_service.domain.entries import Customer
from policy_service.domain.errors import PolicyServiceError
from policy_service.services.house import House
from policy_service.services.running_jobs import JobStopped
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.stored.current_snapshot import current_snapshot, snapshots_folder
from tests.facts.small_ledgers import invoice, payment
from tests.storage import books


@pytest.fixture
def bare(bare: House, tmp_path: Path) -> House:
    """Give a house with nothing in it but a folder for snapshots."""
    bare.settings = replace(bare.settings, simulation_dir=tmp_path / "simulations")
    return bare


BEFORE = books.ledger_of(Customer("A"), invoice("IA", "2025-01-01", "2025-01-31", 1000, of="A"))
AFTER = books.ledger_of(
    invoice("IA", "2025-01-01", "2025-01-31", 1000, of="A"), payment("P1", "2025-02-09", 70, "IA", of="A")
)


def folders(house: House) -> set[Path]:
    return {path for path in snapshots_folder(house.settings).iterdir() if path.is_dir()}


def folder_now(house: House) -> Path:
    with current_snapshot(house) as (folder, _):
        return folder


def refused(house: House) -> str:
    with pytest.raises(PolicyServiceError) as error, current_snapshot(house):
        pass
    return error.value.code


def test_it_is_the_snapshot_of_the_ledger_as_it_is(bare: House) -> None:
    books.store(bare.database, BEFORE)
    with current_snapshot(bare) as (folder, snapshot):
        assert (snapshot_of(BEFORE).hash, {folder}) == (snapshot.hash, folders(bare))


def test_it_is_made_once_while_the_ledger_stays(bare: House) -> None:
    books.store(bare.database, BEFORE)
    told: list[tuple[int, int]] = []
    for _ in range(2):
        with current_snapshot(bare, lambda *done: told.append(done)):
            pass
    assert [(1, 1)] == told


def test_a_grown_ledger_has_another_and_the_old_one_goes(bare: House) -> None:
    books.store(bare.database, BEFORE)
    before = folder_now(bare)
    books.store(bare.database, AFTER, at=2)
    after = folder_now(bare)
    assert (True, {after}) == (before != after, folders(bare))


def test_an_import_that_changes_nothing_keeps_it(bare: House) -> None:
    books.store(bare.database, BEFORE)
    before = folder_now(bare)
    books.store(bare.database, BEFORE, at=2)
    assert before == folder_now(bare)


def test_whoever_holds_the_old_one_keeps_it(bare: House) -> None:
    books.store(bare.database, BEFORE)
    with current_snapshot(bare) as (before, _):
        books.store(bare.database, AFTER, at=2)
        after = folder_now(bare)
        assert {before, after} == folders(bare)
    books.store(bare.database, books.ledger_of(Customer("B")), at=3)
    assert {folder_now(bare)} == folders(bare)


def test_a_damaged_one_is_made_anew(bare: House) -> None:
    books.store(bare.database, BEFORE)
    (folder_now(bare) / "invoices.arrow").write_bytes(b"")
    with current_snapshot(bare) as (_, snapshot):
        assert snapshot_of(BEFORE).hash == snapshot.hash


def test_several_who_ask_at_once_have_it_made_once(bare: House) -> None:
    books.store(bare.database, BEFORE)
    made: list[tuple[int, int]] = []
    found: list[str] = []

    def ask() -> None:
        with current_snapshot(bare, lambda done, of: made.append((done, of)) if done else None) as (_, snapshot):
            found.append(snapshot.hash)

    books.run([Thread(target=ask) for _ in range(6)])
    assert ([(1, 1)], [snapshot_of(BEFORE).hash] * 6) == (made, found)


def test_what_a_dead_process_left_half_made_is_removed(bare: House) -> None:
    books.store(bare.database, BEFORE)
    half = snapshots_folder(bare.settings) / ".0123-abc.partial"
    half.mkdir(parents=True)
    assert {folder_now(bare)} == folders(bare)


def test_a_making_that_is_stopped_leaves_nothing(bare: House) -> None:
    def stop(*_: int) -> None:
        raise JobStopped

    books.store(bare.database, BEFORE)
    with pytest.raises(JobStopped), current_snapshot(bare, stop):
        pass
    assert set() == folders(bare)


def test_before_anything_was_stored_there_is_none(bare: House) -> None:
    assert "S209" == refused(bare)


def test_a_folder_that_cannot_be_written_is_told(bare: House, tmp_path: Path) -> None:
    books.store(bare.database, BEFORE)
    (tmp_path / "file").touch()
    bare.settings = replace(bare.settings, simulation_dir=tmp_path / "file" / "simulations")
    assert "S304" == refused(bare)
