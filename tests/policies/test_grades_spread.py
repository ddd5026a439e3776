"""The shipped policies tell customers apart, also where a history holds nothing but invoices and payments."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from policy_service.domain.currencies import currency
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import Kind
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.mapping import load_mapping
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.decide import CustomerDecisions, Decider, Question

ROOT = Path(__file__).parents[2]
HISTORIES = ROOT.parent / "shared" / "data"
NAMES = ("d365_like", "distributor_cn", "eu_insured", "manufacturer_cn", "sme_simple")

needs_histories = pytest.mark.skipif(not HISTORIES.is_dir(), reason="the real histories are not beside the project")


@cache
def policy(name: str) -> Policy:
    return load_policy(ROOT / "rules" / name)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "ledger"
    generate(SampleCompany(customers=120, invoices=6_000, seed=1), folder)
    return folder


def real_history(mapping: str, code: str) -> Ledger:
    written = load_mapping(ROOT / "rules" / "mappings" / f"{mapping}.yaml")
    return read_ledger(HISTORIES, currency(code), written).ledger


@cache
def decided_on_sample(name: str, folder: Path) -> tuple[CustomerDecisions, ...]:
    return decided(name, read_ledger(folder, policy(name).currency).ledger, date(2026, 1, 1))


def decided(name: str, ledger: Ledger, day: date) -> tuple[CustomerDecisions, ...]:
    """Decide every customer as of that day, asking about an order like its last invoice."""
    decider = Decider(policy(name), ledger)
    try:
        return tuple(decider.decide(_question(customer, ledger, day)) for customer in ledger.histories)
    finally:
        decider.close()


def _question(customer: str, ledger: Ledger, day: date) -> Question:
    before = [invoice.amount for invoice in ledger.histories[customer].invoices if invoice.issue_date < day]
    amount = before[-1] if before else 100_000
    return Question(customer, day, {"order_amount": f"{amount // 100}.{amount % 100:02}"})


def assert_spread(decisions: Sequence[CustomerDecisions]) -> None:
    grades = Counter(each.codes.text(each.standing.values["grade"], Kind.CATEGORY) for each in decisions)
    assert len(grades) >= 3
    assert max(grades.values()) <= 0.7 * len(decisions)


@pytest.mark.parametrize("name", NAMES)
def test_grades_spread_on_the_sample_company(name: str, sample: Path) -> None:
    decisions = decided_on_sample(name, sample)
    assert_spread(decisions)
    assert any(each.cases for each in decisions)


@pytest.mark.parametrize("name", sorted({*NAMES} - {"sme_simple"}))
def test_some_orders_of_the_sample_company_go_ahead_and_some_are_held(name: str, sample: Path) -> None:
    """All but the policy for small firms, whose limits are smaller than this company's orders."""
    outcomes = Counter(each.order.chain.outcome for each in decided_on_sample(name, sample) if each.order)
    assert outcomes[Outcome.APPROVE] >= 0.1 * outcomes.total()
    assert 0 < outcomes[Outcome.HOLD] <= 0.7 * outcomes.total()


@needs_histories
@pytest.mark.parametrize("name", NAMES)
def test_grades_spread_on_the_small_real_history(name: str) -> None:
    ledger = real_history("ibm_accounts_receivable", policy(name).currency.code)
    assert_spread(decided(name, ledger, date(2013, 7, 1)))


@needs_histories
@pytest.mark.long
@pytest.mark.parametrize("name", ["d365_like", "sme_simple"])
def test_grades_spread_on_the_large_real_history(name: str) -> None:
    assert_spread(decided(name, real_history("highradius", "USD"), date(2020, 1, 1)))
