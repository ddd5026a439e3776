"""Ratings in the cells of a category column need no quotes; whatever else stands there is left alone."""

import pytest

from policy_service.language.feel.category_texts import with_quoted_ratings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A+", '"A+"'),
        ("AA-", '"AA-"'),
        ("2", '"2"'),
        ("5A1", '"5A1"'),
        ("A+, AA-, B", '"A+", "AA-", B'),
        ("not(A+, null)", 'not("A+", null)'),
        ("!= A+", '!= "A+"'),
        ("= BB-", '= "BB-"'),
        ('A+, "net 30"', '"A+", "net 30"'),
        ('not("a (b), c", A+)', 'not("a (b), c", "A+")'),
        ("A+,, B", '"A+", , B'),
    ],
)
def test_a_rating_is_quoted(written: str, read: str) -> None:
    assert read == with_quoted_ratings(written)


@pytest.mark.parametrize(
    "written", ["-", "A", "A, B", '"A+"', "null", "A + B", "A-B", "not(A+", "A+)", "< 2", "[1..2]", "1.5", "2026-03-01"]
)
def test_any_other_cell_stays_as_it_is(written: str) -> None:
    assert written == with_quoted_ratings(written)
