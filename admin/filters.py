"""How templates write values: by filters that are worked out at each showing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

#: What writes a value in the language of the page.
Filter: TypeAlias = Callable[..., str | Markup]


def add_filters(console: Flask, filters: Mapping[str, Filter]) -> None:
    """Let templates use these filters by their names."""
    console.jinja_env.filters.update({name: _at_each_showing(each) for name, each in filters.items()})


def _at_each_showing(told: Filter) -> Filter:
    # Of a constant a template would work it out once, in the language of whoever comes first.
    @pass_context
    def shown(_context: Context, *values: Any) -> str | Markup:
        return told(*values)

    return shown
