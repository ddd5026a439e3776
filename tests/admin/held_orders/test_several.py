"""Several held orders at once: each by the same service as one, and each with its own answer."""

from collections.abc import Callable

import pytest

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.storage.order_store import OrderStore
from tests.admin.browser import Browser
from tests.services.decisions.live import answered, asked, person

QUEUE = "/held-orders/"


@pytest.fixture
def held(house: House) -> None:
    """Hold two orders of two customers; what the larger leads to is beyond a credit manager."""
    for number, (customer, amount) in enumerate((("C1", "100000"), ("C2", "9000000")), 1):
        order = answered(
            house, asked(customer=customer, order=amount, order_id=f"O{number}"), person("sam", Role.SALES)
        )
        assert order.order is not None
        assert "held" == order.order.order.state


def state(house: House, order_id: str) -> tuple[str, str]:
    """Return where an order stands, and to whom it is referred."""
    with house.database.reading() as session:
        order = OrderStore(session).load(order_id)
        return order.state, order.referred_to


def sent(browser: Browser, do: str, *chosen: str, **more: str) -> str:
    """Send the form of the queue, and return the words of the page that answers."""
    form = {"chosen": list(chosen), "do": do, "reason": "Paid today", **more}
    return " ".join(browser.send(QUEUE, f"{QUEUE}several", form, status=200).text.split())


@pytest.mark.usefixtures("held")
def test_what_is_within_the_authority_is_released_and_the_rest_refused_with_its_reason(
    manager: Browser, house: House
) -> None:
    page = sent(manager, "release", "1 O1", "1 O2")
    assert "1 done, 1 refused." in page
    assert "more than mia answers for" in page
    assert [("released", ""), ("held", "")] == [state(house, "O1"), state(house, "O2")]


@pytest.mark.usefixtures("held")
def test_what_is_beyond_the_authority_is_referred_to_the_lowest_role_that_may(manager: Browser, house: House) -> None:
    assert "2 done, 0 refused." in sent(manager, "release_or_refer", "1 O1", "1 O2")
    assert [("released", ""), ("held", "finance_head")] == [state(house, "O1"), state(house, "O2")]


@pytest.mark.usefixtures("held")
def test_an_order_that_somebody_changed_meanwhile_is_left_as_it_is(manager: Browser, house: House) -> None:
    page = sent(manager, "refer", "9 O1", "1 O2", role="finance_head")
    assert "Somebody else changed" in page
    assert [("held", ""), ("held", "finance_head")] == [state(house, "O1"), state(house, "O2")]


@pytest.mark.usefixtures("held")
def test_nobody_releases_several_who_may_not_release_one(browser_of: Callable[..., Browser], house: House) -> None:
    viewer = browser_of("vic", Role.VIEWER)
    assert 'name="chosen"' not in viewer.open(QUEUE)
    assert "0 done, 1 refused." in sent(viewer, "release", "1 O1")
    assert ("held", "") == state(house, "O1")


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("form", [{}, {"chosen": "O1"}, {"chosen": "1 O1", "reason": ""}, {"do": "refer", "role": "x"}])
def test_a_form_that_names_too_little_does_nothing(manager: Browser, house: House, form: dict[str, str]) -> None:
    told = manager.told(QUEUE, f"{QUEUE}several", {"do": "release", "reason": "Paid today", **form})
    assert "O1 C1" in told
    assert ("held", "") == state(house, "O1")


@pytest.mark.usefixtures("held")
def test_a_page_of_its_own_says_what_payment_would_release_an_order(manager: Browser) -> None:
    assert "Payment that would release order O1" in manager.words("/held-orders/order/O1/payment")
    assert 'data-payment="/held-orders/order/O1/payment"' in manager.open(QUEUE)
