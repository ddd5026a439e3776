"""The first days after cutover: orders of customers whose standing only the file of the system before tells."""

import datetime as dt
from dataclasses import replace

import pytest

from policy_service.domain.outcomes import Outcome
from policy_service.language.load import load_policy
from policy_service.services.decisions.deciding import Given
from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from tests.services.decisions.live import answered, asked, codes, enforce, replayed
from tests.services.house import ledger_of
from tests.services.standings_in_force.reviews import begin
from tests.storage.books import Origin, imported

DAY = dt.date(2026, 7, 1)
STANDINGS = """customer_id,from,grade,credit_limit,payment_term_days
GOOD,2026-06-01,B,10000.00,30
LATE,2026-06-01,B,10000.00,30
UNSET,2026-06-01,B,,30
FREE,2026-06-01,A,unlimited,30
"""
#: Those that paid on time for half a year, and one that has not paid since February.
PAYERS = [(name, month) for name in ("GOOD", "FREE", "UNSET") for month in range(1, 7)]
FILES = {
    "customers": "customer_id,since\n" + "".join(f"{name},2024-01-01\n" for name in ("GOOD", "LATE", "UNSET", "FREE")),
    "standings": STANDINGS,
    "invoices": "invoice_id,customer_id,issue_date,due_date,amount\nLATE-1,LATE,2026-01-05,2026-02-05,9000.00\n"
    + "".join(f"{name}-{month},{name},2026-0{month}-05,2026-0{month}-20,9000.00\n" for name, month in PAYERS),
    "payments": "payment_id,date,amount,invoice_id\n"
    + "".join(f"P-{name}-{month},2026-0{month}-19,9000.00,{name}-{month}\n" for name, month in PAYERS),
}


@pytest.fixture(params=["d365_like", "distributor_cn", "eu_insured", "manufacturer_cn", "sme_simple"])
def cut_over(request: pytest.FixtureRequest, bare: House) -> House:
    """Give a house that has just taken over a ledger with its standings, under a policy that ships."""
    policy = load_policy(bare.settings.rules_dir / request.param)
    bare.settings = replace(bare.settings, default_policy=policy.id)
    with bare.database.writing() as session:
        LedgerStore(session).store(imported(ledger_of(FILES, policy.currency.code)), Origin(bare.new_id(), 1))
    enforce(bare, policy)
    return bare


def ordered(house: House, customer: str, amount: str) -> Given:
    """Return the decision upon an order, which nobody reviewed the customer for."""
    found = answered(house, asked(customer, amount, f"{customer}-{amount}"), day=DAY)
    assert found.first_review is None
    return found.given


def test_a_customer_may_go_on_buying_what_it_could_buy_yesterday_and_no_more(cut_over: House) -> None:
    """Within the limit on record an order goes ahead, above it or long past due it is held; nobody reviews first."""
    found = {
        (customer, amount): ordered(cut_over, customer, amount)
        for customer, amount in (("GOOD", "2000"), ("GOOD", "20000"), ("LATE", "2000"), ("FREE", "20000"))
    }
    assert {key: (given.decision.chain.outcome, codes(given)[:1]) for key, given in found.items()} == {
        ("GOOD", "2000"): (Outcome.APPROVE, []),
        ("GOOD", "20000"): (Outcome.HOLD, ["OVER_LIMIT"]),
        ("LATE", "2000"): (Outcome.HOLD, ["PAST_DUE"]),
        ("FREE", "20000"): (Outcome.APPROVE, []),
    }
    assert all(replayed(cut_over, given, day=DAY).is_identical for given in found.values())


def test_a_stop_holds_an_order_within_the_limit_on_record(cut_over: House) -> None:
    """What a ladder lays over the standing counts as over any other."""
    begin(cut_over, "L3", {"stop_credit": "true"}, "GOOD", DAY)
    assert ["CREDIT_STOPPED"] == codes(ordered(cut_over, "GOOD", "2000"))


def test_an_order_waits_for_a_person_where_the_file_sets_no_limit(cut_over: House) -> None:
    """An empty limit is none set: what may be owed nobody has said."""
    (reason,) = ordered(cut_over, "UNSET", "2000").decision.chain.reasons
    assert ("missing_fact", True) == (reason.code, "credit_limit" in reason.facts)
