"""Edits of a file: what is named changes, and every other character stays as its author wrote it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import RequestError
from policy_service.language.yaml_text.layout import Layout, ListLayout, MappingLayout, ScalarLayout, layout_of
from policy_service.language.yaml_text.strict_yaml import (
    PlainData,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlScalar,
    read_yaml,
)
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import (
    Copy,
    Insert,
    Move,
    Remove,
    Rename,
    SetReasons,
    SetValue,
    Splice,
)
from policy_service.services.policy_editing.edits import (
    Path as At,
)
from policy_service.services.policy_editing.splices import difference, spliced

RULES = sorted((Path(__file__).parents[3] / "rules" / "distributor_cn").glob("[a-bd-z]*.yaml"))
#: Rows in every layout that people write, with comments in all places.
WRITTEN = """\
# Who may owe how much.
decision_table: limit # after the scorecard
hit_policy: unique
rows:
  # the good ones
  - {id: R10, when: {grade: "A, B"}, then: {credit_limit: 5000}}   # agreed in May
  - id: R20
    when:
      grade: C # for now
      oldest_days_past_due: "<= 30"
    then: {credit_limit: 800, # cautious
      grace_days: 0}
    note: |
      Cut in June,
      see the minutes.

  # everybody else
  - {id: R30, then: {credit_limit: 0}, reasons: [NO_CREDIT, PAST_DUE]}
