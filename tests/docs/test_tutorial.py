"""The tutorial does what it says: its files are written, its commands typed, its answers compared."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.documents import DOCS, RULES, Block, blocks
from tests.docs.terminal import exchanges, missing_part, run

_TUTORIALS = sorted((DOCS / "tutorial").glob("*.md"))
_FILE = re.compile(r"# (?P<path>rules/[\w./]+?)(?:, row (?P<row>.+))?\n")


def _save(block: Block) -> None:
    named = _FILE.match(block.text)
    assert named, f"{block.place}: say in a first line which file this is"
    path, text = Path(named["path"]), block.text[named.end() :]
    if not named["row"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8")
    old = _entry(before, named["row"])
    path.write_text(before.replace(old, text) if old else before + text, encoding="utf-8")


def _entry(text: str, row: str) -> str:
    found = re.search(rf"^(?:  - {{id: |  |- name: ){re.escape(row)}\b.*\n(?:  (?![ -]).*\n)*", text, re.MULTILINE)
    if not found:
        return ""
    return found[0] if found[0].startswith("- name") else found[0].splitlines(keepends=True)[0]


@pytest.mark.parametrize("path", _TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_comes_out_as_it_is_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RULES_DIR", "rules")
    shutil.copytree(RULES, "rules")
    for block in blocks(path, "yaml", "console"):
        if block.language == "yaml":
            _save(block)
            continue
        for exchange in exchanges(block):
            written = run(exchange.command, capsys, monkeypatch)
            lacks = missing_part(exchange.answer, written)
            assert lacks is None, f"{block.place}: {exchange.command} does not say {lacks!r} but {written[:4000]}"
