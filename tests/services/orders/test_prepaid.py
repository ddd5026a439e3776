"""What of an order is wanted before delivery follows what counts now; nobody turns it into open account unseen."""

import datetime as dt

import pytest

from policy_service.domain.errors import AccessError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role, permissions_of
from policy_service.services.actor import Actor
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.given_overrides import confirm, end, give
from policy_service.services.orders.queue import order_file
from policy_service.services.override_limits import Wanted
from policy_service.storage.override_store import StoredOverride
from tests.services.orders.shop import TODAY, Shop, actor


def say(shop: Shop, person: str = "mia", share: str = "100", customer: str = "C1") -> StoredOverride:
    """Have somebody say which share of all orders is to be prepaid."""
    outputs = {"prepay_percent": share}
    wanted = Wanted(customer, DecisionType.REVIEW, outputs, "Pays in advance", TODAY + dt.timedelta(days=9))
    return shop.within(lambda session: give(shop.house, session, wanted, who(person), shop.act(person)))


def unsay(shop: Shop, override: StoredOverride) -> None:
    """Have the giver end it again."""
    by = override.person
    shop.within(lambda session: end(shop.house, session, override.override_id, "Not any more", who(by), shop.act(by)))


def who(person: str) -> Actor:
    """Return somebody with their role."""
    roles = {"ann": Role.ANALYST, "ben": Role.ANALYST, "mia": Role.CREDIT_MANAGER}
    held = frozenset({roles[person]})
    return Actor(person, f"user-{person}", held, permissions_of(held))


def reviewed(shop: Shop) -> None:
    """Have C1 reviewed: the policy demands no prepayment of it."""
    asked = Asked(DecisionType.REVIEW, "C1")
    shop.within(lambda session: answer(shop.house, session, asked, actor("fay"), shop.act("fay")))


def test_of_a_prepay_is_wanted_what_the_standing_says_be_it_nothing_as_in_a_replay(shop: Shop) -> None:
    reviewed(shop)
    order = shop.ask("O1", "400", channel="web").order
    assert (order.outcome, order.prepaid) == ("prepay", 0)


def test_a_standings_file_says_nothing_of_prepayment_so_a_prepay_is_prepaid_in_full(shop: Shop) -> None:
    assert shop.ask("O1", "400", channel="web").order.prepaid == 40_000


def test_whoever_says_prepay_and_no_share_wants_all_of_it(shop: Shop) -> None:
    reviewed(shop)
    shop.ask("O1", "80000", channel="phone")
    wanted = Wanted("C1", DecisionType.ORDER, {"outcome": "prepay"}, "Pays first", TODAY + dt.timedelta(days=9), "O1")
    shop.within(lambda session: give(shop.house, session, wanted, who("mia"), shop.act("mia")))
    assert shop.recheck("O1").order.prepaid == 8_000_000


@pytest.fixture
def held(shop: Shop) -> StoredOverride:
    """Hold a large order of which all is wanted in advance; only a person lets it go."""
    override = say(shop, "ann")
    assert override.state == "in_force"
    shop.ask("O1", "80000", channel="phone")
    assert (shop.order("O1").state, shop.order("O1").prepaid) == ("held", 8_000_000)
    return override


def test_full_prepayment_is_no_strictest_value(shop: Shop) -> None:
    """It may pass a stop and a limit: so who waits for an order of their own does not say it alone."""
    shop.ask("O1", "9000", person="ann")
    assert say(shop, "ann").state == "proposed"


def test_less_than_all_still_takes_two(shop: Shop) -> None:
    assert say(shop, share="50").state == "proposed"


@pytest.mark.parametrize("again", ["ask", "decide", "recheck"])
def test_a_held_order_is_prepaid_as_its_latest_decision_says(shop: Shop, held: StoredOverride, again: str) -> None:
    unsay(shop, held)
    doing = {
        "ask": lambda: shop.ask("O1", "80000", channel="phone"),
        "decide": lambda: shop.decide_again("O1"),
        "recheck": lambda: shop.recheck("O1"),
    }
    assert doing[again]().order.prepaid == 0


def test_a_release_counts_no_prepayment_that_nobody_wants_any_more(shop: Shop) -> None:
    shop.post(invoices="I9,C1,2025-01-01,2025-02-01,150000.00,,")
    override = say(shop, "mia")
    confirm_by_two(shop, override)
    shop.ask("O1", "80000", channel="phone")
    assert shop.order("O1").prepaid == 8_000_000
    unsay(shop, override)
    file = shop.within(lambda session: order_file(shop.house, session, "O1", shop.act()))
    assert file.exposure_if_released == 23_100_000
    with pytest.raises(AccessError, match=r"231000\.00 CNY, more than ann answers for.*A431"):
        shop.release("O1", "ann")
    assert shop.release("O1", "mia").order.prepaid == 0


def confirm_by_two(shop: Shop, override: StoredOverride) -> None:
    """Confirm what waits."""
    if override.state == "proposed":
        held = frozenset({Role.FINANCE_HEAD})
        fay = Actor("fay", "user-fay", held, permissions_of(held))
        shop.within(lambda session: confirm(shop.house, session, override.override_id, fay, shop.act("fay")))


def test_a_release_that_is_wanted_in_advance_is_no_exposure(shop: Shop, held: StoredOverride) -> None:
    released = shop.release("O1", "ben").order
    assert (released.state, released.prepaid) == ("released", 8_000_000)


@pytest.mark.parametrize("new_id", ["", "O2"])
def test_a_released_order_of_which_less_is_prepaid_is_decided_anew(
    shop: Shop, held: StoredOverride, new_id: str
) -> None:
    shop.release("O1", "ben")
    assert shop.amend("O1", "79999", new_id, channel="phone").state == "released"
    unsay(shop, held)
    amended = shop.amend(new_id or "O1", "79998", channel="phone")
    assert (amended.state, amended.order.prepaid) == ("held", 0)


def test_what_is_said_to_be_invoiced_without_release_counts_as_things_are(shop: Shop, held: StoredOverride) -> None:
    unsay(shop, held)
    assert shop.invoice("O1").order.prepaid == 0


def test_what_an_order_was_let_go_against_stays_wanted_until_it_is_asked_again(shop: Shop) -> None:
    override = say(shop, "ann")
    assert shop.ask("O1", "400").order.prepaid == 40_000
    unsay(shop, override)
    assert shop.decide_again("O1").order.prepaid == 40_000
    assert shop.ask("O1", "400").order.prepaid == 0
    assert shop.steps("O1")[-1].prepaid == 0
