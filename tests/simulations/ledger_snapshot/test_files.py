"""A snapshot comes back from its files as it was, or not at all."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.entries import Ledger
from simulations.ledger_snapshot.errors import SnapshotError
from simulations.ledger_snapshot.files import import_report, read_snapshot, verify_snapshot, write_snapshot
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.layout import FILES
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import columns_of
from tests.examples import examples
from tests.facts.small_ledgers import dispute, event, invoice, ledger, payment, promise
from tests.simulations.ledger_snapshot.comparing import contents, is_for_kernels
from tests.simulations.ledger_snapshot.several_customers import ledgers


def small() -> Snapshot:
    return snapshot_of(
        ledger(
            invoice("I1", "2025-01-01", "2025-01-31", 1000),
            invoice("I2", "2025-01-02", "2025-01-31", 700),
            payment("P1", "2025-02-01", 500, "I1"),
            payment("P2", "2025-02-03", 60),
            dispute("D1", "I2", "2025-01-09"),
            promise("R1", "I1", "2025-02-02", "2025-02-09"),
            event("E1", "2025-01-05", "contact", "2.5"),
        ),
        quarantined=3,
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    folder = tmp_path / "history"
    write_snapshot(small(), folder)
    return folder


@settings(max_examples=examples(37), deadline=None)
@given(ledgers())
def test_what_was_written_is_read_and_mapped_for_kernels(of: Ledger) -> None:
    snapshot = snapshot_of(of, quarantined=2)
    with TemporaryDirectory() as place:
        write_snapshot(snapshot, Path(place) / "one")
        read = verify_snapshot(Path(place) / "one")
        assert contents(snapshot) == contents(read)
        assert all(is_for_kernels(column) for _, _, column in columns_of(read))


def test_a_column_is_memory_of_the_file(written: Path) -> None:
    read = read_snapshot(written)
    before = read.invoices.amount.tolist()
    data = bytearray((written / "invoices.arrow").read_bytes())
    place = data.find(np.array([1000, 700], dtype="<i8").tobytes())
    with (written / "invoices.arrow").open("r+b") as file:
        file.seek(place)
        file.write(np.array([1001], dtype="<i8").tobytes())
    assert before != read.invoices.written.tolist()


def test_a_snapshot_of_nobody_can_be_written_and_read(tmp_path: Path) -> None:
    nobody = snapshot_of(Ledger(small().currency, {}))
    write_snapshot(nobody, tmp_path / "nobody")
    assert contents(nobody) == contents(verify_snapshot(tmp_path / "nobody"))


def test_the_report_of_the_import_comes_with_it(tmp_path: Path) -> None:
    write_snapshot(small(), tmp_path / "one", {"quarantined": [{"file": "invoices.csv", "line": 7}]})
    assert {"quarantined": [{"file": "invoices.csv", "line": 7}]} == import_report(tmp_path / "one")


def test_without_an_import_there_is_no_report(written: Path) -> None:
    assert import_report(written) is None


def test_writing_the_same_again_changes_nothing(written: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in written.iterdir()}
    write_snapshot(small(), written)
    assert before == {path.name: path.stat().st_mtime_ns for path in written.iterdir()}


def test_another_snapshot_does_not_take_the_place_of_one(written: Path) -> None:
    with pytest.raises(SnapshotError, match="Something else is there") as refused:
        write_snapshot(snapshot_of(ledger()), written)
    assert refused.value.code == "S305"
    assert small().hash == verify_snapshot(written).hash


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_a_friend.txt").write_text("Dear friend")
    with pytest.raises(SnapshotError, match="letters: Something else"):
        write_snapshot(small(), tmp_path / "letters")
    assert ["to_a_friend.txt"] == [path.name for path in (tmp_path / "letters").iterdir()]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_of_a_write_that_fails_nothing_is_left(tmp_path: Path) -> None:
    with files_of_at_most(1000), pytest.raises(SnapshotError, match=r"history: .* nothing of it is left") as refused:
        write_snapshot(small(), tmp_path / "history")
    assert refused.value.code == "S304"
    assert [] == list(tmp_path.iterdir())


_KILLED = """
import os, signal, sys
from pathlib import Path
from simulations.ledger_snapshot import files
from tests.simulations.ledger_snapshot.test_files import small

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

