"""The plain facts of a run in which nothing departs from the record are those of the fact engine."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.days import day_number
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, measure_facts
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import ExposureComponent
from tests.facts.random_ledgers import books_of, customers, days_that_matter, entries
from tests.facts.small_ledgers import CUSTOMER
from tests.simulations.plain.cases import dictionary, policy_of
from tests.simulations.plain.customer_books import CustomerBooks, opened_books
from tests.simulations.plain.customer_day import CustomerDay
from tests.simulations.plain.facts import Asked, Codes

LONG_AGO = -(10**6)
MEASURED = [
    fact
    for fact in dictionary().facts.values()
    if fact.source in (FactSource.LEDGER, FactSource.BUILT_IN) and fact.name != "days_past_due"
]
LIMIT, GRACE = 1_000, 3


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_facts_of_the_record_are_those_of_the_fact_engine(data: st.DataObject) -> None:
    """On any day of any ledger, with all of it let through."""
    collected, orders_file = data.draw(entries()), data.draw(st.booleans())
    ledger = books_of(collected, data.draw(customers()), orders_file)
    day = data.draw(st.sampled_from(days_that_matter(collected)))
    policy = replace(policy_of("approve_all"), exposure=tuple(ExposureComponent))
    terms = {CUSTOMER: StandingTerms(LIMIT, GRACE)}
    told = Circumstances(exposure=policy.exposure, terms=terms, orders=OrderDecisions(reads_states=False))
    expected = measure_facts(ledger, CUSTOMER, MEASURED, Knowledge(day), told)
    own = CustomerDay(_all_let_through(opened_books(ledger, 10**6)[CUSTOMER]), day_number(day), LIMIT, GRACE)
    asked = Asked(ledger, policy, {}, own, (own,))
    actual = {fact.name: asked.fact(fact, Codes(policy)) for fact in MEASURED}
    assert {name: fact.value for name, fact in expected.items()} == actual


def _all_let_through(books: CustomerBooks) -> CustomerBooks:
    for order in books.orders:
        books.let_through(order, LONG_AGO)
    return books
