"""Cells that could be read and would mean another thing than their author: each is refused with what to write."""

import pytest

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.feel.category_texts import with_quoted_ratings
from policy_service.language.feel.misread_cells import refuse_misread

CELL = Place(file="standing.yaml", line=7, column=20, row="S10", cell="score")


def refusal(cell: str, kind: Kind) -> PolicyTextError:
    with pytest.raises(PolicyTextError) as refused:
        refuse_misread(cell, kind, CELL)
    return refused.value


@pytest.mark.parametrize(
    ("cell", "kind", "column"),
    [
        ("> 15,5", Kind.NUMBER, 22),
        ("> 15,5", Kind.DAYS, 22),
        ("15,5", Kind.NUMBER, 20),
        ("[0,5..1,5)", Kind.MONEY, 21),
        ("not(0,25)", Kind.NUMBER, 24),
    ],
)
def test_a_decimal_comma_is_no_list(cell: str, kind: Kind, column: int) -> None:
    refused = refusal(cell, kind)
    assert ("L102", column) == (refused.code, refused.place.column)
    assert "space after the comma" in refused.remedy


@pytest.mark.parametrize(
    ("cell", "remedy", "column"),
    [
        ("15-30", "[15..30]", 20),
        ("15 - 30", "[15..30]", 20),
        ("0.5–1.5", "[0.5..1.5]", 20),
        ("15~30", "[15..30]", 20),
        ("15至30", "[15..30]", 20),
        ("15 to 30", "[15..30]", 20),
        ("1, 15-30", "[15..30]", 23),
        ("not(15-30)", "[15..30]", 24),
    ],
)
def test_a_range_with_a_dash_is_no_subtraction(cell: str, remedy: str, column: int) -> None:
    refused = refusal(cell, Kind.INTEGER)
    assert ("L115", column) == (refused.code, refused.place.column)
    assert remedy in refused.remedy


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("15, 5", Kind.NUMBER),
        ("1,2,3", Kind.NUMBER),
        ("30,60", Kind.DAYS),
        ("> 15, 5", Kind.NUMBER),
        ("[1.5..2.5]", Kind.NUMBER),
        ("> limit - 30", Kind.MONEY),
        ("-5", Kind.INTEGER),
        ("2026-03-01", Kind.DATE),
        ('"15,5"', Kind.CATEGORY),
        ("15-30", Kind.CATEGORY),
    ],
)
def test_other_cells_pass(cell: str, kind: Kind) -> None:
    refuse_misread(cell, kind, CELL)


def test_spaces_alone_cost_no_more_than_reading_them() -> None:
    # With spaces tried in every way this took a minute: the test would be stopped.
    cell = " " * 3_999 + "("
    refuse_misread(cell, Kind.NUMBER, CELL)
    assert cell == with_quoted_ratings(cell)
