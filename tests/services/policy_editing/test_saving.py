"""What of a change is kept: all that the policy can be read with, and nothing of what it cannot."""

import pytest

from policy_service.domain.errors import PolicyServiceError
from policy_service.domain.permissions import Role
from policy_service.services.policy_editing.asked import Change, read_change
from policy_service.services.policy_editing.edits import Insert, Path, Remove, SetValue
from policy_service.services.policy_editing.saving import EditRefused, Made, Stored, make
from policy_service.storage.policy_store import PolicyVersion
from tests.services.decisions.live import SETTINGS, person
from tests.services.house import FACTS, REASONS, RULE_SETS

FILES = {f"{name}.yaml": text for name, text in {"facts": FACTS, "reasons": REASONS, **RULE_SETS}.items()}
LIMIT: Path = ("rows", 0, "then", "credit_limit")


def made(
    *edits: SetValue | Remove | Insert, files: dict[str, str] | None = None, sha256: str | None = "x", **more: object
) -> Made:
    """Return what becomes of edits of the table of standings."""
    version = PolicyVersion("house", 3, "draft", sha256, None, None, None, None, 4)
    change = Change(**{"revision": 4, "file": "standing.yaml", "edits": edits, **more})  # type: ignore[arg-type]
    return make(SETTINGS.rules_dir, Stored(version, {**FILES, **(files or {})}), change, person("ana", Role.ANALYST))


def test_the_cell_that_cannot_be_read_is_left_out_and_the_others_are_kept() -> None:
    kept = SetValue(("rows", 1, "then", "credit_limit"), "900")
    done = made(SetValue(LIMIT, "1 +"), kept)
    assert ((kept,), [LIMIT], True) == (done.edits, [one.path for one in done.refused], done.read.policy is not None)


def test_a_row_that_sets_nothing_is_refused_with_its_place() -> None:
    with pytest.raises(EditRefused) as refused:
        made(Insert(("rows",), 1, {"id": "S9"}))
    assert [("standing.yaml", ("rows", 1))] == [(one.file, one.path) for one in refused.value.problems]


def test_what_cannot_be_told_apart_is_refused_whole() -> None:
    with pytest.raises(EditRefused) as refused:
        made(SetValue(("rows", 0, "id"), "S7"), Remove(("rows", 0, "then")))
    assert "R583" == refused.value.code


def test_an_unreadable_text_can_be_mended_step_by_step() -> None:
    broken = {"standing.yaml": RULE_SETS["standing"].replace("5000", '"1 +"').replace("800", '"2 +"')}
    done = made(SetValue(LIMIT, "5000"), files=broken, sha256=None)
    assert (None, (), RULE_SETS["standing"].replace("800", '"2 +"')) == (
        done.read.policy,
        done.refused,
        done.read.files["standing.yaml"],
    )


@pytest.mark.parametrize(("more", "code"), [({"revision": 3}, "S208"), ({"file": "nothing.yaml"}, "S209")])
def test_a_change_of_what_is_not_there_is_refused(more: dict[str, object], code: str) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        made(SetValue(LIMIT, "1"), **more)
    assert code == refused.value.code


def test_a_change_says_which_edits_it_wants() -> None:
    asked = {
        "revision": 4,
        "file": "standing.yaml",
        "edits": [{"do": "set", "path": ["rows", 0, "id"], "value": "S7"}, {"do": "remove", "path": ["rows", 1]}],
    }
    assert Change(4, "standing.yaml", (SetValue(("rows", 0, "id"), "S7"), Remove(("rows", 1)))) == read_change(asked)


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "set", "path": "rows"},
        {"do": "set", "path": ["rows", -1], "value": "x"},
        {"do": "set", "path": ["rows", True], "value": "x"},
        {"do": "set", "path": ["rows"], "value": 0.5},
        {"do": "move", "path": ["rows"], "from": 1},
        {"do": "reasons", "path": ["rows", 0], "value": "LATE"},
    ],
)
def test_what_is_no_edit_is_refused(edit: dict[str, object]) -> None:
    with pytest.raises(PolicyServiceError) as refused:
        read_change({"revision": 1, "file": "standing.yaml", "edits": [edit]})
    assert "R580" == refused.value.code
