"""A customer of Fxiaoke who pays what is past due: entered there, over its own API, as its bookkeeper would."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from policy_service.cli.crm_demo.company import SHOP, Company
from policy_service.cli.crm_demo.debtors import Debtor, debtors_among, text_of
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.connectors.port import Json
from policy_service.domain.instants import start_of_day
from policy_service.domain.outcomes import DecisionType
from policy_service.running import now, process_name
from policy_service.services.background_jobs import work_one
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.orders.waking import RECHECK_ORDERS
from policy_service.services.request_facts import ORDER_AMOUNT
from policy_service.storage.order_store import OrderStore, StoredOrder

#: So much is ordered: little beside any limit, so that it is the past that counts.
ORDERED: Final = "2000.00"
ORDER_ID: Final = "SO-DEMO-1"
_SIGN_IN: Final = "/cgi/corpAccessToken/get/V2"
_CREATE: Final = "/cgi/crm/v2/data/create"
_MILLISECOND: Final = 1_000
#: More than this past due, for longer than so many days, orders are held by the policy that ships.
_MATERIAL: Final = Decimal(500)
_LATE: Final = 15


def who_pays(company: Company, customers: Sequence[str]) -> Debtor | None:
    """Return of these customers the one whose payment may change most; none where nobody owes anything past due.

    That is one who is held for being late, has room below the limit, and need not prepay, as far as there is one.
    """
    return max(debtors_among(company, customers), key=lambda one: _merit(company, one), default=None)


def _merit(company: Company, one: Debtor) -> tuple[bool, bool, bool, int, str]:
    outputs = one.standing.outputs
    room = Decimal(outputs.get("credit_limit", "0")) - Decimal(text_of(one.rest, company))
    prepaid = Decimal(outputs.get("prepay_percent", "0"))
    is_held = one.days > _LATE and Decimal(text_of(one.amount, company)) > _MATERIAL
    return is_held, room > Decimal(ORDERED), prepaid == 0, one.amount, one.customer_id


def order(company: Company, debtor: Debtor) -> StoredOrder:
    """Let the customer order, and return what became of it."""
    with company.house.database.writing() as session:
        asked = Asked(DecisionType.ORDER, debtor.customer_id, {ORDER_AMOUNT: ORDERED}, ORDER_ID)
        answer(company.house, session, asked, company.actor(SHOP, session), company.act(SHOP))
    return order_now(company)


def order_now(company: Company) -> StoredOrder:
    """Return the order as it is now, once what waits for it is done, as the service does by itself."""
    while work_one(company.house, (RECHECK_ORDERS,), process_name(), now):
        pass
    with company.house.database.reading() as session:
        return OrderStore(session).load(ORDER_ID)


def pay(company: Company, fxiaoke: StandIn, debtor: Debtor) -> str:
    """Enter a receipt of all that is past due, applied to its instalments; return its amount as text."""
    session = _signed_in(fxiaoke)
    plans = fxiaoke.rows("PaymentPlanObj")
    moment: Json = start_of_day(company.today, company.house.settings.zone) // _MILLISECOND
    total = text_of(debtor.amount, company)
    receipt = _create(
        fxiaoke,
        session,
        {
            "dataObjectApiName": "PaymentObj",
            "name": "R-DEMO-1",
            "account_id": debtor.customer_id,
            "payment_time": moment,
            "payment_amount": total,
        },
    )
    for one in debtor.items:
        _create(
            fxiaoke,
            session,
            {
                "dataObjectApiName": "OrderPaymentObj",
                "payment_id": receipt,
                "order_id": plans[one.invoice_id]["order_id"],
                "payment_plan_id": one.invoice_id,
                "payment_amount": text_of(one.open_amount, company),
            },
        )
    return total


def _signed_in(fxiaoke: StandIn) -> Mapping[str, Json]:
    said = fxiaoke.sign_in
    given = fxiaoke.ask(_SIGN_IN, {name: said[name] for name in ("appId", "appSecret", "permanentCode")})
    signed = {name: given[name] for name in ("corpAccessToken", "corpId")}
    return {**signed, "currentOpenUserId": said["currentOpenUserId"]}


def _create(fxiaoke: StandIn, session: Mapping[str, Json], row: Mapping[str, Json]) -> Json:
    document = {**session, "triggerWorkFlow": False, "data": {"object_data": row, "details": {}}}
    return fxiaoke.ask(_CREATE, document)["dataId"]
