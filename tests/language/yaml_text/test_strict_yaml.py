"""YAML is read as written, or refused with a code, a place and a remedy."""

import time
from pathlib import Path

import pytest

from policy_service.domain.errors import Place, PolicyTextError
from policy_service.language.yaml_text.strict_yaml import (
    LARGEST_TEXT,
    YamlList,
    YamlMapping,
    YamlNode,
    YamlScalar,
    read_yaml,
    read_yaml_file,
)
from tests.language.yaml_text.reading import refusal, value_of

REFUSALS = {
    "a key that stands twice": ("a: 1\nb: 2\na: 3", "L006", 3, 1),
    "a quoted key that stands twice": ('{a: 1, "a": 2}', "L006", 1, 8),
    "a key in a row that stands twice": ("rows:\n  - {id: R1, when: {x: 1, x: 2}}", "L006", 2, 27),
    "a list as a key": ("? [a, b]\n: 1", "L007", 1, 3),
    "a mapping as a key": ("{{a: 1}: 2}", "L007", 1, 2),
    "an empty key": ("? \n: 1", "L008", 1, 2),
    "a number as a key": ("1: a", "L008", 1, 1),
    "null as a key": ("null: a", "L008", 1, 1),
    "a merge key": ("a: 1\n<<: {b: 2}", "L009", 2, 1),
    "an anchor on a value": ("a: &x 1", "L010", 1, 4),
    "an anchor on a list": ("a: &x [1]", "L010", 1, 4),
    "an alias": ("a: *x", "L010", 1, 4),
    "a tag": ("a: !!str 1", "L011", 1, 4),
    "a tag on a mapping": ("a: !python/object {b: 1}", "L011", 1, 4),
    "the tag that says nothing": ("a: ! 5", "L011", 1, 4),
    "a second document": ("a: 1\n---\nb: 2", "L012", 2, 1),
    "no text": ("", "L013", 1, 0),
    "a comment only": ("# nothing\n\n", "L013", 1, 0),
    "an empty document": ("---\n", "L013", 1, 0),
    "a directive": ("%YAML 1.1\n---\na: 1", "L014", 1, 1),
    "a tab as indentation": ("a:\n\tb: 1", "L026", 2, 1),
    "an unquoted text over two lines": ("a: one\n  two", "L022", 1, 4),
    "a condition that YAML takes for a block": ("a: >5\nb: 1", "L023", 1, 4),
    "an empty block": ("a: |\nb: 1", "L023", 1, 4),
    "a key without a value": ("a:\nb: 1", "L024", 1, 3),
    "an item without a value": ("- \n- 1", "L024", 1, 2),
    "names without values": ("{a, b}", "L024", 1, 3),
    "a NUL": ("a: 1\nb: \x00", "L025", 2, 4),
    "an escaped NUL": ('a: "\\0"', "L025", 1, 4),
    "an escape character": ("a: \x1b[31m", "L025", 1, 4),
    "an override of the reading direction": ("a: x\u202ey", "L025", 1, 5),
    "an escaped override of the reading direction": ('a: "x\\u202e"', "L025", 1, 4),
    "a line separator that editors do not count": ("a: x\u2028b: 1", "L025", 1, 5),
    "half a surrogate pair": ("a: \ud800", "L025", 1, 4),
    "a byte order mark inside": ("a: x\ufeff", "L025", 1, 5),
    "an unquoted formula with a comma": ("{a: min(b, c), d: 1}", "L028", 1, 12),
    "an unquoted formula with a comma before a number": ("{a: round(b, 2)}", "L028", 1, 14),
    "a separator of thousands": ("{a: 200,000}", "L028", 1, 9),
    "an unquoted condition in braces": ("{a: > 5}", "L027", 1, 5),
    "an unquoted condition": ("a: > 5", "L027", 1, 6),
    "an unquoted half-open interval": ("{a: [0..5), b: 1}\n", "L027", 1, 5),
    "an unquoted half-open interval before another line": ("a: [0..5)\nb: 1\n", "L022", 1, 5),
    "an unquoted dash": ("a: -", "L027", 1, 4),
    "an unquoted colon": ("a: b: c", "L027", 1, 5),
    "an open quotation mark": ("a: 'x\nb: 1\n", "L027", 1, 4),
    "an unknown escape": ('a: "\\q"', "L027", 1, 5),
    "a per cent sign in front": ("a: %x", "L027", 1, 4),
    "an open bracket": ("{a: 1,\nb: 2", "L027", 1, 1),
}


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSALS.values(), ids=REFUSALS.keys())
def test_it_is_refused_with_its_code_and_place(text: str, code: str, line: int, column: int) -> None:
    error = refusal(text)

    assert (code, Place("grading.yaml", line, column)) == (error.code, error.place)
    assert error.message
    assert error.remedy


