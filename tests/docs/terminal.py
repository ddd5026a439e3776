"""Commands of the documents, run as a reader would type them, and their answers compared."""

import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from rich.console import Console

from policy_service.cli import output
from policy_service.cli.main import main
from tests.docs.documents import Block

#: What the documents leave out.
_LEFT_OUT = "..."


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command with the answer that the document shows."""

    command: str
    answer: str


def exchanges(block: Block) -> Iterator[Exchange]:
    """Yield the commands of a console block, each with what stands below it."""
    for part in ("\n" + block.text).split("\n$ ")[1:]:
        command, _, answer = part.partition("\n")
        yield Exchange(command, answer)


def run(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run `./run ...` in this process, or `cp -r`, and return what it wrote, white space made single."""
    words = shlex.split(command)
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(words[2], words[3])
        return ""
    assert words[0] == "./run", command
    monkeypatch.setattr(output, "out", Console(highlight=False, width=200))
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(words[1:])
    written = capsys.readouterr()
    assert ended.value.code in (0, 1), written.err
    return single_spaced(written.out)


def missing_part(shown: str, written: str) -> str | None:
    """Return the first part of what a document shows that was not written, in order; None if all of it was."""
    position = 0
    for part in single_spaced(shown).split(_LEFT_OUT):
        found = written.find(part.strip(), position)
        if found < 0:
            return part.strip()
        position = found + len(part.strip())
    return None


def single_spaced(text: str) -> str:
    """Return the text with single spaces for all white space."""
    return " ".join(text.split())
