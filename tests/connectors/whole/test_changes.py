"""Rows changed, deleted and made invalid over there: after the next pulls the ledger is what is there again."""

import random
from collections.abc import Callable
from typing import Final

from policy_service.services.house import House
from tests.connectors.stand_ins import StandIn
from tests.connectors.whole.chain import Chain
from tests.connectors.whole.truth import truth_of

#: Deletions that a system does not tell are found within a day.
A_DAY: Final = 25 * 3600
#: 1 November 2025 in China.
NOVEMBER: Final = 1_761_926_400_000


def chosen(stand_in: StandIn, name: str, count: int, seed: int) -> list[str]:
    return random.Random(seed).sample(sorted(stand_in.rows(name)), count)


def change_fxiaoke(fxiaoke: StandIn) -> None:
    account, lost = chosen(fxiaoke, "AccountObj", 2, 1)
    fxiaoke.change("AccountObj", set={account: {"name": "改名有限公司"}}, invalidate=[lost])
    first, second, third, fourth = chosen(fxiaoke, "PaymentPlanObj", 4, 2)
    fxiaoke.change("PaymentPlanObj", set={first: {"plan_payment_amount": "1234567.80"}}, delete=[third])
    fxiaoke.change("PaymentPlanObj", set={second: {"plan_payment_time": NOVEMBER}}, invalidate=[fourth])
    order, gone = chosen(fxiaoke, "SalesOrderObj", 2, 3)
    fxiaoke.change("SalesOrderObj", set={order: {"order_time": NOVEMBER - 900 * 86_400_000}}, delete=[gone])
    receipt, void = chosen(fxiaoke, "PaymentObj", 2, 4)
    fxiaoke.change("PaymentObj", set={receipt: {"payment_time": NOVEMBER}}, invalidate=[void])
    detail, undone = chosen(fxiaoke, "OrderPaymentObj", 2, 5)
    fxiaoke.change("OrderPaymentObj", set={detail: {"payment_amount": 0.5}}, delete=[undone])
    fxiaoke.change("PaymentPlanObj", touch=3, how="add", **{"with": {"plan_payment_amount": "5.00"}})


def change_books(books: StandIn) -> None:
    contact, lost = chosen(books, "contacts", 2, 1)
    books.change("contacts", set={contact: {"company_name": "Renamed Ltd"}}, delete=[lost])
    void, off, gone, moved = chosen(books, "invoices", 4, 2)
    books.change("invoices", set={void: {"status": "void"}, off: {"write_off_amount": 12.34}}, delete=[gone])
    books.change("invoices", set={moved: {"due_date": "2026-06-30"}})
    books.change("invoices", touch=2, how="add", **{"with": {"customer_id": contact}})
    undone, changed = chosen(books, "customerpayments", 2, 3)
    allocations = books.rows("customerpayments")[changed]["invoices"]
    assert isinstance(allocations, list)
    books.change("customerpayments", set={changed: {"amount": 7.5, "invoices": allocations[:0]}}, delete=[undone])


def change_crm(crm: StandIn) -> None:
    account, lost, binned = chosen(crm, "Accounts", 3, 1)
    crm.change("Accounts", set={account: {"Account_Name": "Renamed Ltd"}}, delete=[lost])
    crm.change("Accounts", delete=[binned], is_permanent=True)
    crm.change("Accounts", touch=2, how="add", **{"with": {"Account_Name": "New Ltd"}})
    void, gone, moved = chosen(crm, "Invoices", 3, 2)
    crm.change("Invoices", set={void: {"Status": "Cancelled"}, moved: {"Due_Date": "2026-06-30"}}, delete=[gone])


CHANGES: Final[dict[str, Callable[[StandIn], None]]] = {
    "fxiaoke": change_fxiaoke,
    "zoho_books": change_books,
    "zoho_crm": change_crm,
}


def test_what_changes_there_changes_here(chain: Chain) -> None:
    chain.pull()
    before = truth_of(chain.stand_in)
    CHANGES[chain.name](chain.stand_in)
    chain.pull()
    chain.sleep(A_DAY)
    chain.pull()
    assert before != truth_of(chain.stand_in)
    assert [] == chain.differences()


def test_invoices_of_zoho_crm_are_followed_where_the_mapping_turns_them_on(zoho_crm: StandIn, house: House) -> None:
    chain = Chain(house, zoho_crm)
    chain.pull()
    chain.read_all()
    chain.pull()
    assert [] == chain.differences()
    change_crm(zoho_crm)
    chain.pull()
    assert [] == chain.differences()
