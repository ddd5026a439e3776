"""The page on how to read the code names every package, and files that there are."""

import re

from tests.docs.documents import ROOT, text_of

_PAGE = text_of("explanation/how-to-read-the-code.md")
_ROW = re.compile(r"^\| (`.+) \|.*\|(.*)\|$", re.MULTILINE)
_NAME = re.compile(r"`([\w/]+(?:\.py)?)`")
_SERVICE = ROOT / "policy_service"


def _map() -> dict[str, list[str]]:
    """Return the files to begin with by what a row is about."""
    rows = _ROW.findall(_PAGE)
    return {name: _NAME.findall(files) for names, files in rows for name in _NAME.findall(names)}


def test_every_package_is_on_the_map() -> None:
    packages = {path.parent.name for path in _SERVICE.glob("*/__init__.py")}
    simulations = {f"simulations/{path.parent.name}" for path in (ROOT / "simulations").glob("*/__init__.py")}
    assert set() == {*packages, *simulations} - {"policy_service", *_map()}


def test_the_files_to_begin_with_are_there() -> None:
    lacking = []
    for name, files in _map().items():
        place = ROOT / name if name.startswith("simulations/") else _SERVICE / name
        # Of two packages in a row each has one of the files.
        others = [ROOT / other if "/" in other else _SERVICE / other for other in _map() if _map()[other] == files]
        lacking += [name for file in files if not any((one / file).is_file() for one in (place, *others))]
        lacking += [] if place.exists() else [name]
    assert [] == lacking


def test_files_named_in_sentences_are_there() -> None:
    sentences = _ROW.sub("", _PAGE)
    files = [name for name in _NAME.findall(sentences) if name.endswith(".py") and "/" in name]
    places = (_SERVICE, ROOT, ROOT / "admin")
    assert len(files) > 10
    assert [] == [file for file in files if not any((place / file).is_file() for place in places)]
