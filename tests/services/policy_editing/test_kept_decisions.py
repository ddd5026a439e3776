"""A decision kept as a case: the policy that made it answers the case as it decided."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from policy_service.domain.errors import RequestError
from policy_service.language.files.cases import cases_in_text
from policy_service.services.cases import run_cases
from policy_service.services.decisions.recorded import Recorded, recorded
from policy_service.services.house import House
from policy_service.services.policy_editing.case_edits import with_case
from policy_service.services.policy_editing.kept_decisions import kept_case
from policy_service.storage.database import Database
from policy_service.storage.decision_store import DecisionStore
from tests.services.decisions.live import ask, asked, furnish, open_house
from tests.services.house import house_policy, policy_with

NAME = "As it was decided"


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """Give a furnished house."""
    made = open_house(Database(sqlite_url))
    furnish(made)
    yield made
    made.close()


def decided(house: House, customer: str, order: str | None) -> Recorded:
    """Return a decision as it was stored."""
    given = ask(house, asked(customer, order=order))
    with house.database.reading() as session:
        return recorded(DecisionStore(session).load(given.decision_id))


@pytest.mark.parametrize(
    ("customer", "order"), [("C1", None), ("C2", None), ("C3", None), ("C1", "100"), ("C1", "9000"), ("C3", "100")]
)
def test_the_policy_that_decided_answers_the_case_as_it_did(house: House, customer: str, order: str | None) -> None:
    case = kept_case(decided(house, customer, order), house_policy(), NAME)
    report = run_cases(house_policy(), cases_in_text(with_case("", case)))
    assert [()] == [result.differences for result in report.results]
    assert customer not in with_case("", case)


def test_facts_that_a_draft_does_not_read_are_left_out(house: House) -> None:
    found = decided(house, "C1", "100")
    draft = policy_with("order_check", "exposure + order_amount", "order_amount")
    assert "exposure" in dict(kept_case(found, house_policy(), NAME).facts)
    assert "exposure" not in dict(kept_case(found, draft, NAME).facts)


@pytest.mark.parametrize("said", [{"fault": "The engines disagree."}, {"overrides": [{"person": "mia"}]}])
def test_a_decision_that_the_rules_alone_did_not_make_is_no_case(house: House, said: dict[str, object]) -> None:
    found = decided(house, "C1", "100")
    with pytest.raises(RequestError) as refused:
        kept_case(replace(found, result={**found.result, **said}), house_policy(), NAME)
    assert "R591" == refused.value.code
