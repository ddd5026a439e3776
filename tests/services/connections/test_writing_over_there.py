"""Written back to what speaks as the real systems do, over the network: fields, refused rows, tasks, no workflows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from policy_service.connectors.fxiaoke.connector import open_fxiaoke
from policy_service.connectors.means import Account, Means
from policy_service.connectors.port import Connector, System
from policy_service.connectors.zoho.books import ZohoBooks
from policy_service.connectors.zoho.crm import ZohoCrm
from policy_service.services.connections.writing_back_looking import row_results, task_results
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import Doing, NewStep
from tests.connectors.stand_ins import StandIn
from tests.services.connections.pushing import Pushing
from tests.services.connections.small_system import SYSTEM, SmallSystem
from tests.services.decisions.live import TODAY, enforce
from tests.services.house import house_policy

Open = Callable[[Account, Means], Connector]
CUSTOMERS = """
mapping: over_there
system: {kind}
rows:
  - from: %s
    to: customers
    columns: {customer_id: %s, name: %s, net_worth: {constant: "250000"}}
write_back:
  - object: %s
    fields: {%s}
"""
TASKS = """
tasks: {about: %s, subject: "{action} {customer}", text: "{reason}: {due}"}
"""
CRM = (
    CUSTOMERS
    % (
        "Accounts",
        "id",
        "Account_Name",
        "Accounts",
        "grade: Credit_Grade, credit_limit: {field: Credit_Limit_CNY, decimals: 2}, payment_term_days:"
        " Payment_Term_Days, credit_stopped: Stop_Credit, next_review: {field: Next_Review, unset: ''}",
    )
    + TASKS % "Accounts"
)
BOOKS = CUSTOMERS % (
    "contacts",
    "contact_id",
    "contact_name",
    "contacts",
    "grade: cf_credit_grade, credit_limit: credit_limit, payment_term_days: payment_terms",
)
FXIAOKE = (
    CUSTOMERS
    % (
        "AccountObj",
        "_id",
        "name",
        "AccountObj",
        "grade: credit_grade__c, credit_limit: {field: credit_limit__c, decimals: 2},"
        " payment_term_days: payment_term_days__c, credit_stopped: stop_credit__c",
    )
    + TASKS % "AccountObj"
)


class PushingThere(Pushing):
    """A house connected to a stand-in."""

    def __init__(
        self, house: House, there: StandIn, kind: System, mapping: str, account: Account, connector: Open
    ) -> None:
        enforce(house, house_policy())
        house.settings = replace(house.settings, connector_origins=(there.origin,))
        self._connector = connector
        super().__init__(house, SmallSystem(), kind, mapping, account)
        self.over_there = there

    def _open(self, _system: System, account: Account, means: Means) -> Connector:
        return self._connector(account, means)

    def review_some(self, object_name: str) -> tuple[str, ...]:
        """Pull, and review three customers."""
        self.pull()
        some = tuple(sorted(self.over_there.rows(object_name)))[:3]
        for customer_id in some:
            self.review(customer_id)
        self.switch_on()
        return some


def zoho(there: StandIn, **settings: str) -> Account:
    said = there.sign_in
    return Account(
        {"accounts_origin": there.origin, "client_id": said["client_id"], **settings},
        {"client_secret": said["client_secret"], "refresh_token": said["refresh_token"]},
    )


def of_fxiaoke(there: StandIn) -> Account:
    said = there.sign_in
    settings = {"page_rows": "100", "listing_hours": "24", "time_zone": "Asia/Shanghai", "calls_in_20_seconds": "100"}
    return Account(
        {**settings, "origin": there.origin, "app_id": said["appId"], "open_user_id": said["currentOpenUserId"]},
        {"app_secret": said["appSecret"], "permanent_code": said["permanentCode"]},
    )


def open_case(pushing: Pushing, customer_id: str) -> None:
    doing = Doing("L1", "remind", owner_role="sales", deadline=TODAY + dt.timedelta(days=3))
    with pushing.house.database.writing() as session:
        store = CaseStore(session)
        case = store.open("case-1", customer_id, "house", "collection", doing, TODAY)
        store.add_steps(case, [NewStep("collection", doing, "", TODAY)])


def test_accounts_of_zoho_crm_are_written_and_refused_one_by_one(bare: House, zoho_crm: StandIn) -> None:
    pushing = PushingThere(bare, zoho_crm, System.ZOHO_CRM, CRM, zoho(zoho_crm), ZohoCrm)
    some = pushing.review_some("Accounts")
    assert [] == zoho_crm.writes(), "a dry run writes nothing"
    open_case(pushing, some[0])
    zoho_crm.fault("partial_write", method="PUT", path="Accounts", rows=[1], code="INVALID_DATA", status=207)
    run = pushing.push()
    assert ("done", 2, 1, 1) == (run.state, run.written, run.refused, run.handed_over)
    with pushing.house.database.reading() as session:
        refused = row_results(session, "small", SYSTEM, is_done=False)
    assert [(some[1], "INVALID_DATA")] == [(one.row_id, one.code) for one in refused]
    pushing.later(24)
    assert 1 == pushing.push().written
    rows = zoho_crm.rows("Accounts")
    for row_id in some:
        row = rows[row_id]
        assert ("A", 5000, 30, False) == (
            row["Credit_Grade"], float(str(row["Credit_Limit_CNY"])), row["Payment_Term_Days"], row["Stop_Credit"],
        )  # fmt: skip
    assert 1 == len([row for row in zoho_crm.rows("Tasks").values() if str(row["Subject"]).startswith("remind")])
    written = len(zoho_crm.writes())
    pushing.pull()
    assert (0, 0) == ((run := pushing.push()).planned, run.tasks)
    assert written == len(zoho_crm.writes())
    assert not any(one["workflows"] for one in zoho_crm.writes())


def test_a_task_whose_answer_broke_off_is_made_once(bare: House, zoho_crm: StandIn) -> None:
    pushing = PushingThere(bare, zoho_crm, System.ZOHO_CRM, CRM, zoho(zoho_crm), ZohoCrm)
    some = pushing.review_some("Accounts")
    open_case(pushing, some[0])
    zoho_crm.fault("broken", method="POST", path="Tasks")
    with pytest.raises(Exception, match="X10"):
        pushing.push()
    pushing.later(24)
    assert 1 == pushing.push().handed_over
    assert 1 == len([row for row in zoho_crm.rows("Tasks").values() if str(row["Subject"]).startswith("remind")])


def test_contacts_of_zoho_books_are_written(bare: House, zoho_books: StandIn) -> None:
    account = zoho(zoho_books, organization_id=zoho_books.sign_in["organization_id"])
    pushing = PushingThere(bare, zoho_books, System.ZOHO_BOOKS, BOOKS, account, ZohoBooks)
    some = pushing.review_some("contacts")
    run = pushing.push()
    assert ("done", 3, 0) == (run.state, run.written, run.refused)
    rows = zoho_books.rows("contacts")
    assert [(5000.0, 30)] * 3 == [
        (float(str(rows[row_id]["credit_limit"])), rows[row_id]["payment_terms"]) for row_id in some
    ]
    pushing.pull()
    assert 0 == pushing.push().planned


def test_customers_of_fxiaoke_are_written_and_their_owner_is_told_once(bare: House, fxiaoke: StandIn) -> None:
    pushing = PushingThere(bare, fxiaoke, System.FXIAOKE, FXIAOKE, of_fxiaoke(fxiaoke), open_fxiaoke)
    some = pushing.review_some("AccountObj")
    open_case(pushing, some[0])
    run = pushing.push()
    assert ("done", 3, 0, 1) == (run.state, run.written, run.refused, run.handed_over)
    rows = fxiaoke.rows("AccountObj")
    assert [("A", 5000.0)] * 3 == [
        (rows[row_id]["credit_grade__c"], float(str(rows[row_id]["credit_limit__c"]))) for row_id in some
    ]
    pushing.pull()
    written = len(fxiaoke.writes())
    assert (0, 0) == ((run := pushing.push()).planned, run.tasks)
    assert written == len(fxiaoke.writes())
    assert not any(one["workflows"] for one in fxiaoke.writes())


def test_a_message_whose_answer_broke_off_is_shown_and_not_sent_again(bare: House, fxiaoke: StandIn) -> None:
    pushing = PushingThere(bare, fxiaoke, System.FXIAOKE, FXIAOKE, of_fxiaoke(fxiaoke), open_fxiaoke)
    open_case(pushing, pushing.review_some("AccountObj")[0])
    fxiaoke.fault("broken", path="message/send")
    run = pushing.push()
    assert (0, 1) == (run.handed_over, run.uncertain)
    pushing.later(48)
    assert 0 == pushing.push().tasks
    with pushing.house.database.reading() as session:
        assert ["uncertain"] == [one.state for one in task_results(session, "small", SYSTEM)]