CHANGED_BY_YAML = {
    **dict.fromkeys(["NO", "no", "No", "nO", "yes", "YES", "on", "On", "OFF", "off"], "L015"),
    **dict.fromkeys(["True", "TRUE", "False", "FALSE", "tRue"], "L015"),
    **dict.fromkeys(["~", "Null", "NULL"], "L016"),
    **dict.fromkeys(["12:30", "1:2", "-1:30", "12:30:45", "190:20:30.15"], "L017"),
    **dict.fromkeys(["010", "0o10", "0O7", "0x1F", "0b101", "-010", "00", "0_7"], "L018"),
    **dict.fromkeys(["1e3", "1E5", "1.5e-3", ".5e1", "-1e+9", ".inf", "-.inf", ".Inf", ".nan", ".NaN"], "L019"),
    **dict.fromkeys(["1_000", "1_000.5", "1.5_0", "+5", ".5", "-.5", "5.", "00.5"], "L020"),
    **dict.fromkeys(["2026-03-01T10:00:00Z", "2026-03-01 10:00:00", "2026-3-1 1:00:00.5 +8"], "L021"),
}


@pytest.mark.parametrize(("word", "code"), CHANGED_BY_YAML.items())
def test_an_unquoted_value_that_yaml_would_change_is_refused(word: str, code: str) -> None:
    error = refusal(f"# a comment\na: {{b: {word}}}")

    assert (code, Place("grading.yaml", 2, 8)) == (error.code, error.place)
    assert word in error.message


@pytest.mark.parametrize("word", CHANGED_BY_YAML)
def test_the_same_value_quoted_is_the_text_itself(word: str) -> None:
    assert YamlScalar(word, is_quoted=True) == value_of(f'a: "{word}"')
    assert YamlScalar(word, is_quoted=True) == value_of(f"a: '{word}'")


@pytest.mark.parametrize("word", ["NO", "on", "0x10", "12:30"])
def test_keys_are_held_to_the_same(word: str) -> None:
    assert refusal(f"{word}: 1").place == Place("grading.yaml", 1, 1)


@pytest.mark.parametrize(
    "word",
    ["true", "false", "null", "0", "-3", "0.05", "200000.50", "2026-03-01", "NOT", "Norway", "A", "A+", "=", "1.2.3",
     "_", "_1", "经销商", "credit_limit * 2", "nope", "order", "e3", "0.0"],
)  # fmt: skip
def test_any_other_unquoted_value_stays_as_written(word: str) -> None:
    assert YamlScalar(word, is_quoted=False) == value_of(f"{{a: {word}}}")
    assert YamlScalar(word, is_quoted=False) == value_of(f"a: {word}\n")


def test_a_number_with_separated_thousands_stays_a_text() -> None:
    assert YamlScalar("1,000", is_quoted=False) == value_of("a: 1,000")


def test_every_node_knows_its_line_and_column() -> None:
    node = read_yaml("# 注释\nrows:\n  - {经销商: A, b: [x, 'y']}\n", "f.yaml")

    expected = YamlMapping(
        (
            (
                YamlScalar("rows", place=Place("f.yaml", 2, 1)),
                YamlList(
                    (
                        YamlMapping(
                            (
                                (
                                    YamlScalar("经销商", place=Place("f.yaml", 3, 6)),
                                    YamlScalar("A", place=Place("f.yaml", 3, 11)),
                                ),
                                (
                                    YamlScalar("b", place=Place("f.yaml", 3, 14)),
                                    YamlList((YamlScalar("x"), YamlScalar("y", True)), Place("f.yaml", 3, 17)),
                                ),
                            ),
                            Place("f.yaml", 3, 5),
                        ),
                    ),
                    Place("f.yaml", 3, 3),
                ),
            ),
        ),
        Place("f.yaml", 2, 1),
    )
    assert expected == node
    assert places(expected)[:6] == places(node)[:6]


