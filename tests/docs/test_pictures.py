"""The pictures of the documents: each that is taken is there, shown somewhere, and small."""

from tests.docs.documents import every_document
from tests.docs.take_pictures import LOCALES, PICTURES, SCREENS

MOST_BYTES = 1280 * 1024


def test_every_picture_that_is_taken_is_there_and_no_other() -> None:
    taken = {f"{name}.{language}.webp" for name in SCREENS for language in LOCALES}
    assert taken == {path.name for path in PICTURES.iterdir()}


def test_every_picture_is_shown_in_a_document() -> None:
    shown = "".join(path.read_text("utf-8") for path in every_document())
    assert [] == [path.name for path in PICTURES.iterdir() if f"pictures/{path.name}" not in shown]


def test_the_pictures_are_small_together() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST_BYTES