otherwise: {credit_limit: 0}
"""
#: Texts as a cell may hold them, awkward ones among them.
CELLS = st.one_of(
    st.sampled_from(
        ["", "null", "true", "-", "<= 5", "[1..3)", "a: b", "# x", "'", '"', "1_0", "1,5", "yes", "{a}", "赊销", "~"]
    ),
    st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40),
).filter(lambda text: bool(text.strip()))


def plain(node: YamlNode) -> PlainData:
    """Return what a text says, without how it is written."""
    match node:
        case YamlScalar():
            return node.text
        case YamlList():
            return [plain(item) for item in node.items]
        case YamlMapping():
            return {key.text: plain(value) for key, value in node.entries}


def says(text: str) -> PlainData:
    """Return what the text of a file says."""
    return plain(read_yaml(text, "limit.yaml"))


def paths(layout: Layout, at: At = ()) -> list[At]:
    """Return the paths of all single values."""
    match layout:
        case ScalarLayout():
            return [at]
        case MappingLayout():
            return [path for entry in layout.entries for path in paths(entry.value, (*at, entry.name))]
        case ListLayout():
            return [path for number, item in enumerate(layout.items) for path in paths(item, (*at, number))]


def value_at(data: PlainData, path: At) -> PlainData:
    """Return what stands at a path."""
    for step in path:
        data = data[step]  # type: ignore[index, call-overload]
    return data


def span(layout: Layout, path: At) -> tuple[int, int]:
    """Return where the value at a path begins and ends."""
    for step in path:
        if isinstance(layout, MappingLayout):
            entry = layout.entry(str(step))
            assert entry is not None
            layout = entry.value
        elif isinstance(layout, ListLayout):
            layout = layout.items[int(step)]
    return layout.start, layout.end


@given(st.data())
def test_a_value_that_is_set_reads_back_and_nothing_else_is_another(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([WRITTEN, *(file.read_text("utf-8") for file in RULES)]))
    path = data.draw(st.sampled_from(paths(layout_of(text, "x.yaml"))))
    value = data.draw(CELLS)
    made = edited(text, "x.yaml", [SetValue(path, value)])
    start, end = span(layout_of(text, "x.yaml"), path)
    assert (text[:start], text[end:]) == (made[:start], made[len(made) - len(text) + end :])
    assert value == value_at(says(made), path)
    assert text == spliced(made, [difference(made, text)])


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["grade", "net_worth", "age"]), CELLS), max_size=8))
def test_many_cells_set_at_once_say_what_they_would_one_after_the_other(cells: list[tuple[int, str, str]]) -> None:
    edits = [SetValue(("rows", row, "when", column), value) for row, column, value in cells]
    one_by_one = WRITTEN
    for edit in edits:
        one_by_one = edited(one_by_one, "limit.yaml", [edit])
    assert says(one_by_one) == says(edited(WRITTEN, "limit.yaml", edits))


@given(st.integers(0, 2), st.integers(0, 2))
def test_a_moved_row_takes_its_comment_with_it_and_leaves_the_others_their_text(start: int, to: int) -> None:
    made = edited(WRITTEN, "limit.yaml", [Move(("rows",), start, to)])
    rows = list(says(WRITTEN)["rows"])  # type: ignore[index, call-overload, arg-type]
    rows.insert(to, rows.pop(start))
    assert {**says(WRITTEN), "rows": rows} == says(made)  # type: ignore[dict-item]
    assert sorted(filter(str.strip, WRITTEN.splitlines())) == sorted(filter(str.strip, made.splitlines()))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_row_is_taken_out_with_its_lines_alone(row: int) -> None:
    made = edited(WRITTEN, "limit.yaml", [Remove(("rows", row))])
    rows = list(says(WRITTEN)["rows"])  # type: ignore[index, call-overload, arg-type]
    del rows[row]
    assert {**says(WRITTEN), "rows": rows} == says(made)  # type: ignore[dict-item]
    assert set(made.splitlines()) <= set(WRITTEN.splitlines())
    assert {"  # everybody else", "# Who may owe how much."} <= set(made.splitlines())


def changed_lines(made: str) -> list[str]:
    """Return the lines that are not in the text as it was."""
    return [line.strip() for line in made.splitlines() if line not in WRITTEN.splitlines()]


def test_a_row_put_in_is_a_line_of_its_own() -> None:
    row: PlainData = {"id": "R15", "when": {"grade": "B"}, "then": {"credit_limit": 3000}}
    for at in range(4):
        made = edited(WRITTEN, "limit.yaml", [Insert(("rows",), at, row)])
        assert ["- {id: R15, when: {grade: B}, then: {credit_limit: 3000}}"] == changed_lines(made)
        assert "R15" == value_at(says(made), ("rows", at, "id"))


def test_a_copy_is_written_as_what_it_is_copied_from() -> None:
    made = edited(WRITTEN, "limit.yaml", [Copy(("rows",), 0, 1), SetValue(("rows", 1, "id"), "R11")])
    assert ['- {id: R11, when: {grade: "A, B"}, then: {credit_limit: 5000}}'] == changed_lines(made)


def test_a_condition_goes_with_its_last_cell() -> None:
    made = edited(WRITTEN, "limit.yaml", [Remove(("rows", 0, "when", "grade"))])
    assert ["- {id: R10, then: {credit_limit: 5000}}   # agreed in May"] == changed_lines(made)
    assert ["oldest_days_past_due"] == list(
        value_at(says(edited(WRITTEN, "x", [Remove(("rows", 1, "when", "grade"))])), ("rows", 1, "when"))  # type: ignore[arg-type]
    )


def test_a_new_key_stands_where_such_keys_are_written() -> None:
    made = edited(WRITTEN, "limit.yaml", [SetValue(("rows", 2, "when", "grade"), "D")])
    assert ["- {id: R30, when: {grade: D}, then: {credit_limit: 0}, reasons: [NO_CREDIT, PAST_DUE]}"] == changed_lines(
        made
    )
    made = edited(WRITTEN, "limit.yaml", [SetValue(("rows", 1, "when", "net_worth"), "> 0")])
    assert ['net_worth: "> 0"'] == changed_lines(made)


@pytest.mark.parametrize(
    ("codes", "written"),
    [(("NO_CREDIT",), "reason: NO_CREDIT"), (("A", "B"), "reasons: [A, B]")],
)
def test_reasons_are_written_by_how_many_they_are(codes: tuple[str, ...], written: str) -> None:
    made = edited(WRITTEN, "limit.yaml", [SetReasons(("rows", row), codes) for row in range(3)])
    assert 3 == made.count(written)
    assert 3 == made.count("reason")


def test_a_row_without_reasons_has_no_key_for_them() -> None:
    made = edited(WRITTEN, "limit.yaml", [SetReasons(("rows", row), ()) for row in range(3)])
    assert ["- {id: R30, then: {credit_limit: 0}}"] == changed_lines(made)


def test_a_key_is_renamed_where_it_stands() -> None:
    made = edited(WRITTEN, "limit.yaml", [Rename(("rows", 1, "when", "grade"), "class")])
    assert ["class: C # for now"] == changed_lines(made)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Remove(("rows", 7)), "R581"),
        (SetValue(("rows", 3, "id"), "X"), "R581"),
        (Insert(("rows",), 9, "x"), "R581"),
        (Move(("rows",), 0, 3), "R581"),
        (Rename(("rows", 0, "nothing"), "x"), "R581"),
        (SetReasons(("rows", 5), ("A",)), "R581"),
        (Splice(5, 99_999, ""), "R580"),
    ],
)
def test_what_is_not_there_is_not_edited(edit: Remove, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        edited(WRITTEN, "limit.yaml", [edit])
    assert code == refused.value.code


def test_a_row_behind_a_comment_after_its_dash_is_edited_as_text_alone() -> None:
    text = "rows:\n  - # first\n    id: A\n  - id: B\n"
    with pytest.raises(RequestError) as refused:
        edited(text, "limit.yaml", [Remove(("rows", 0))])
    assert "R582" == refused.value.code
