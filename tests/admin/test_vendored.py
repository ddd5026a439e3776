"""The spreadsheet that the editor shows tables in is the one its origin says, unchanged."""

import hashlib
from pathlib import Path
from typing import Final

TABULATOR: Final = Path(__file__).parents[2] / "admin" / "static" / "tabulator"


def test_what_was_taken_from_elsewhere_is_as_its_origin_says() -> None:
    lines = [line.split() for line in (TABULATOR / "ORIGIN").read_text("utf-8").splitlines()]
    said = {file: sha256 for word, sha256, file in (line for line in lines if line[0] == "sha256")}
    files = sorted(TABULATOR.glob("*.*"))
    assert said == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert (TABULATOR / "LICENSE").read_text("utf-8").startswith("The MIT License")
