"""Once the policy was retired and none follows, nothing is decided and nothing breaks: what is held stays held."""

import datetime as dt

import pytest

from policy_service.domain.errors import RequestError
from policy_service.services.daily_run.run import run_day
from policy_service.services.orders.queue import order_file
from policy_service.services.orders.rechecking import RecheckReport, recheck_held
from policy_service.storage.morning_store import MorningStore
from policy_service.storage.policy_period_store import PolicyPeriodStore
from tests.services.decisions.live import at, enforce
from tests.services.orders.shop import POLICY, TODAY, Shop

TOMORROW, LATER = TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=3)


def retired(shop: Shop) -> None:
    """End the policy now."""
    act = shop.act("mia")
    with shop.house.database.writing() as session:
        store = PolicyPeriodStore(session)
        store.end(store.version("house", 1), act.at, "retirement", act)
        store.lay_out("house")


def test_an_order_is_refused_with_what_was_found_and_what_to_do(shop: Shop) -> None:
    shop.ask("O1", "5000")
    retired(shop)
    with pytest.raises(RequestError) as refused:
        shop.ask("O2")
    said = str(refused.value)
    assert all(part in said for part in ("the policy house", "version 1 ended at 2025-01-2", "roll back", "[R421]"))


def test_held_orders_stay_and_can_be_looked_at_cancelled_and_invoiced(shop: Shop) -> None:
    for order_id in ("O1", "O2", "O3"):
        shop.ask(order_id, "5000")
    retired(shop)
    with shop.house.database.reading() as session:
        file = order_file(shop.house, session, "O1", shop.act())
    assert ("held", None, ()) == (file.order.state, file.exposure_if_released, file.may_release)
    for refused in (shop.release, shop.decide_again):
        with pytest.raises(RequestError, match="R421"):
            refused("O1")
    assert ("cancelled", "invoiced") == (shop.cancel("O2").state, shop.invoice("O3").state)
    assert "held" == shop.order("O1").state


def test_deciding_held_orders_again_reports_each_and_goes_on(shop: Shop) -> None:
    for order_id in ("O1", "O2"):
        shop.ask(order_id, "5000")
    retired(shop)
    report = recheck_held(shop.house, None, "payment", shop.act("clock"))
    assert RecheckReport(failed=(("O1", "R421"), ("O2", "R421"))) == report
    assert ("held", "held") == (shop.order("O1").state, shop.order("O2").state)


def test_a_day_is_refused_while_no_policy_is_in_force_and_left_out_once_one_is(shop: Shop) -> None:
    run_day(shop.house, TODAY, shop.act("mia"))
    retired(shop)
    shop.day = TOMORROW
    with pytest.raises(RequestError, match="R421"):
        run_day(shop.house, TOMORROW, shop.act("mia"))
    enforce(shop.house, POLICY, since=at(TOMORROW + dt.timedelta(days=1), 8))
    shop.day = LATER
    run_day(shop.house, LATER, shop.act("mia"))
    run_dates = [day for day in (TODAY, TOMORROW, TOMORROW + dt.timedelta(days=1), LATER) if _was_run(shop, day)]
    assert [TODAY, TOMORROW + dt.timedelta(days=1), LATER] == run_dates


def _was_run(shop: Shop, day: dt.date) -> bool:
    with shop.house.database.reading() as session:
        run = MorningStore(session).run_day(day)
    return run is not None and run.finished_at is not None


def test_a_policy_that_is_retired_while_a_day_is_run_does_not_break_the_day(shop: Shop) -> None:
    """The day goes on under its version; a held order, decided as things are now, is reported and stays."""
    shop.ask("O1", "5000")
    report = run_day(
        shop.house,
        TODAY,
        shop.act("mia"),
        lambda done, _total: None if done else retired(shop),
        lambda: shop.act("clock").at,
    )
    assert (3, ["R421"]) == (report.customers, [fault.code for fault in report.faults])
    assert "held" == shop.order("O1").state
