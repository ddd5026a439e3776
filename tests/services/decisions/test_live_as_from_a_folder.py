"""What is decided live upon a ledger in the database is what `policy decide` says of the same folder on that day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.chain_decision import Decision
from policy_service.services.decide import CustomerDecisions, Decider, Question
from policy_service.services.decisions.deciding import Asked, Given
from policy_service.services.house import House
from policy_service.services.ladder_cases import effects_in_force
from policy_service.services.ledger_in.importing import import_folder
from tests.services.decisions.live import answered, enforce, person

RULES = Path(__file__).parents[3] / "rules"
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2025, 12, 31)
DAY = LAST - dt.timedelta(days=40)
CUSTOMERS = [f"C{number:09}" for number in range(1, 13)]
AMOUNT = {"order_amount": "20000"}
MANAGER = person("fay", Role.FINANCE_HEAD)
#: What a record says of the way on which it was asked for: not of the customer, the facts or the answer.
OF_THE_WAY = {"known_until", "ledger_head", "order_id", "request", "currency", "standing"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the ledger of a small generated company."""
    made = tmp_path_factory.mktemp("company") / "ledger"
    generate(SampleCompany(20, 900, 11, FIRST, LAST), made)
    return made


@pytest.fixture(params=["manufacturer_cn", "distributor_cn", "eu_insured"])
def decider(request: pytest.FixtureRequest, folder: Path) -> Iterator[Decider]:
    """Give what `policy decide` decides with, under a policy that ships."""
    policy = load_policy(RULES / request.param)
    made = Decider(policy, read_ledger(folder, policy.currency).ledger)
    yield made
    made.close()


@pytest.fixture
def keeps(bare: House, decider: Decider, folder: Path) -> House:
    """Give a house with the same ledger in its database, under the same policy."""
    bare.settings = replace(bare.settings, default_policy=decider.policy.id)
    enforce(bare, decider.policy)
    import_folder(bare, folder, Act("books", 1))
    return bare


def live(house: House, kind: DecisionType, customer: str) -> Given:
    """Return a live decision, that counts."""
    is_order = kind is DecisionType.ORDER
    asked = Asked(kind, customer, AMOUNT if is_order else {}, f"O-{customer}" if is_order else "")
    return answered(house, asked, MANAGER, DAY).given


def answer_of(decision: Decision) -> bytes:
    """Return all bytes of a record that are the same on either way."""
    said = {name: value for name, value in decision.result.items() if name not in OF_THE_WAY}
    policy = said["policy"]
    assert isinstance(policy, dict)
    return canonical_bytes({**said, "policy": {name: policy[name] for name in ("id", "hash")}})


def has_effects(decider: Decider, decisions: CustomerDecisions) -> bool:
    """Return whether the ladder would have changed something: live it does so level by level, on its mornings."""
    escalation = decisions.escalation
    return any(effects_in_force(decider.policy, escalation.chain, escalation.values))


def test_reviews_escalations_and_orders_have_the_same_facts_and_the_same_answer(keeps: House, decider: Decider) -> None:
    orders = 0
    for customer in CUSTOMERS:
        from_folder = decider.decide(Question(customer, DAY, AMOUNT, includes_day=True))
        assert from_folder.order
        review = live(keeps, DecisionType.REVIEW, customer)
        assert answer_of(review.decision) == answer_of(from_folder.review)
        escalation = live(keeps, DecisionType.ESCALATION, customer)
        assert answer_of(escalation.decision) == answer_of(from_folder.escalation)
        if has_effects(decider, from_folder):
            continue
        orders += 1
        assert answer_of(live(keeps, DecisionType.ORDER, customer).decision) == answer_of(from_folder.order)
    assert orders >= 3
