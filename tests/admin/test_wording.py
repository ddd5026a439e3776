"""How words reach a page: in the language of whoever looks, at each showing."""

from flask import Flask


def test_a_word_that_stands_in_a_template_is_not_worked_out_once_for_all_languages(console: Flask) -> None:
    assert "on hold" not in str(console.jinja_env.compile('{{ "hold"|word }}', raw=True))
