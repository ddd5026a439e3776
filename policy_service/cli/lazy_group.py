"""A group of commands each of which is loaded when it is called: none waits for what only others need."""

import ast
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click


@contextmanager
def loading_modules() -> Iterator[None]:
    """Let modules be loaded without a search for garbage among what they make, which takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class LazyGroup(click.Group):
    """A group that knows its commands as `module:name` by the word that calls them."""

    def __init__(self, *args: Any, lazily: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazily = lazily

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the words that call a command, in order of the alphabet."""
        return sorted({*super().list_commands(ctx), *self._lazily})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command that a word calls, None if it calls none."""
        if cmd_name in self._lazily and cmd_name not in self.commands:
            module, _, name = self._lazily[cmd_name].partition(":")
            with loading_modules():
                self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command, which is read off its source: to load them all takes seconds."""
        words = self.list_commands(ctx)
        listed = click.Group(commands={word: click.Command(word, help=self._docstring(word)) for word in words})
        listed.format_commands(ctx, formatter)

    def _docstring(self, word: str) -> str | None:
        if word not in self._lazily:
            return self.commands[word].help
        module, _, name = self._lazily[word].partition(":")
        functions = [one for one in _tree(module).body if isinstance(one, ast.FunctionDef) and one.name == name]
        return ast.get_docstring(functions[0])


def _tree(module: str) -> ast.Module:
    found = find_spec(module)
    return ast.parse(Path((found.origin if found else None) or "").read_text("utf-8"))
