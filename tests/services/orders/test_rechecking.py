"""Held orders are decided again in the order of their arrival; what the rules let through is released."""

import json

import pytest
from sqlalchemy import select

from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.services.background_jobs import work_one
from policy_service.services.given_overrides import give
from policy_service.services.orders.rechecking import RecheckReport, recheck_held
from policy_service.services.orders.waking import RECHECK_ORDERS, wake
from policy_service.services.override_limits import Wanted
from policy_service.storage.job_store import JobStore
from policy_service.storage.models.jobs import Job
from tests.services.decisions.live import enforce
from tests.services.house import FACTS, house_policy
from tests.services.orders.shop import ORDER_CHECK, Shop, actor

PAID = "P1,2025-01-19,1000.00,I1"


def recheck_all(shop: Shop, *customers: str) -> RecheckReport:
    return recheck_held(shop.house, customers or None, "payment", shop.act("clock"))


def test_a_payment_releases_what_it_makes_room_for(shop: Shop) -> None:
    shop.ask("O1", "4500")
    assert "held" == shop.recheck("O1").state
    shop.post(payments=PAID)
    now = shop.recheck("O1")
    assert ("released", "released_by_recheck", "", 450_000) == (now.state, now.order.cause, *_release(shop, "O1"))
    last = shop.steps("O1")[-1]
    assert ("payment", "clock", now.order.decision_id) == (last.reason, last.person, last.decision_id)
    assert (3, ["decision", "released_by_recheck"]) == (shop.decisions("O1"), shop.causes("O1"))


def _release(shop: Shop, order_id: str) -> tuple[str, int | None]:
    order = shop.order(order_id)
    return order.released_by, order.released_amount


def test_each_order_sees_what_was_released_before_it(shop: Shop) -> None:
    for order_id, amount in (("O3", "4500"), ("O1", "4400"), ("O2", "4600")):
        shop.ask(order_id, amount)
    shop.post(payments=PAID)
    assert RecheckReport(released=("O3",), still_held=("O1", "O2")) == recheck_all(shop)
    shop.cancel("O3")
    assert RecheckReport(released=("O1",), still_held=("O2",)) == recheck_all(shop)


def test_doing_it_twice_does_no_more_than_once(shop: Shop) -> None:
    shop.ask("O1", "4500")
    shop.post(payments=PAID)
    recheck_all(shop)
    before = shop.order("O1")
    assert RecheckReport() == recheck_all(shop)
    assert (before, before) == (shop.recheck("O1").order, shop.order("O1"))


def test_a_released_order_is_not_held_again(shop: Shop) -> None:
    shop.ask("O1", "6000")
    shop.release("O1")
    assert RecheckReport() == recheck_all(shop)
    now = shop.decide_again("O1")
    assert ("released", "hold", True) == (now.state, now.order.outcome, now.is_told_otherwise)


def test_what_the_rules_now_decline_stays_held_and_is_not_released(shop: Shop) -> None:
    shop.ask("O1", "4500")
    enforce(shop.house, house_policy({"order_check": ORDER_CHECK.replace("90000", "4000")}), since=shop.act().at)
    assert ("held", "decline") == (shop.recheck("O1").state, shop.order("O1").outcome)
    with pytest.raises(RequestError, match="R434"):
        shop.release("O1")


def test_an_order_that_cannot_be_decided_stays_held_and_the_others_go_on(shop: Shop) -> None:
    shop.ask("O1", "4500")
    shop.ask("O2", "100", customer="C3", channel="phone")
    needs_more = FACTS.replace(
        "deadline: {source: request, type: date}", "deadline: {source: request, type: date, required: true}"
    )
    more = ORDER_CHECK.replace("channel: phone", 'deadline: "> 2025-01-01"')
    enforce(shop.house, house_policy({"facts": needs_more, "order_check": more}), since=shop.act().at)
    shop.post(payments=PAID)
    assert RecheckReport(failed=(("O1", "R409"), ("O2", "R409"))) == recheck_all(shop)
    assert ("held", "held") == (shop.order("O1").state, shop.order("O2").state)


def test_facts_that_the_policy_no_longer_reads_are_left_out(shop: Shop) -> None:
    shop.ask("O1", "100", channel="phone")
    without = ORDER_CHECK.replace("channel: phone", "industry: steel").replace("channel: web", "industry: coal")
    facts = FACTS.replace("channel: {source: request, type: category, values: [web, phone]}", "")
    enforce(shop.house, house_policy({"facts": facts, "order_check": without}), since=shop.act().at)
    assert RecheckReport(released=("O1",)) == recheck_all(shop)


def test_an_order_that_the_ledger_has_an_invoice_of_is_marked(shop: Shop) -> None:
    shop.ask("O1", "2000")
    shop.ask("O2", "4500")
    shop.post(invoices="I8,C1,2025-01-20,2025-02-20,2000.00,O1,2025-01-20\nI9,C1,2025-01-20,2025-02-20,4500.00,O2,")
    assert RecheckReport(booked=("O1", "O2")) == recheck_all(shop, "C1")
    assert ("invoiced", "booked") == (shop.order("O2").state, shop.order("O2").cause)


def test_whoever_wakes_orders_stores_a_job_for_those_that_wait(shop: Shop) -> None:
    shop.ask("O1", "4500")
    assert [] == _woken(shop, "C3", "C9")
    assert [{"cause": "limit", "customers": ["C1"], "corrected": []}] == _woken(shop, "C2")
    shop.cancel("O1")
    assert [] == _woken(shop, "C1")


def _woken(shop: Shop, *customers: str) -> list[object]:
    act = shop.act()
    shop.within(lambda session: wake(shop.house, session, customers, "limit", act))
    with shop.house.database.reading() as session:
        written = session.scalars(select(Job.arguments).where(Job.created_at == act.at))
        return list(map(json.loads, written))


def test_the_job_releases_and_reports(shop: Shop) -> None:
    shop.ask("O1", "4500")
    shop.post(payments=PAID)
    act = shop.act("books")
    shop.within(lambda session: wake(shop.house, session, ["C1"], "payment", act))
    assert work_one(shop.house, [RECHECK_ORDERS], "worker", lambda: shop.act().at)
    with shop.house.database.reading() as session:
        (job,) = JobStore(session).page(10)
    assert ("done", 1, 1) == (job.state, job.progress_done, job.progress_total)
    assert {"released": ["O1"], "still_held": [], "booked": [], "doubted": [], "failed": []} == job.result
    assert ("released", "books") == (shop.order("O1").state, shop.steps("O1")[-1].person)


def test_deciding_again_now_releases_a_held_order_and_refuses_one_at_its_end(shop: Shop) -> None:
    shop.ask("O1", "4500")
    assert "held" == shop.decide_again("O1").state
    shop.post(payments=PAID)
    assert ("released", "asked") == (shop.decide_again("O1").state, shop.steps("O1")[-1].reason)
    shop.ask("O2", "90001")
    with pytest.raises(RequestError, match="R432"):
        shop.decide_again("O2")


def test_an_override_of_the_outcome_lets_the_order_go(shop: Shop) -> None:
    shop.ask("O1", "9000")
    word = Wanted("C1", DecisionType.ORDER, {"outcome": "approve"}, "Last of a project", shop.day, "O1")
    shop.within(lambda session: give(shop.house, session, word, actor("mia"), shop.act("mia")))
    assert work_one(shop.house, [RECHECK_ORDERS], "worker", lambda: shop.act().at)
    assert ("released", "approve") == (shop.order("O1").state, shop.order("O1").outcome)
    assert "override" == json.loads(shop.order("O1").reasons)[0]["code"]
