"""What another system says it has leads to a mapping that people only look through."""

import pytest

from policy_service.connectors.mapping.checks import findings_of
from policy_service.connectors.mapping.mapping import ConnectorMapping, Output
from policy_service.connectors.mapping.proposals import propose
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.sources import FromField
from policy_service.connectors.mapping.writer import mapping_text, source_data
from policy_service.connectors.port import FieldKind, RemoteField, RemoteObject, System
from policy_service.ledger.columns import Table
from tests.connectors.mapping.cases import shipped
from tests.connectors.mapping.discovered import CHOICES, FXIAOKE, fields

OBJECTS = tuple(RemoteObject(name, name) for name in FXIAOKE)


def columns(mapping: ConnectorMapping, table: Table) -> dict[str, object]:
    return {
        column: source_data(source)
        for feed in mapping.feeds
        if feed.table is table
        for column, source in feed.columns.items()
    }


def test_a_system_as_the_vendor_ships_it_gets_the_shipped_mapping() -> None:
    proposed = propose(System.FXIAOKE, OBJECTS, FXIAOKE, shipped("fxiaoke"))
    assert proposed.feeds == shipped("fxiaoke").feeds
    assert proposed.tasks == shipped("fxiaoke").tasks
    assert [tuple(one.fields) for one in proposed.write_back] == [(Output.GRADE,)]
    assert findings_of(proposed, FXIAOKE) == ()


def test_a_field_that_is_called_so_stands_in_for_one_that_is_not_there() -> None:
    changed = {
        **FXIAOKE,
        "PaymentPlanObj": fields("_id account_id>AccountObj order_id $x__c=计划回款金额 @y__c=到期日期"),
    }
    proposed = propose(System.FXIAOKE, OBJECTS, changed, shipped("fxiaoke"))
    found = columns(proposed, Table.INVOICES)
    assert (found["amount"], found["due_date"]) == ("x__c", "y__c")
    assert found["customer_id"] == "account_id"
    assert "life_status" in mapping_text(proposed)


def test_an_object_that_is_not_there_is_not_mapped() -> None:
    without = {name: several for name, several in FXIAOKE.items() if name != "PaymentPlanObj"}
    proposed = propose(System.FXIAOKE, OBJECTS, without, shipped("fxiaoke"))
    assert Table.INVOICES not in [feed.table for feed in proposed.feeds]


def test_a_table_that_nothing_feeds_takes_the_object_of_that_title() -> None:
    own = {
        **FXIAOKE,
        "object_a__c": (
            *fields("_id account_id>AccountObj @issued__c=单据日期 @due__c=到期日 $sum__c=应收金额 note__c"),
            CHOICES,
        ),
    }
    del own["PaymentPlanObj"]
    objects = (*OBJECTS, RemoteObject("object_a__c", "应收单", is_custom=True))
    proposed = propose(System.FXIAOKE, objects, own, shipped("fxiaoke"))
    assert proposed.feeds[-1].conditions == shipped("fxiaoke").feeds[0].conditions
    assert columns(proposed, Table.INVOICES) == {
        "invoice_id": "_id",
        "customer_id": "account_id",
        "issue_date": "issued__c",
        "due_date": "due__c",
        "amount": "sum__c",
    }


def test_without_a_shipped_mapping_names_and_titles_alone_say_it() -> None:
    discovered = {
        "Accounts": fields("id Account_Name Industry Billing_Country Parent_Account>Accounts"),
        "Sales_Orders": fields("id Account_Name>Accounts @Order_Date $Grand_Total"),
        "Invoices": fields("id Account_Name>Accounts @Invoice_Date @Due_Date $Grand_Total Sales_Order>Sales_Orders"),
        "Receipts": fields("id Bill>Invoices @Payment_Date $Amount"),
        "Notes": fields("id Note_Title"),
    }
    objects = tuple(RemoteObject(name, name.replace("_", " ")) for name in discovered)
    proposed = propose(System.ZOHO_CRM, objects, discovered)
    assert [(feed.object_name, feed.table) for feed in proposed.feeds] == [
        ("Accounts", Table.CUSTOMERS),
        ("Sales_Orders", Table.ORDERS),
        ("Invoices", Table.INVOICES),
        ("Receipts", Table.PAYMENTS),
    ]
    assert columns(proposed, Table.CUSTOMERS)["parent_id"] == {"field": "Parent_Account", "part": "id"}
    assert columns(proposed, Table.INVOICES)["order_id"] == {"field": "Sales_Order", "part": "id"}
    assert columns(proposed, Table.PAYMENTS)["invoice_id"] == {"field": "Bill", "part": "id"}
    assert findings_of(proposed, discovered) == ()
    assert read_connector_mapping(mapping_text(proposed), "again.yaml") == proposed


