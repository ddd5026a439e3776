"""Cases in a form and in their file: what is saved is what was typed, and all around it stays to the letter."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.errors import PolicyServiceError
from policy_service.language.files.cases import cases_in_text
from policy_service.services.policy_editing.case_edits import with_case, with_changed_case, without_case
from policy_service.services.policy_editing.case_texts import CaseText, case_text

SHIPPED = (Path(__file__).parents[3] / "rules" / "manufacturer_cn" / "cases.yaml").read_text("utf-8")
TEXT = """# What a clerk asked

- name: A small order goes   # the first
  as_of: 2026-03-01
  decision: order
  facts: {order_amount: 100, segment: "NO"}   # as it was
  expect: {outcome: approve, reasons: []}
# Large ones
- {name: A large order waits, as_of: 2026-03-01, facts: {order_amount: 900}, expect: {outcome: hold, reason: TOO_LARGE}}
"""
SMALL = CaseText(
    "A small order goes",
    "2026-03-01",
    (("order_amount", "100"), ("segment", "NO")),
    decision="order",
    outcome="approve",
    reasons=(),
)
NEW = CaseText(
    "Nobody is asked twice", "2026-04-01", (("a", "null"),), rule_set="grading", outputs=(("fees", "[1, 2]"),)
)
#: Texts as somebody may type them, without what a form takes off their ends.
TYPED = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda text: text not in ("null",) and not text.startswith("[")
) | st.sampled_from(
    ["no", "0.50", "-3", "> 5", "a: b", "#x", "true", "12:30", "2026-01-01", '"unknown"', "1e5", "钢铁"]
)
CASES = st.builds(
    CaseText,
    name=TYPED.map(lambda text: f"A case of {text}"),
    as_of=st.dates().map(str),
    facts=st.dictionaries(st.sampled_from(["a", "b", "group.c", "D"]), TYPED | st.just("null")).map(
        lambda all_: tuple(all_.items())
    ),
    rule_set=st.sampled_from(["", "grading"]),
    outcome=st.sampled_from(["hold", "approve"]),
    outputs=st.dictionaries(st.sampled_from(["x", "y"]), TYPED | st.just("[a, b]")).map(
        lambda all_: tuple(all_.items())
    ),
    reasons=st.none() | st.lists(st.sampled_from(["A", "B_C"]), unique=True).map(tuple),
    rows=st.none() | st.lists(st.sampled_from(["O1", "otherwise"]), unique=True).map(tuple),
)


def read(text: str) -> list[CaseText]:
    """Return the cases of a text as forms show them."""
    return [case_text(case) for case in cases_in_text(text)]


@settings(max_examples=25)
@given(CASES)
def test_a_case_is_read_back_as_it_was_typed(case: CaseText) -> None:
    assert [*read(TEXT), case] == read(with_case(TEXT, case))
    assert with_case(TEXT, case).startswith(TEXT)


@settings(max_examples=25)
@given(CASES, st.integers(0, 1))
def test_a_changed_case_says_what_was_typed_and_the_others_what_they_said(case: CaseText, place: int) -> None:
    changed = with_changed_case(TEXT, read(TEXT)[place].name, case)
    found = read(changed)
    assert read(TEXT)[1 - place] == found[1 - place]
    said = found[place]
    assert (dict(case.facts), dict(case.outputs)) == (dict(said.facts), dict(said.outputs))
    assert replace(case, facts=(), outputs=()) == replace(said, facts=(), outputs=())
    assert changed.startswith("# What a clerk asked\n")
    assert "\n# Large ones\n" in changed


def test_saving_a_case_as_it_is_changes_nothing() -> None:
    for text in (TEXT, SHIPPED):
        for case in read(text)[::8]:
            assert text == with_changed_case(text, case.name, case)


def test_only_the_value_that_was_changed_is_written_anew() -> None:
    dearer = replace(SMALL, facts=(("order_amount", "150"), ("segment", "NO")))
    assert TEXT.replace("order_amount: 100", "order_amount: 150") == with_changed_case(TEXT, SMALL.name, dearer)


def test_a_case_asked_of_something_else_keeps_its_place_for_that() -> None:
    other = replace(SMALL, decision="", rule_set="grading")
    assert TEXT.replace("decision: order", "rule_set: grading") == with_changed_case(TEXT, SMALL.name, other)


def test_a_copy_stands_behind_its_original() -> None:
    copied = with_case(TEXT, replace(SMALL, name="A small order goes too"), after=SMALL.name)
    assert ["A small order goes", "A small order goes too", "A large order waits"] == [
        case.name for case in read(copied)
    ]


def test_a_case_that_is_taken_out_leaves_the_comments() -> None:
    rest = without_case(TEXT, SMALL.name)
    assert "# Large ones\n- {name: A large order waits" in rest
    assert rest.startswith("# What a clerk asked\n")


@pytest.mark.parametrize("empty", ["", "# Nothing yet\n[]\n"])
def test_the_first_case_can_be_written(empty: str) -> None:
    assert [NEW] == read(with_case(empty, NEW))
    assert empty.replace("[]\n", "") + with_case("", NEW) == with_case(empty, NEW)


def test_a_case_is_written_with_a_line_for_each_of_its_parts() -> None:
    assert (
        "- name: Nobody is asked twice\n  as_of: 2026-04-01\n  rule_set: grading\n  facts: {a: null}\n"
        "  expect: {fees: [1, 2]}\n"
    ) == with_case("", NEW)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (replace(NEW, name="Word"), "L360"),
        (replace(NEW, name=SMALL.name), "L360"),
        (replace(NEW, as_of="tomorrow"), "L051"),
        (replace(NEW, outputs=()), "L362"),
        (replace(NEW, outcome="maybe"), "L052"),
        (replace(NEW, facts=(("a", "1"), ("a", "2"))), "R590"),
    ],
)
def test_a_case_that_says_nothing_sensible_is_refused(case: CaseText, code: str) -> None:
    for change in (lambda: with_case(TEXT, case), lambda: with_changed_case(TEXT, "A large order waits", case)):
        with pytest.raises(PolicyServiceError) as refused:
            change()
        errors = getattr(refused.value, "errors", (refused.value,))
        assert [code] == [error.code for error in errors]


def test_a_case_that_is_gone_cannot_be_changed() -> None:
    with pytest.raises(PolicyServiceError, match="There is no case"):
        without_case(TEXT, "Nobody wrote this")
