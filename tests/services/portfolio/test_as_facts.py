"""What the portfolio counts is what the facts of its customers add up to, on a generated company."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_service.domain.currencies import currency
from policy_service.domain.permissions import Role
from policy_service.facts.knowledge import Knowledge
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.credit_file import facts_of_customer
from policy_service.services.customer_facts import FactsAsked
from policy_service.services.house import House
from policy_service.services.portfolio.figures import Figures, figures
from policy_service.services.portfolio.refreshing import refresh
from policy_service.storage.portfolio_store import CountedCustomer, CustomersWanted, PortfolioStore
from tests.services.decisions.live import act, answered, asked, at, enforce, person
from tests.services.house import policy_with
from tests.storage.books import store

FIRST, LAST = dt.date(2024, 7, 1), dt.date(2025, 12, 31)
#: In the middle of it, so that much is known that is dated or posted later.
TODAY = dt.date(2025, 11, 12)
COUNTED = {
    "open_balance": "open_balance",
    "overdue_balance": "overdue",
    "disputed_balance": "disputed",
    "unapplied_cash": "unapplied_cash",
    "open_orders": "open_orders",
    "unmatured_bills": "unmatured_bills",
    "exposure": "exposure",
}
POLICY = policy_with("policy", "rule_sets:", "exposure: [open_balance, open_orders, unmatured_bills]\nrule_sets:")


@cache
def company() -> ImportResult:
    """Return the ledger of a small company, as it is imported."""
    with TemporaryDirectory() as made:
        folder = Path(made, "ledger")
        generate(SampleCompany(20, 500, 11, FIRST, LAST), folder)
        return read_ledger(folder, currency("CNY"))


def facts_added_up(house: House, customer_ids: Iterable[str]) -> dict[str, int]:
    """Return what each fact comes to over all customers, in minor units."""
    sums = dict.fromkeys((*COUNTED, "past_due_balance"), 0)
    with house.database.reading() as session:
        for customer_id in customer_ids:
            knowledge = Knowledge(TODAY, includes_day=True)
            question = FactsAsked(customer_id, knowledge, names=tuple(sums), entries=0)
            for fact in facts_of_customer(house, session, question, act(TODAY)).facts:
                sums[fact.name] += int(Decimal(str(fact.value)) * 100)
    return sums


def counted(house: House) -> tuple[Figures, tuple[CountedCustomer, ...]]:
    """Return the figures after a count, and the customers they are of."""
    refresh(house, lambda: at(TODAY))
    with house.database.reading() as session:
        found = figures(house, session, person("vic", Role.VIEWER), at(TODAY))
        customers = PortfolioStore(session).page(CustomersWanted())
    assert found is not None
    return found, customers


def test_every_amount_is_what_the_facts_of_all_customers_add_up_to(bare: House) -> None:
    """With reviews of some, whose days of grace differ, and with orders asked about here."""
    store(bare.database, company())
    enforce(bare, POLICY)
    names = sorted(company().ledger.histories)
    for number, name in enumerate(names[:6]):
        answered(bare, asked(name, None), day=TODAY, hour=8)
        answered(bare, asked(name, "1000", f"asked-{number}"), person("shop", Role.SYSTEM), TODAY, 9)
    found, customers = counted(bare)
    expected = facts_added_up(bare, names)
    assert all(expected[fact] for fact in ("open_balance", "open_orders"))
    assert expected["overdue_balance"] not in {0, expected["past_due_balance"] - expected["disputed_balance"]}
    assert {"A", None} <= {one.grade for one in found.grades}
    assert {fact: expected[fact] for fact in COUNTED} == {
        fact: getattr(found, name).amount for fact, name in COUNTED.items()
    }
    assert expected["past_due_balance"] == found.past_due == sum(bucket.amount for bucket in found.ageing[1:])
    assert len(names) == found.customers == len(customers) == sum(grade.customers for grade in found.grades)
    assert () == found.not_counted
