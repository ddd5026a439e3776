"""What there is to do is counted as it stands, with the list behind each figure."""

import datetime as dt

from policy_service.domain.permissions import Role
from policy_service.services.house import House
from policy_service.services.portfolio.behind import Behind, Subject
from policy_service.services.portfolio.work import Work, work
from policy_service.storage.case_store import CaseStore
from policy_service.storage.database import Database
from policy_service.storage.stored_cases import Doing
from policy_service.storage.work_waiting import HeldOrders, RoleCases
from tests.services.decisions.live import at, person
from tests.services.orders.shop import TODAY, open_shop


def seen(house: House, role: Role = Role.VIEWER) -> Work:
    """Return the work as somebody of that role sees it."""
    with house.database.reading() as session:
        return work(house, session, person("vic", role), at(TODAY, 12))


def test_held_orders_are_counted_and_added_up_in_base_currency(database: Database) -> None:
    shop = open_shop(database)
    shop.post(rates="2025-01-01,USD,7.10")
    shop.ask("X", "4500")
    shop.ask("Y", "1000", currency="USD")
    shop.ask("Z", "100")
    shop.ask("W", "9000", currency="EUR")
    assert (HeldOrders(3, 4500_00 + 7100_00, 1), Behind(Subject.ORDERS, (("state", "held"),))) == seen(shop.house).held


def test_open_cases_are_counted_by_owner_role(house: House) -> None:
    yesterday, tomorrow = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
    with house.database.writing() as session:
        store = CaseStore(session)
        for customer, owner, deadline in (("C1", "sales", yesterday), ("C2", "sales", tomorrow), ("C3", "legal", None)):
            doing = Doing("L1", "remind", "email", owner, deadline)
            store.open(f"case-{customer}", customer, "house", "collection", doing, TODAY)
        store.assign("case-C2", "sam")
        store.close("case-C3", TODAY)
    found = seen(house).cases
    behind = Behind(Subject.CASES, (("state", "open"), ("owner_role", "sales")))
    assert ((RoleCases("sales", 2, 1, 1), behind),) == found


def test_reviews_are_due_by_the_end_of_the_day(database: Database) -> None:
    """Both have standings that were recorded elsewhere, and were never reviewed here."""
    found = seen(open_shop(database).house).reviews
    assert (2, Behind(Subject.REVIEWS, (("due_before", "2025-01-21"),))) == (found.customers, found.behind)


def test_who_may_not_see_cases_is_told_of_none(house: House) -> None:
    assert seen(house, Role.SYSTEM).cases is None
    assert seen(house, Role.SYSTEM).held is not None
