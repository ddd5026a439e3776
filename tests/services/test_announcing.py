"""Events are stored for whoever wants them, and decisions are counted."""

import re

import pytest

from policy_service.services.announcing import EVENT_TYPES, TEST_EVENT, announce
from policy_service.services.counting import NoCounting
from policy_service.services.house import House
from policy_service.settings import read_settings
from policy_service.storage.database import Database
from tests.docs.documents import ROOT
from tests.services.webhooks.receiving import act


class Counted(NoCounting):
    """Keeps what is counted."""

    def __init__(self) -> None:
        self.decisions: list[tuple[str, str, bool]] = []

    def decided(self, decision_type: str, outcome: str, *, is_fault: bool) -> None:
        """Keep it."""
        self.decisions.append((decision_type, outcome, is_fault))


@pytest.fixture
def house(sqlite_url: str) -> House:
    made = House(read_settings({}), Database(sqlite_url), lambda: "id", "test/1")
    made.counting = Counted()
    return made


def test_decisions_are_counted_by_type_and_outcome_with_their_faults(house: House) -> None:
    told = [
        {"type": "order", "outcome": "hold", "reasons": ["PAST_DUE"]},
        {"type": "order", "outcome": "refer", "reasons": ["engine_fault"]},
        {"type": "review", "outcome": None, "reasons": []},
    ]
    with house.database.writing() as session:
        for data in told:
            announce(house, session, act(), "decision.given", "decisions/1", data)
        announce(house, session, act(), "order.held", "orders/1", {})
    assert isinstance(house.counting, Counted)
    assert [("order", "hold", False), ("order", "refer", True), ("review", "none", False)] == house.counting.decisions
    house.database.close()


def test_a_type_that_nobody_can_ask_for_is_a_fault_of_the_program(house: House) -> None:
    with house.database.writing() as session:
        for unknown in ("order.eaten", TEST_EVENT):
            with pytest.raises(ValueError, match="no type of events"):
                announce(house, session, act(), unknown, "", {})
    house.database.close()


def test_every_type_that_the_program_tells_of_can_be_asked_for() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "policy_service/services").rglob("*.py"))
    subjects = "|".join({each.partition(".")[0] for each in EVENT_TYPES})
    told = set(re.findall(rf'"((?:{subjects})\.[a-z]+)"', sources)) - {"policy.yaml"}
    assert set(EVENT_TYPES) == told


def test_every_type_is_a_subject_and_what_became_of_it() -> None:
    assert all(len(each.split(".")) == 2 for each in EVENT_TYPES)
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES)
