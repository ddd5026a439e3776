"""A review that a person runs lets their own waiting order go only with another person's word on the rise."""

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.standings_in_force.applying import StandingNow
from policy_service.services.standings_in_force.approving import approve, reject
from tests.services.decisions.live import enforce
from tests.services.house import RULE_SETS, house_policy
from tests.services.orders.shop import ORDER_CHECK, Shop, actor

#: Of C1, whose limit is 5000, an analyst may let a review make 9000.
RAISING = RULE_SETS["standing"].replace("credit_limit: 5000", "credit_limit: 9000, approval_role: analyst")


@pytest.fixture
def waiting(shop: Shop) -> Shop:
    """Give a shop in which an order of ann's waits that the next review would let go."""
    enforce(shop.house, house_policy({"order_check": ORDER_CHECK, "standing": RAISING}), shop.act().at)
    assert shop.ask("O1", "6000", person="ann").state == "held"
    return shop


def reviewed(shop: Shop, person: str) -> StandingNow:
    """Have somebody review C1."""
    asked = Asked(DecisionType.REVIEW, "C1")
    found = shop.within(lambda session: answer(shop.house, session, asked, actor(person), shop.act(person)))
    assert found.standing
    return found.standing


def test_whose_own_order_waits_raises_no_limit_alone(waiting: Shop) -> None:
    assert reviewed(waiting, "ann").proposed
    assert waiting.recheck("O1").state == "held"


def test_anybody_else_does(waiting: Shop) -> None:
    assert reviewed(waiting, "ben").proposed is None
    assert waiting.recheck("O1").state == "released"


def test_nor_does_anybody_approve_what_lets_their_own_order_go(waiting: Shop) -> None:
    waiting.ask("O2", "6000", person="ben")
    proposed = reviewed(waiting, "ben").proposed
    assert proposed
    house, said = waiting.house, (proposed.standing_id, "Seen")
    with pytest.raises(AccessError, match=r"ann asked for order O1 .* cannot approve what may let it go.*A432"):
        waiting.within(lambda session: approve(house, session, *said, actor("ann"), waiting.act("ann")))
    approved = waiting.within(lambda session: approve(house, session, *said, actor("mia"), waiting.act("mia")))
    assert approved.state == "in_force"


def test_but_anybody_rejects_it(waiting: Shop) -> None:
    waiting.ask("O2", "6000", person="ben")
    proposed = reviewed(waiting, "ben").proposed
    assert proposed
    said = (proposed.standing_id, "Not now")
    rejected = waiting.within(lambda session: reject(waiting.house, session, *said, actor("ann"), waiting.act("ann")))
    assert rejected.state == "rejected"
