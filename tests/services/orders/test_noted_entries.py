"""An order that waits and goes by what somebody noted alone takes whoever may release it."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from policy_service.domain.outcomes import Outcome
from policy_service.language.policy import Policy
from policy_service.ledger.columns import Table
from policy_service.services.background_jobs import work_one
from policy_service.services.escalation.follow_up import FollowUp
from policy_service.services.ledger_in.pushing import Pushed, push
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.storage.audit_store import AuditStore
from policy_service.storage.case_store import CaseStore
from policy_service.storage.settings_store import SettingsStore
from policy_service.storage.stored_cases import Doing
from tests.api.house import store_person
from tests.services.decisions.live import at, enforce
from tests.services.house import FACTS, house_policy
from tests.services.orders.shop import ORDER_CHECK, ROLES, Shop, actor

OVERDUE = '  - {id: O0, when: {overdue_balance: "> 0"}, then: {outcome: hold}, reason: OVER_LIMIT}\n'
STRICT, DECLINING = (
    house_policy({"order_check": ORDER_CHECK.replace("rows:\n", f"rows:\n{row}")})
    for row in (OVERDUE, OVERDUE.replace("outcome: hold", "outcome: decline"))
)
#: I1 of C1 fell due on 31 January.
LATE = dt.date(2025, 2, 20)


@pytest.fixture
def late(shop: Shop) -> Shop:
    """Give a shop whose policy holds the orders of who is overdue, as C1 is."""
    shop.day = LATE
    enforce(shop.house, STRICT, at(LATE) - 1)
    for person, role in ROLES.items():
        store_person(shop.house, person, role)
    doing = Doing("L1", owner_role="collector")
    shop.within(lambda session: CaseStore(session).open("K1", "C1", "house", "collection", doing, LATE))
    return shop


def dispute(shop: Shop, person: str, *, settles: bool = False) -> None:
    """Note that C1 disputes I1, or does no more, and do what it sets in motion."""
    act = shop.act(person)

    def note(session: object) -> None:
        working = FollowUp(shop.house, session, "K1", actor(person), act)  # type: ignore[arg-type]
        (working.settle_dispute if settles else working.dispute)("I1", "Broken")

    shop.within(note)
    recheck(shop)


def recheck(shop: Shop) -> None:
    while work_one(shop.house, [RECHECK_ORDERS], "worker", lambda: shop.act().at):
        pass


def test_an_order_that_goes_by_a_dispute_of_somebody_without_authority_is_referred(late: Shop) -> None:
    assert "held" == late.ask("O1").state
    dispute(late, "sam")
    order = late.order("O1")
    assert ("held", Outcome.APPROVE, "analyst") == (order.state, order.outcome, order.referred_to)
    last = late.steps("O1")[-1]
    assert ("referred", "It would go by a dispute alone that sam noted.") == (last.cause, last.reason)
    with late.house.database.reading() as session:
        assert 1 == len(AuditStore(session).page(subject_kind="order", subject_id="O1", act="referred"))


def test_that_is_said_once_however_often_it_is_decided_again(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "sam")
    for _ in range(2):
        assert "held" == late.recheck("O1").state
    assert ["decision", "referred"] == late.causes("O1")


def test_who_may_release_it_lets_it_go(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "sam")
    assert "released" == late.release("O1", "ann").state


def test_a_dispute_noted_by_who_may_release_the_order_lets_it_go(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "ann")
    assert ("released", "released_by_recheck") == (late.order("O1").state, late.order("O1").cause)


def test_who_asked_for_an_order_lets_it_not_go_by_a_dispute(late: Shop) -> None:
    late.ask("O1", person="ann")
    late.ask("O2", person="ben")
    dispute(late, "ann")
    assert ("held", "released") == (late.order("O1").state, late.order("O2").state)


def test_who_amended_an_order_lets_it_not_go_by_a_dispute(late: Shop) -> None:
    late.ask("O1")
    late.amend("O1", "90", person="ann")
    dispute(late, "ann")
    assert "held" == late.order("O1").state


def test_whoever_has_it_decided_again_it_waits(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "sam")
    assert "held" == late.decide_again("O1").state
    assert "held" == late.ask("O1").state
    assert "held" == late.amend("O1", "99").state
    assert "held" == late.amend("O1", "98", new_id="O2").state
    assert ("held", "analyst") == (late.order("O2").state, late.order("O2").referred_to)
    assert late.steps("O2")[-1].reason.endswith("a dispute alone that sam noted.")


def test_who_amends_an_order_lets_it_not_go_by_a_dispute_of_their_own(late: Shop) -> None:
    for order_id in ("O1", "O2"):
        late.ask(order_id, "4500")
    dispute(late, "ann")
    assert ("held", Outcome.HOLD) == (late.order("O1").state, late.order("O1").outcome)
    assert "held" == late.amend("O1", "90", person="ann").state
    assert "open" == late.amend("O2", "91", person="ben").state


def test_a_declined_order_that_is_asked_about_again_waits_too(late: Shop) -> None:
    enforce(late.house, DECLINING, at(LATE))
    assert "cancelled" == late.ask("O1").state
    dispute(late, "sam")
    assert "held" == late.ask("O1").state
    assert ("analyst", "decision") == (late.order("O1").referred_to, late.order("O1").cause)
    assert "released" == late.release("O1", "ann").state


def test_an_order_that_goes_without_the_dispute_too_goes(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "sam")
    cells = {"payment_id": "P1", "date": "2025-02-19", "amount": "1000.00", "invoice_id": "I1"}
    act = late.act("books")
    late.within(lambda session: push(late.house, session, [Pushed(Table.PAYMENTS, cells)], act))
    recheck(late)
    assert "released" == late.order("O1").state


def test_a_dispute_that_a_system_told_lets_an_order_go(late: Shop) -> None:
    late.ask("O1")
    cells = {"dispute_id": "D1", "invoice_id": "I1", "opened": "2025-02-19"}
    act = late.act("books")
    late.within(lambda session: push(late.house, session, [Pushed(Table.DISPUTES, cells)], act))
    recheck(late)
    assert "released" == late.order("O1").state


def test_a_dispute_that_has_ended_holds_nothing_back(late: Shop) -> None:
    late.ask("O1")
    dispute(late, "sam")
    dispute(late, "sam", settles=True)
    assert ("held", Outcome.HOLD) == (late.order("O1").state, late.order("O1").outcome)


def test_a_dispute_lets_go_as_much_as_its_noter_may_release(late: Shop) -> None:
    with late.house.database.writing() as session:
        settings = SettingsStore(session)
        settings.hold("release_authority")
        settings.settle("release_authority", '{"analyst": "1100", "credit_manager": "2000"}')
    late.ask("O1", "101")
    dispute(late, "ann")
    assert ("held", "credit_manager") == (late.order("O1").state, late.order("O1").referred_to)
    dispute(late, "mia", settles=True)
    dispute(late, "mia")
    assert "released" == late.order("O1").state


def test_an_order_asked_for_after_somebody_without_authority_noted_the_dispute_is_referred_too(late: Shop) -> None:
    dispute(late, "sam")
    now = late.ask("O1")
    order = late.order("O1")
    assert ("held", "held", "analyst") == (now.state, order.state, order.referred_to)
    assert ["referred"] == late.causes("O1")


def test_an_order_that_waits_for_that_from_the_first_says_since_when(late: Shop) -> None:
    dispute(late, "sam")
    late.ask("O1")
    assert late.order("O1").held_since == late.order("O1").asked_at == late.steps("O1")[0].at


def test_an_order_asked_for_after_a_dispute_that_nobody_here_noted_goes(late: Shop) -> None:
    told = {"dispute_id": "D1", "invoice_id": "I1", "opened": LATE.isoformat()}
    act = late.act("shop")
    late.within(lambda session: push(late.house, session, [Pushed(Table.DISPUTES, told)], act))
    assert "open" == late.ask("O1").state


#: A policy that lets the orders of who is overdue go while a promise is open, or somebody has just called.
_KIND = {
    "promise": "{from: promises, measure: count, type: integer, title: {en: Promises, zh: 承诺}}",
    "contact": "{from: events, measure: count, where: kind = contact, type: integer, title: {en: Contacts, zh: 联系}}",
}


def reading(noted: str) -> Policy:
    """Return the strict policy, but that one such entry lets orders go."""
    row = OVERDUE.replace('"> 0"}', '"> 0", noted_ones: 0}')
    check = ORDER_CHECK.replace("rows:\n", f"rows:\n{row}")
    return house_policy({"order_check": check, "facts": f"{FACTS}\nnoted_ones: {_KIND[noted]}\n"})


def note_one(shop: Shop, noted: str, person: str) -> None:
    """Note that C1 promised to pay I1, or that somebody called, and do what it sets in motion."""
    act = shop.act(person)

    def note(session: Session) -> None:
        working = FollowUp(shop.house, session, "K1", actor(person), act)
        if noted == "promise":
            working.promise("I1", LATE, None, "Next week")
        else:
            working.contact("phone", "Will see")

    shop.within(note)
    recheck(shop)


@pytest.mark.parametrize("noted", list(_KIND))
def test_promises_and_contacts_let_go_what_their_noter_may_release(late: Shop, noted: str) -> None:
    enforce(late.house, reading(noted), at(LATE))
    late.ask("O1")
    late.ask("O2", person="ann")
    note_one(late, noted, "sam")
    assert ("held", "analyst") == (late.order("O1").state, late.order("O1").referred_to)
    assert late.steps("O1")[-1].reason == f"It would go by a {noted} alone that sam noted."
    assert ("held", "held") == (late.ask("O3").state, late.order("O3").state)
    note_one(late, noted, "ann")
    assert ("released", "held") == (late.order("O1").state, late.order("O2").state)
