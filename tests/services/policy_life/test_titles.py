"""What policies are called, whatever state their versions are in."""

from sqlalchemy import text

from policy_service.domain.acting import Act
from policy_service.language.definitions.dictionary import Title
from policy_service.services.house import House
from policy_service.services.policy_life.reading import policy_now
from policy_service.services.policy_life.titles import title_of
from policy_service.storage.policy_store import PolicyStore
from tests.services.decisions.live import enforce
from tests.services.house import policy_with
from tests.services.policy_life.living import LATER


def title(house: House, policy_id: str = "house") -> Title:
    """Return the title of a policy as it is now."""
    with house.database.reading() as session:
        return title_of(session, policy_now(session, policy_id, LATER))


def draft(house: House, name: str) -> None:
    """Store a draft that calls the house policy otherwise."""
    with house.database.writing() as session:
        PolicyStore(session).add_draft("house", Act("ana", 5), policy_with("policy", "House policy", name))


def test_the_version_in_force_says_the_title(house: House) -> None:
    draft(house, "Another name")
    assert Title("House policy", "内部政策") == title(house)


def test_where_none_is_in_force_the_latest_that_can_be_read_says_it(house: House) -> None:
    with house.database.writing() as session:
        PolicyStore(session).add_draft("fresh", Act("ana", 5), policy_with("policy", "House policy", "Fresh"))
        PolicyStore(session).add_draft("fresh", Act("ana", 6), None)
        PolicyStore(session).add_draft("unread", Act("ana", 6), None)
    assert ("Fresh", Title()) == (title(house, "fresh").en, title(house, "unread"))


def test_an_altered_text_has_none(house: House) -> None:
    enforce(house, policy_with("policy", "House policy", "Ours"), LATER)
    with house.database.writing() as session:
        session.execute(text("UPDATE policy_versions SET canonical_text = replace(canonical_text, 'Ours', 'Mine')"))
    assert Title() == title(house)
