"""Facts that the kernel measures along a customer's days are those that the service measures for one day."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.entries import Customer
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.dictionary import FactDefinition
from policy_service.language.policy import ExposureComponent
from simulations.ledger_snapshot.from_ledger import snapshot_of
from tests.facts.random_ledgers import books_of, days_that_matter, entries
from tests.facts.small_ledgers import CUSTOMER, Entry, built_in
from tests.facts.test_plain_facts import BUILT_IN, measures
from tests.simulations.replay.recorded_facts import recorded_facts

# Compiling single functions takes minutes: test_interpreted.py runs this in the normal suite.
pytestmark = pytest.mark.long

_ALL_BUT_COVER = 15
_GRACE = 3
_CIRCUMSTANCES = Circumstances(
    exposure=tuple(one for one in ExposureComponent if one is not ExposureComponent.INSURED),
    terms={CUSTOMER: StandingTerms(grace_days=_GRACE)},
    orders=OrderDecisions(reads_states=False),
)


@given(entries(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_built_in_facts_are_those_of_the_service(collected: tuple[Entry, ...], orders_file: bool) -> None:
    ledger = books_of(collected, (Customer(CUSTOMER),), orders_file)
    books, days = PreparedLedger(ledger), days_that_matter(collected)
    definitions = [built_in(name, kind) for name, kind in BUILT_IN.items()]
    found = recorded_facts(snapshot_of(ledger), days, definitions, _ALL_BUT_COVER, _GRACE)
    for day, facts in zip(days, found, strict=True):
        expected = measure_facts(books, CUSTOMER, definitions, Knowledge(day), _CIRCUMSTANCES)
        assert {name: fact.value for name, fact in expected.items()} == facts, day


@given(entries(), st.booleans(), st.lists(measures(), min_size=4, max_size=8))
@settings(max_examples=40, deadline=None)
def test_declared_facts_are_those_of_the_service(
    collected: tuple[Entry, ...], orders_file: bool, asked: list[tuple[FactDefinition, tuple]]
) -> None:
    ledger = books_of(collected, (Customer(CUSTOMER),), orders_file)
    books, days = PreparedLedger(ledger), days_that_matter(collected)
    for definition, words in asked:
        found = recorded_facts(snapshot_of(ledger), days, [definition], _ALL_BUT_COVER, _GRACE)
        for day, facts in zip(days, found, strict=True):
            expected = measure_facts(books, CUSTOMER, [definition], Knowledge(day), _CIRCUMSTANCES)
            assert {"fact": expected["fact"].value} == facts, (day, words)
