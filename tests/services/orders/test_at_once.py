"""Several at once: one release wins, and no two orders use the same room under the limit."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread

from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.services.orders.moving import OrderNow
from policy_service.storage.errors import Conflict
from tests.services.orders.shop import Shop
from tests.storage.books import run


def at_once(doings: Sequence[Callable[[], OrderNow]]) -> list[OrderNow | PolicyServiceError]:
    """Do them all at the same time, and return what came of each."""
    barrier = Barrier(len(doings))
    came: list[OrderNow | PolicyServiceError] = []

    def one(do: Callable[[], OrderNow]) -> None:
        barrier.wait()
        try:
            came.append(do())
        except PolicyServiceError as error:
            came.append(error)

    run([Thread(target=one, args=(do,)) for do in doings])
    return came


def test_of_two_who_release_at_once_one_wins_and_one_is_told(shop: Shop) -> None:
    shop.ask("O1", "5000")
    came = at_once([lambda: shop.release("O1", "ann"), lambda: shop.release("O1", "ben")])
    (lost,) = [one for one in came if isinstance(one, PolicyServiceError)]
    assert (RequestError, "R432") == (type(lost), lost.code)
    assert ["decision", "released_by_person"] == shop.causes("O1")


def test_orders_at_once_do_not_share_the_room_under_the_limit(shop: Shop) -> None:
    """There is room for 4000: of six orders of 1500 two fit."""
    ids = [f"O{number}" for number in range(6)]
    at_once([lambda order_id=order_id: shop.ask(order_id, "1500") for order_id in ids])  # type: ignore[misc]
    states = [shop.order(order_id).state for order_id in ids]
    assert (2, 4) == (states.count("open"), states.count("held"))


def test_one_order_asked_about_twice_at_once_is_one_order(shop: Shop) -> None:
    came = at_once([lambda: shop.ask("O1", "3000"), lambda: shop.ask("O1", "3000")])
    assert ["open", "open"] == [one.state for one in came if isinstance(one, OrderNow)]
    assert (2, ["decision"]) == (shop.decisions("O1"), shop.causes("O1"))


def test_one_id_for_orders_of_two_customers_at_once_is_taken_by_one(shop: Shop) -> None:
    came = at_once([lambda: shop.ask("O1", "100"), lambda: shop.ask("O1", "100", customer="C3")])
    (lost,) = [one for one in came if isinstance(one, PolicyServiceError)]
    assert isinstance(lost, Conflict) or lost.code == "R430"
    assert ["decision"] == shop.causes("O1")


def test_a_recheck_and_a_release_at_once_make_one_step(shop: Shop) -> None:
    shop.ask("O1", "4500")
    shop.post(payments="P1,2025-01-19,1000.00,I1")
    at_once([lambda: shop.recheck("O1"), lambda: shop.release("O1"), lambda: shop.recheck("O1")])
    assert ("released", 2) == (shop.order("O1").state, len(shop.steps("O1")))
