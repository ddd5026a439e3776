"""What is cached on disk is thrown away when anything changes that it was made of."""

import pickle
import subprocess
import sys
from copy import copy
from pathlib import Path

import numba
import numpy as np
import pytest

from simulations.columnar import compiled_functions
from simulations.columnar.compiled_functions import stamp_of
from simulations.columnar.deciding import run_rule_set
from simulations.replay.running import with_room


def stamps_after_an_edit(monkeypatch: pytest.MonkeyPatch, edited: str) -> set[str]:
    """Return which modules have another stamp once that one's text has changed."""
    modules = [f"simulations.columnar.{name}" for name in ("arithmetic", "running_formulas", "tables", "deciding")]
    before = {module: stamp_of(module) for module in modules}
    source = compiled_functions._source
    monkeypatch.setattr(
        compiled_functions, "_source", lambda module: source(module) + ("\n# edited" if module == edited else "")
    )
    stamp_of.cache_clear()
    changed = {module.rsplit(".", 1)[1] for module in modules if stamp_of(module) != before[module]}
    monkeypatch.undo()
    stamp_of.cache_clear()
    return changed


def test_an_edit_reaches_every_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = stamps_after_an_edit(monkeypatch, "simulations.columnar.arithmetic")
    assert {"arithmetic", "running_formulas", "tables", "deciding"} == edited


def test_an_edit_leaves_those_alone_that_do_not_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"tables", "deciding"} == stamps_after_an_edit(monkeypatch, "simulations.columnar.tables")


def test_an_edit_of_a_submodule_imported_beside_others_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = stamps_after_an_edit(monkeypatch, "simulations.columnar.layout")
    assert {"running_formulas", "tables", "deciding"} == edited


def test_an_edit_of_the_values_of_the_service_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = stamps_after_an_edit(monkeypatch, "policy_service.domain.values")
    assert {"arithmetic", "running_formulas", "tables", "deciding"} == edited


def test_an_edit_of_the_types_reaches_whatever_may_be_handed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions are cached by the types that they were handed, which a later version may no longer have."""
    edited = stamps_after_an_edit(monkeypatch, "simulations.columnar.bare_arrays")
    assert {"arithmetic", "running_formulas", "tables", "deciding"} == edited


def test_what_another_version_of_the_program_left_in_the_cache_is_not_read(tmp_path: Path) -> None:
    """It may name types that are no more, which cannot even be read."""
    file = copy(run_rule_set.compiler._cache._cache_file)  # type: ignore[attr-defined]
    file._index_path = str(tmp_path / "index")
    (tmp_path / "index").write_bytes(pickle.dumps(numba.__version__) + b"of types that are no more")
    assert {} == file._load_index()


_READ_FROM_THE_CACHE = """
import sys
import numpy as np
from simulations.columnar.arithmetic import add
from simulations.columnar.compiled_functions import is_ready, load
from simulations.replay.running import with_room

print(is_ready(with_room))
load(with_room)
print(with_room(np.ones((1, 5), dtype=np.int64), 1, 1).tolist())
print("numba.np.linalg" in sys.modules)
print(add(2, 3))
"""


def test_what_is_in_the_cache_is_read_by_what_cannot_compile_yet_and_then_can() -> None:
    """Numba makes itself ready to compile first, unless it is kept from it, which takes longer than to read."""
    room = np.ones((1, 5), dtype=np.int64)
    assert [[1] * 5, *[[0] * 5] * 3] == with_room(room, 1, 1).tolist()
    ran = subprocess.run([sys.executable, "-c", _READ_FROM_THE_CACHE], check=True, capture_output=True, text=True)
    assert ["True", str([[1] * 5, *[[0] * 5] * 3]), "False", "5"] == ran.stdout.splitlines()


_LINKED_FROM_THE_CACHE = """
import numpy as np
from simulations.columnar.compiled_functions import kernel, load
from simulations.replay.running import with_room

load(with_room)
print(len(with_room.compiler.overloads[with_room.compiler.signatures[0]].library._shared_module.as_bitcode()) < 2000)

@kernel
def rows(firings):
    return len(with_room(firings, 1, 1))

print(rows(np.ones((1, 5), dtype=np.int64)))
"""


def test_what_others_are_compiled_with_is_read_when_they_are() -> None:
    """It is most of what is cached, and what only runs does without."""
    with_room(np.ones((1, 5), dtype=np.int64), 1, 1)
    ran = subprocess.run([sys.executable, "-c", _LINKED_FROM_THE_CACHE], check=True, capture_output=True, text=True)
    assert ["True", "4"] == ran.stdout.splitlines()
