"""Which commands act as a person, and which need none."""

from collections.abc import Iterator
from typing import Final

import click

from policy_service.cli.main import policy

#: They work on files, or run the service and its database.
OF_FILES_AND_PROCESSES: Final = frozenset(
    {
        *("check", "compile", "decide", "demo", "diff", "facts", "generate", "seek", "simulate", "snapshot", "sweep"),
        *("database check", "database upgrade", "serve", "simulation-worker"),
    }
)
#: Decision 0083: they read, and whoever runs them could read the database.
ONLY_READ: Final = frozenset(
    {"audit verify", "changes", "override list", "person list", "setting list", "standing list", "versions"}
)


def commands(of: click.Command, *words: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command behind the words, with its words."""
    if isinstance(of, click.Group):
        context = click.Context(of)
        for word in of.list_commands(context):
            found = of.get_command(context, word)
            assert found is not None
            yield from commands(found, *words, word)
    else:
        yield " ".join(words), of


def test_a_command_acts_as_a_person_unless_it_only_reads_or_works_on_files() -> None:
    of_nobody = {words for words, command in commands(policy) if "login" not in {each.name for each in command.params}}
    assert ONLY_READ | OF_FILES_AND_PROCESSES == of_nobody
