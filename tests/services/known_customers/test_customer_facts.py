"""Every fact of a customer is shown with its value, its meaning and the entries behind it."""

from collections.abc import Mapping

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.entries import Customer
from policy_service.domain.errors import RequestError
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.services.customer_facts import CustomerFacts, EntryBehind, FactsAsked, ShownFact, facts_of
from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.facts.small_ledgers import credit_note, day, dispute, event, invoice, payment
from tests.services.decisions.live import answered, asked, enforce
from tests.services.house import house_policy, policy_with
from tests.storage.books import ledger_of, store

LEDGER = ledger_of(
    Customer("C1", industry="food", attributes={"net_worth": "250000", "reputation_score": "many"}),
    Customer("C2", parent_id="C1"),
    invoice("I1", "2024-12-01", "2024-12-31", 1000_00),
    invoice("I2", "2025-01-05", "2025-02-05", 300_00),
    invoice("I3", "2024-11-01", "2024-11-30", 70_00, of="C2"),
    payment("P1", "2025-01-02", 400_00, "I1"),
    payment("P2", "2025-01-03", 25_00),
    credit_note("P2", "2025-01-04", 330_00, "I2"),
    dispute("D1", "I2", "2025-01-06"),
    event("E1", "2025-01-07", "contact"),
)
TODAY = day("2025-01-20")


@pytest.fixture
def house(bare: House) -> House:
    """Give a house over this ledger, with the small policy in force."""
    store(bare.database, LEDGER, at=10)
    enforce(bare, house_policy())
    return bare


def shown(
    house: House,
    customer: str = "C1",
    *,
    policy: Policy | None = None,
    terms: Mapping[str, StandingTerms] | None = None,
    **more: object,
) -> CustomerFacts:
    """Return the facts as of today."""
    question = FactsAsked(customer, Knowledge(TODAY, includes_day=True), **more)  # type: ignore[arg-type]
    with house.database.reading() as session:
        return facts_of(house, session, question, policy or house_policy(), terms or {})


def fact(found: CustomerFacts, name: str) -> ShownFact:
    """Return the fact of that name."""
    (one,) = (one for one in found.facts if one.name == name)
    return one


def test_a_number_is_told_with_its_meaning_and_its_entries(house: House) -> None:
    balance = fact(shown(house), "open_balance")
    assert ("600.00", "money", "Open invoices", FactSource.BUILT_IN) == (
        balance.value,
        balance.kind,
        balance.title.en,
        balance.source,
    )
    assert (1, (EntryBehind("invoices", "I1", day("2024-12-01"), "600.00"),)) == (balance.entry_count, balance.entries)


def test_each_entry_names_its_table_also_where_two_have_one_id(house: House) -> None:
    """What was credited beyond the invoice and what was paid without one are both cash that applies to nothing."""
    cash = fact(shown(house), "unapplied_cash")
    assert ("55.00", 2) == (cash.value, cash.entry_count)
    assert (
        EntryBehind("adjustments", "P2", day("2025-01-04"), "30.00"),
        EntryBehind("payments", "P2", day("2025-01-03"), "25.00"),
    ) == cash.entries


def test_an_entry_without_an_amount_has_none(house: House) -> None:
    found = shown(house)
    assert (EntryBehind("events", "E1", day("2025-01-07"), None),) == fact(found, "days_since_contact").entries
    assert (EntryBehind("disputes", "D1", day("2025-01-06"), None),) == fact(found, "disputes_12m").entries


def test_only_so_many_entries_are_shown_but_all_are_counted(house: House) -> None:
    orders = fact(shown(house, entries=1), "orders_12m")
    assert (2, 1) == (orders.entry_count, len(orders.entries))


def test_facts_are_those_of_the_files_of_the_policy_and_of_the_customer(house: House) -> None:
    found = shown(house)
    assert {"payments_12m", "net_worth", "exposure", "group.exposure", "segment"} <= {one.name for one in found.facts}
    assert not {"days_past_due", "order_amount", "credit_limit"} & {one.name for one in found.facts}
    assert ("250000.00", "food", None) == tuple(
        fact(found, name).value for name in ("net_worth", "industry", "segment")
    )


def test_a_customer_without_a_group_has_no_facts_of_one(house: House, database: Database) -> None:
    store(database, ledger_of(Customer("C3")), at=20)
    found = shown(house, "C3")
    assert ("C3",) == found.group
    assert not [one.name for one in found.facts if one.name.startswith("group.")]


def test_a_fact_that_cannot_be_measured_says_why_and_the_others_are_told(house: House) -> None:
    found = shown(house)
    reputation = fact(found, "reputation_score")
    assert reputation.value is None
    assert "many" in reputation.fault
    assert "F102" in reputation.fault


def test_what_the_standing_says_counts(house: House) -> None:
    terms = {"C1": StandingTerms(2000_00, 30)}
    found = shown(house, terms=terms, names=("headroom", "overdue_balance", "utilisation"))
    assert {"headroom": "1400.00", "overdue_balance": "0.00", "utilisation": "0.3"} == {
        one.name: one.value for one in found.facts
    }
    assert fact(shown(house), "headroom").value is None


def test_an_order_asked_about_here_is_behind_the_exposure(house: House) -> None:
    answered(house, asked(order="100", order_id="X1"))
    exposure = fact(shown(house), "exposure")
    assert EntryBehind("orders", "X1", TODAY, "100.00") in exposure.entries


def test_what_was_known_earlier_can_be_asked_for(house: House, database: Database) -> None:
    store(database, ledger_of(invoice("I4", "2025-01-08", "2025-02-08", 5_00)), at=20)
    assert ("605.00", 2) == (fact(shown(house), "open_balance").value, shown(house).through)
    before = shown(house, known_before=15)
    assert ("600.00", 1) == (fact(before, "open_balance").value, before.through)


def test_an_unknown_customer_and_a_policy_in_another_currency_are_refused(house: House) -> None:
    with pytest.raises(RequestError) as unknown:
        shown(house, "C9")
    with pytest.raises(RequestError) as other:
        shown(house, policy=policy_with("policy", "CNY", "EUR"))
    assert ("R404", "R405") == (unknown.value.code, other.value.code)


def test_day_currency_and_group_are_told(house: House) -> None:
    found = shown(house)
    assert (TODAY, currency("CNY"), ("C1", "C2")) == (found.day, found.currency, found.group)
