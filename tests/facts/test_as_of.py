"""The business day is a fact, so that a policy can ask how old a statement is."""

import datetime as dt

from policy_service.domain.days import day_number
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import measure_facts
from policy_service.language.definitions.built_in_facts import AS_OF, built_in_facts
from tests.facts.small_ledgers import CUSTOMER, ledger

DEFINITION = next(fact for fact in built_in_facts() if fact.name == AS_OF)


def test_as_of_is_the_day_decided_on() -> None:
    day = dt.date(2026, 3, 1)
    measured = measure_facts(ledger(), CUSTOMER, [DEFINITION], Knowledge(day))
    assert measured[AS_OF].value == day_number(day)
