"""Whoever asks for Chinese is answered in it, whatever country and script come with it."""

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from policy_service.chinese.wanted import wants_chinese


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh", True),
        ("zh-CN,en;q=0.5", True),
        ("zh-Hans-CN,en;q=0.9", True),
        ("zh_TW", True),
        ("fr,zh;q=0.8,en;q=0.5", True),
        ("en;q=0.5,zh-CN", True),
        ("", False),
        ("*", False),
        ("fr", False),
        ("en-GB,zh;q=0.9", False),
        ("en,zh;q=0.5", False),
        ("zh;q=0,en;q=0.1", False),
        ("zh;q=0", False),
    ],
)
def test_the_first_of_the_two_languages_that_is_wanted_counts(header: str, expected: bool) -> None:
    assert expected == wants_chinese(parse_accept_header(header, LanguageAccept))