def test_a_day_is_not_proposed_for_an_amount() -> None:
    discovered = {"Invoices": fields("id customer_id @amount $due_date @invoice_date")}
    assert propose(System.ZOHO_BOOKS, (RemoteObject("Invoices", "Invoices"),), discovered).feeds == ()


def test_a_proposal_is_the_same_whatever_the_order_of_objects() -> None:
    forwards = propose(System.FXIAOKE, OBJECTS, FXIAOKE)
    assert forwards == propose(System.FXIAOKE, OBJECTS[::-1], dict(reversed(FXIAOKE.items())))
    assert columns(forwards, Table.CUSTOMERS)["name"] == "name"
    assert isinstance(forwards.feeds[0].columns["customer_id"], FromField)


def test_what_a_system_does_not_name_is_taken_out_of_several() -> None:
    books = {
        "contacts": fields("contact_id contact_name company_name contact_type currency_code"),
        "customerpayments": (
            *fields("payment_id @date $amount payment_mode status customer_id>contacts"),
            RemoteField("invoices", "", FieldKind.LIST, parts=fields("invoice_id $amount_applied")),
        ),
    }
    proposed = propose(System.ZOHO_BOOKS, (), books, shipped("zoho_books"))
    assert columns(proposed, Table.CUSTOMERS)["customer_id"] == "contact_id"
    assert columns(proposed, Table.CUSTOMERS)["name"] == {"first_of": ["company_name", "contact_name"]}
    receipts = [feed for feed in proposed.feeds if feed.table is Table.PAYMENTS]
    assert source_data(receipts[0].columns["payment_id"]) == {
        "joined": ["payment_id", {"item": "invoice_id"}],
        "with": "-",
    }
    assert source_data(receipts[1].columns["customer_id"]) == "customer_id"


def test_a_folder_is_mapped_by_the_headings_of_its_files() -> None:
    discovered = {
        "customers": fields("customer_id name net_worth 评级"),
        "invoices": fields("invoice_id customer_id issue_date due_date amount note"),
        "payments": (),
    }
    proposed = propose(System.DROP_FOLDER, (), discovered, shipped("drop_folder"))
    assert list(columns(proposed, Table.CUSTOMERS)) == ["customer_id", "name", "net_worth", "评级"]
    assert list(columns(proposed, Table.INVOICES)) == ["invoice_id", "customer_id", "issue_date", "due_date", "amount"]
    assert "posted_on" in columns(proposed, Table.PAYMENTS)
    assert [feed.table for feed in proposed.feeds] == [Table.CUSTOMERS, Table.INVOICES, Table.PAYMENTS]
    assert findings_of(proposed, discovered) == ()


@pytest.mark.parametrize(
    ("customers", "invoices"),
    [
        ("客户编码 客户名称 生效日期 信用额度 评级", "发票号码 客户编码 开票日期 到期日 价税合计"),
        ("Customer_no Company_name Valid_from Credit_limit 评级", "Invoice_no Customer_no Invoice_date Due_date Total"),
    ],
    ids=["chinese", "english"],
)
def test_a_folder_with_headings_of_its_own_is_mapped_with_its_dated_facts(customers: str, invoices: str) -> None:
    discovered = {"customers": fields(customers), "invoices": fields(invoices)}
    proposed = propose(System.DROP_FOLDER, (), discovered, shipped("drop_folder"))
    given = columns(proposed, Table.CUSTOMERS)
    assert ["customer_id", "name", "valid_from", "credit_limit", "评级"] == list(given)
    assert customers.split() == list(given.values())
    assert invoices.split() == [
        columns(proposed, Table.INVOICES)[name]
        for name in ("invoice_id", "customer_id", "issue_date", "due_date", "amount")
    ]
    assert findings_of(proposed, discovered) == ()


def test_files_under_names_of_their_own_keep_their_further_columns_too() -> None:
    discovered = {
        "客户": fields("客户编码 客户名称 授信额度 区域"),
        "发票": fields("发票号 客户编码 开票日期 到期日 金额"),
    }
    objects = tuple(RemoteObject(name, name) for name in discovered)
    proposed = propose(System.DROP_FOLDER, objects, discovered, shipped("drop_folder"))
    assert ["customer_id", "name", "credit_limit", "区域"] == list(columns(proposed, Table.CUSTOMERS))
    assert {"客户", "发票"} == {feed.object_name for feed in proposed.feeds}


def test_a_joined_id_is_proposed_whole_or_not_at_all() -> None:
    books = {
        "contacts": fields("contact_id"),
        "customerpayments": (
            *fields("number @date $amount customer_id>contacts"),
            RemoteField("invoices", "", FieldKind.LIST, parts=fields("invoice_id $amount_applied")),
        ),
    }
    proposed = propose(System.ZOHO_BOOKS, (), books, shipped("zoho_books"))
    receipts = [feed for feed in proposed.feeds if feed.table is Table.PAYMENTS]
    assert "payment_id" not in receipts[0].columns