def places(node: YamlNode) -> list[Place]:
    match node:
        case YamlScalar():
            return [node.place]
        case YamlList():
            return [node.place, *(place for item in node.items for place in places(item))]
        case YamlMapping():
            inside = (place for key, value in node.entries for place in (key.place, *places(value)))
            return [node.place, *inside]


def test_lines_are_counted_alike_whatever_ends_them() -> None:
    for end in ("\n", "\r\n"):
        assert Place("grading.yaml", 3, 4) == refusal(end.join(["a: 1", "b: 2", "c: NO"])).place


def test_a_byte_order_mark_at_the_start_moves_no_column() -> None:
    assert Place("grading.yaml", 1, 4) == refusal("\ufeffa: NO").place


def test_a_block_of_text_is_a_quoted_text() -> None:
    assert YamlScalar("NO\nof course\n", is_quoted=True) == value_of("a: |\n  NO\n  of course\n")
    assert YamlScalar("one line", is_quoted=True) == value_of("a: >-\n  one\n  line\n")


def test_nesting_is_read_to_thirty_two_levels_and_no_deeper() -> None:
    assert isinstance(read_yaml("[" * 32 + "]" * 32, "f"), YamlList)
    assert ("L005", Place("grading.yaml", 1, 33)) == (
        refusal("[" * 33 + "]" * 33).code,
        refusal("[" * 33 + "]" * 33).place,
    )


def test_four_megabytes_are_read_and_no_more() -> None:
    head = 'a: "'
    text = head + "x" * (LARGEST_TEXT - len(head) - 1) + '"'

    assert isinstance(read_yaml(text, "f"), YamlMapping)
    assert "L003" == refusal(text + "\n").code
    assert "L003" == refusal("a: " + "经" * (LARGEST_TEXT // 3)).code


def test_half_a_million_values_are_read_and_no_more() -> None:
    assert "L004" == refusal("[" + "a," * 500_000 + "]").code


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, "- " * 1_000_000, "? " * 1_000_000, "{a: " * 500_000, "a: '" + "\n" * 1_000_000]
)
def test_a_text_made_to_exhaust_the_parser_is_refused_at_once(text: str) -> None:
    began = time.thread_time()

    refusal(text)

    assert time.thread_time() - began < 5


def test_a_table_of_a_thousand_rows_is_read_in_a_moment() -> None:
    row = '  - {{id: R{0}, when: {{grade: A, x: "> {0}", z: "[1..{0})"}}, then: {{credit_limit: "a * {0}"}}}}\n'
    text = "rows:\n" + "".join(row.format(number) for number in range(1_000))
    began = time.thread_time()

    read_yaml(text, "f")

    assert time.thread_time() - began < 3


def test_a_file_that_is_not_utf_8_is_refused_at_its_first_wrong_byte(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_bytes("a: 1\nb: 经".encode() + "销".encode("gb18030"))

    with pytest.raises(PolicyTextError) as caught:
        read_yaml_file(file)

    assert ("L002", Place("facts.yaml", 2, 5)) == (caught.value.code, caught.value.place)


def test_a_file_that_is_too_large_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_bytes(b"a: " + b"x" * LARGEST_TEXT)

    with pytest.raises(PolicyTextError) as caught:
        read_yaml_file(file)

    assert "L003" == caught.value.code


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(PolicyTextError) as caught:
            read_yaml_file(path)
        assert "L001" == caught.value.code


def test_a_file_is_named_as_asked(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text("a: NO\n", encoding="utf-8")

    with pytest.raises(PolicyTextError) as caught:
        read_yaml_file(file, "rules/facts.yaml")

    assert "rules/facts.yaml line 1, column 4" == str(caught.value.place)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("hit_policy： unique\nrows: 1\n", "In line 1, column 11 stands “：”; write :."),
        ("{a: 1， b: {c: 2}}", "In line 1, column 6 stands “，”; write ,."),
        ("{a: {b：1}}", "In line 1, column 7 stands “：”; write :."),
        ("a:\n  - {b: 1}\n\u3000- {b: 2, c: 3}\n", "In line 3, column 1 stands the invisible character U+3000; "),
    ],
)
def test_a_full_width_sign_is_named_where_the_text_is_no_yaml(text: str, remedy: str) -> None:
    assert remedy in refusal(text).remedy


def test_a_full_width_sign_in_a_quoted_text_or_a_comment_is_not_blamed() -> None:
    assert "stands" not in refusal('{zh: "甲，乙", a: [1}  # 甲：乙').remedy
