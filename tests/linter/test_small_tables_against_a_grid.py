"""Gaps, overlaps and masked rows of random small tables, compared with trying every point."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.values import UNKNOWN
from policy_service.language.feel.expressions import Anything, IsUnknown, Test
from policy_service.language.rule_sets import DecisionTable, HitPolicy, WhenUnknown
from policy_service.linter.checks.masking import masked, never_matching
from policy_service.linter.checks.overlaps import overlapping_pairs
from policy_service.linter.regions.evaluation import evaluate, satisfied
from policy_service.linter.regions.knowledge import knowledge_of
from policy_service.linter.regions.ranges import point
from policy_service.linter.regions.subject import Subject, table_subject
from policy_service.linter.regions.sweep import Question, uncovered
from tests.examples import examples
from tests.linter.building import any_of, between, compares, fact, none_of, policy, row, table

FACTS = (fact("a"), fact("b"), fact("c"))
#: Every value that can tell two cells apart: the bounds below are 0 to 4.
POINTS = (UNKNOWN, *range(-1, 6))

comparisons = st.builds(compares, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(0, 4))
against_facts = st.builds(
    compares, st.sampled_from(["=", "<", "<=", ">", ">="]), st.sampled_from([fact("b"), fact("c")])
)
intervals = st.builds(between, st.integers(0, 4), st.integers(0, 4), st.sampled_from(["[]", "[)", "(]", "()"]))
simple = st.one_of(comparisons, intervals, st.just(IsUnknown()))
cells = st.one_of(
    st.just(None),
    simple,
    st.builds(any_of, simple, simple),
    st.builds(none_of, simple),
)


@st.composite
def tables(draw: st.DrawFn, hit_policy: HitPolicy = HitPolicy.UNIQUE, *, columns: int = 3) -> DecisionTable:
    count = draw(st.integers(1, columns))
    rows = draw(st.lists(st.lists(cells, min_size=count, max_size=count), min_size=1, max_size=6))
    return table(FACTS[:count], [row(f"R{n}", tests) for n, tests in enumerate(rows)], hit_policy)


def subject_for(tried: DecisionTable, required: int) -> Subject:
    made = policy(tried, required=FACTS[:required], facts=FACTS[required:])
    return table_subject(tried, knowledge_of(made))


def points(tried: DecisionTable, required: int) -> Iterator[tuple[int, ...]]:
    yield from product(*(POINTS[1:] if n < required else POINTS for n in range(len(tried.columns))))


def says(test: Test, value: int) -> bool | None:
    answer = satisfied(test, point(value), {})
    return None if answer.is_empty else bool(answer.low)


def row_says(tried: DecisionTable, number: int, at: tuple[int, ...]) -> bool | None:
    answers = [says(cell.test, value) for cell, value in zip(tried.rows[number].cells, at, strict=True)]
    return False if False in answers else None if None in answers else True


def is_in(box: tuple[int, ...], subject: Subject, at: tuple[int, ...]) -> bool:
    return all(
        any(
            mask >> n & 1 and (each.is_unknown if value == UNKNOWN else each.low <= value <= each.high)
            for n, each in enumerate(axis.bins)
        )
        for mask, axis, value in zip(box, subject.grid.axes, at, strict=True)
    )


@settings(max_examples=examples(150), deadline=None)
@given(tables(), st.integers(0, 3))
def test_the_uncovered_boxes_hold_just_the_points_without_a_row(tried: DecisionTable, required: int) -> None:
    subject = subject_for(tried, required)
    found = uncovered(subject.grid, Question(subject.grid.everything, subject.grid.every_row))
    assert found.is_complete
    for at in points(tried, required):
        no_row = all(row_says(tried, n, at) is False for n in range(len(tried.rows)))
        assert no_row == any(is_in(box, subject, at) for box in found.boxes)


@settings(max_examples=examples(150), deadline=None)
@given(tables(), st.integers(0, 3))
def test_the_overlaps_hold_just_the_pairs_that_match_together(tried: DecisionTable, required: int) -> None:
    subject = subject_for(tried, required)
    expected = {
        (first, second)
        for at in points(tried, required)
        for second in range(len(tried.rows))
        for first in range(second)
        if row_says(tried, first, at) and row_says(tried, second, at)
    }
    assert expected == {(first, second) for first, second, _box in overlapping_pairs(subject)}


@settings(max_examples=examples(150), deadline=None)
@given(tables(HitPolicy.FIRST), st.integers(0, 3), st.sampled_from(WhenUnknown))
def test_masked_rows_are_just_those_that_match_and_never_hit(
    tried: DecisionTable, required: int, when_unknown: WhenUnknown
) -> None:
    subject = subject_for(tried, required)
    matching, hitting = set(), set()
    for at in points(tried, required):
        for number in range(len(tried.rows)):
            said = row_says(tried, number, at)
            if said:
                matching.add(number)
                hitting.add(number)
                break
            if said is None and when_unknown is WhenUnknown.REFER:
                matching.update(n for n in range(number + 1, len(tried.rows)) if row_says(tried, n, at))
                break
        matching.update(n for n in range(len(tried.rows)) if row_says(tried, n, at))
    found = {finding.rows[-1] for finding in masked(subject, range(len(tried.rows)), when_unknown)}
    assert {f"R{n}" for n in matching - hitting} == found
    never = {finding.rows[0] for finding in never_matching(subject)}
    assert {f"R{n}" for n in set(range(len(tried.rows))) - matching} == never


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.lists(st.one_of(cells, against_facts), min_size=1, max_size=1), min_size=1, max_size=5),
    st.integers(0, 3),
)
def test_a_gap_between_bounds_that_move_with_facts_is_found_where_there_is_one(
    rows: list[list[Test | None]], required: int
) -> None:
    """Complete, and sound with its example: what the witness says lies in the gap does."""
    tried = table(FACTS[:1], [row(f"R{n}", tests) for n, tests in enumerate(rows)])
    subject = subject_for(tried, required)
    found = uncovered(subject.grid, Question(subject.grid.everything, subject.grid.every_row))
    tests = [Anything() if each[0] is None else each[0] for each in rows]
    spaces = [POINTS[1:] if n < required else POINTS for n in range(3)]
    gaps = [at for at in product(*spaces) if all(_said(test, at) is False for test in tests)]
    assert not (gaps and not found.boxes)
    for box in found.boxes:
        example = subject.example(box)
        if example is not None:
            values = dict(example)
            at = tuple(values.get(name.name, 0) for name in FACTS)
            assert all(_said(test, at) is False for test in tests)


def _said(test: Test, at: tuple[int, ...]) -> bool | None:
    ranges = {name: point(value) for name, value in zip(FACTS, at, strict=True)}
    answer = satisfied(test, evaluate(FACTS[0], ranges), ranges)
    return None if answer.is_empty else bool(answer.low)