files.write_manifest = killed
files.write_snapshot(small(), Path(sys.argv[1]))
"""


def test_a_write_that_is_killed_leaves_nothing_that_looks_like_a_snapshot(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "history")], check=False)
    assert ended.returncode < 0
    assert not (tmp_path / "history").exists()
    for left in tmp_path.iterdir():
        with pytest.raises(SnapshotError, match="A snapshot has a manifest"):
            read_snapshot(left)
    write_snapshot(small(), tmp_path / "history")
    assert small().hash == verify_snapshot(tmp_path / "history").hash


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_cut_short_or_missing_is_named(written: Path, file: str) -> None:
    path = written / f"{file}.arrow"
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(SnapshotError, match=f"history/{file}.arrow: The file has {len(whole) - 8} bytes") as refused:
        read_snapshot(written)
    assert refused.value.code == "S302"
    assert "Make the snapshot anew" in refused.value.remedy
    path.unlink()
    with pytest.raises(SnapshotError, match=f"history/{file}.arrow: The file cannot be read"):
        read_snapshot(written)


def test_a_file_of_the_same_size_that_is_no_arrow_file_is_named(written: Path) -> None:
    path = written / "invoices.arrow"
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(SnapshotError, match=r"history/invoices\.arrow"):
        read_snapshot(written)


def test_a_file_of_another_snapshot_is_found_by_reading_all(written: Path, tmp_path: Path) -> None:
    other = ledger(invoice("I1", "2025-01-01", "2025-01-31", 999), invoice("I2", "2025-01-02", "2025-01-31", 700))
    write_snapshot(snapshot_of(other), tmp_path / "other")
    shutil.copy(tmp_path / "other" / "invoices.arrow", written / "invoices.arrow")
    with pytest.raises(SnapshotError, match=r"The column invoices\.written is not what was written"):
        verify_snapshot(written)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"what": "a manifest of freight"}, "S302"),
        ({"format": 999}, "S303"),
        ({"hash": "0" * 64}, "S302"),
        ({"currency": {"code": "JPY", "decimals": 0}}, "S302"),
        ({"files": {}}, "S302"),
        ({"digests": None}, "S302"),
    ],
)
def test_a_manifest_that_is_another_or_contradicts_itself_is_refused(
    written: Path, changed: dict[str, object], code: str
) -> None:
    path = written / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(SnapshotError, match="history/") as refused:
        read_snapshot(written)
    assert code == refused.value.code


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "\x00", '{"what": 1}'])
def test_a_manifest_that_is_none_is_refused(written: Path, text: str) -> None:
    (written / "manifest.json").write_text(text)
    with pytest.raises(SnapshotError, match=r"history/manifest.json"):
        read_snapshot(written)


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="A snapshot has a manifest"):
        read_snapshot(tmp_path)


@settings(max_examples=examples(37), deadline=None)
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_changed_byte_is_found_or_changes_nothing(file: str, share: float, change: int) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "history"
        write_snapshot(small(), folder)
        data = bytearray((folder / f"{file}.arrow").read_bytes())
        data[int(share * len(data))] ^= change
        (folder / f"{file}.arrow").write_bytes(data)
        found = {"refused": "S302"}
        with suppress(SnapshotError):
            found = contents(verify_snapshot(folder))
        assert found in ({"refused": "S302"}, contents(small()))


def test_the_files_say_nothing_of_where_they_lie_or_when_they_were_made(written: Path, tmp_path: Path) -> None:
    time.sleep(0.01)
    write_snapshot(small(), tmp_path / "again")
    for path in written.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
        assert os.fsencode(tmp_path) not in path.read_bytes()
