"""The signs of the language: what is read, and what is refused with which remedy."""

import pytest

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.language.feel.tokens import LONGEST_TEXT, TokenKind, tokens_of

CELL = Place(file="standing.yaml", line=7, column=20, row="S10", cell="grade")


def words(text: str) -> list[str]:
    return [token.text for token in tokens_of(text, CELL)][:-1]


def refusal(text: str) -> PolicyTextError:
    with pytest.raises(PolicyTextError) as refused:
        tokens_of(text, CELL)
    return refused.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<=b", ["a", "<=", "b"]),
        ("[1..5)", ["[", "1", "..", "5", ")"]),
        ("[1.5..2.5]", ["[", "1.5", "..", "2.5", "]"]),
        ("a..b", ["a", "..", "b"]),
        ("group.exposure..x", ["group.exposure", "..", "x"]),
        ("2*a**3", ["2", "*", "a", "**", "3"]),
        ("a\n +\tb", ["a", "+", "b"]),
        ('"say \\"no\\" \\\\"', ['say "no" \\']),
        ("2026-03-01", ["2026-03-01"]),
        ("2026 - 3 - 1", ["2026", "-", "3", "-", "1"]),
        ("等级, naïve, x_1", ["等级", ",", "naïve", ",", "x_1"]),
        ("", []),
    ],
)
def test_a_text_splits_into_its_tokens(text: str, expected: list[str]) -> None:
    assert expected == words(text)


def test_the_last_token_is_the_end() -> None:
    assert TokenKind.END is tokens_of("a ", CELL)[-1].kind


@pytest.mark.parametrize(
    ("text", "code", "remedy"),
    [
        ("a == 1", "L101", "Write =."),
        ("a <> 1", "L101", "Write !=."),
        ("a && b", "L101", "Write and."),
        ("a ≤ 1", "L101", "Write <=."),
        ("a ＞ 1", "L101", "Write >."),
        ("１２", "L101", "Write 1."),
        ("Ａ", "L101", "Write “A”."),
        ("ｌimit", "L101", "Write “limit”."),
        ("5%", "L101", "0.05"),
        ("（1）", "L101", "Write (."),
        ("“A”", "L101", 'Write ".'),
        ("'A'", "L101", 'Write ".'),
        ("1\u3000+ 2", "L101", "plain space"),
        (".5", "L101", "0.5"),
        ("a\u200bb", "L101", "take it out"),
        ("$5", "L101", "double quotes"),
        ("007", "L102", "Write numbers like 1200.5"),
        ("1,000", "L102", "space after the comma"),
        ("12,345,678", "L102", "space after the comma"),
        ("5.", "L102", "Write numbers like 1200.5"),
        ("1.2.3", "L102", "Write numbers like 1200.5"),
        ("1e5", "L102", "exponents"),
        ("3M", "L102", "double quotes"),
        ("1_000", "L102", "no separators"),
        ("1.000,50", "L102", "no separators"),
        ("1.000.000", "L102", "no separators"),
        ("1'000", "L102", "no separators"),
        ("2026-03-01T00:00", "L102", "Write numbers like 1200.5"),
        ('"open', "L103", "Close it"),
        ('"a\\n"', "L103", "backslash"),
        ('"a\u202eb"', "L103", "Take it out"),
        ("customer.limit", "L105", "group."),
        ("group.a.b", "L105", "group."),
        ("x" * (LONGEST_TEXT + 1), "L107", "Split it"),
    ],
)
def test_what_is_no_sign_of_the_language_is_refused(text: str, code: str, remedy: str) -> None:
    refused = refusal(text)
    assert code == refused.code
    assert remedy in refused.remedy


@pytest.mark.parametrize(
    "day", ["01.03.2026", "3/1/2026", "2026/03/01", "2026-3-1", "2026.3.1", "2026年3月1日", "1-3-2026"]
)
def test_a_day_written_in_another_way_is_refused_as_no_date(day: str) -> None:
    refused = refusal(f"> {day}")
    assert ("L104", f"“{day}” is no date.") == (refused.code, refused.message)
    assert "2026-03-01" in refused.remedy
    assert CELL.column + 2 == refused.place.column


def test_a_list_with_a_space_after_each_comma_is_no_number_with_separators() -> None:
    assert words("100, 200") == ["100", ",", "200"]


def test_the_place_is_the_column_of_the_character_in_the_file() -> None:
    refused = refusal("a + $")
    assert Place(file="standing.yaml", line=7, column=24, row="S10", cell="grade") == refused.place


def test_without_a_known_column_columns_count_from_one() -> None:
    with pytest.raises(PolicyTextError) as refused:
        tokens_of("$", Place(file="a.yaml", line=1))
    assert refused.value.place.column == 1
