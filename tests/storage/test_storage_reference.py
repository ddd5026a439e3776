"""The reference of tables is what the models say."""

from policy_service.storage.models import METADATA
from tests.docs.documents import headings, text_of
from tests.storage.reference import reference


def test_the_reference_is_what_the_models_say() -> None:
    assert reference() == text_of("reference/storage.md")


def test_every_table_has_its_heading() -> None:
    assert set() == set(METADATA.tables) - set(headings(text_of("reference/storage.md")))
