"""The modules of the sample company in Zoho CRM: standard fields as the text names them, and a few of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `refers_to` is the module of a lookup."""

    name: str
    kind: str
    refers_to: str = ""
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    is_custom: bool = False
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """A module; `number` is in the ids of its records, `title` the field that users know a record by."""

    name: str
    number: int
    title: str
    fields: Mapping[str, Field]
    is_custom: bool = False


#: The choices of the field for grades: those of the policy manufacturer_cn, and one more.
GRADES: Final = ("AA", "A", "BB", "B", "C", "D", "E", "NR")
_SYSTEM: Final = (
    Field("id", "bigint", is_read_only=True),
    Field("Owner", "ownerlookup"),
    Field("Created_Time", "datetime", is_read_only=True),
    Field("Modified_Time", "datetime", is_read_only=True),
)
_MONEY: Final = (Field("Currency", "picklist", choices=("CNY", "USD", "EUR")), Field("Exchange_Rate", "double"))
_ACCOUNTS: Final = (
    Field("Account_Name", "text", is_needed=True),
    Field("Account_Number", "text"),
    Field("Account_Type", "picklist", choices=("Customer", "Prospect")),
    Field("Industry", "text"),
    Field("Annual_Revenue", "currency"),
    Field("Rating", "text"),
    Field("Employees", "integer"),
    Field("Ownership", "text"),
    Field("Parent_Account", "lookup", "Accounts"),
    *_MONEY,
    Field("Billing_Country", "text"),
    Field("Billing_City", "text"),
    Field("Billing_Street", "text"),
    Field("Phone", "phone"),
    Field("Credit_Grade", "picklist", choices=GRADES, is_custom=True),
    Field("Credit_Limit_CNY", "currency", is_custom=True),
    Field("Payment_Term_Days", "integer", is_custom=True),
    Field("Stop_Credit", "boolean", is_custom=True),
    Field("Next_Review", "date", is_custom=True),
    # So that there are more than fit into one call.
    *(Field(f"Remark_{number:02d}", "text", is_custom=True) for number in range(1, 41)),
)
_DEALS: Final = (
    Field("Deal_Name", "text", is_needed=True),
    Field("Account_Name", "lookup", "Accounts"),
    Field("Amount", "currency"),
    Field("Stage", "picklist", choices=("Qualification", "Closed Won", "Closed Lost"), is_needed=True),
    Field("Closing_Date", "date"),
    Field("Probability", "integer"),
    Field("Pipeline", "text"),
)
_SALES_ORDERS: Final = (
    Field("SO_Number", "text", is_read_only=True),
    Field("Subject", "text", is_needed=True),
    Field("Account_Name", "lookup", "Accounts", is_needed=True),
    Field("Deal_Name", "lookup", "Deals"),
    Field("Due_Date", "date"),
    Field("Status", "picklist", choices=("Created", "Delivered", "Cancelled")),
    Field("Ordered_Items", "subform"),
    Field("Sub_Total", "currency"),
    Field("Grand_Total", "currency"),
    *_MONEY,
)
_INVOICES: Final = (
    Field("Invoice_Number", "text", is_read_only=True),
    Field("Subject", "text", is_needed=True),
    Field("Account_Name", "lookup", "Accounts", is_needed=True),
    Field("Sales_Order", "lookup", "Sales_Orders"),
    Field("Invoice_Date", "date"),
    Field("Due_Date", "date"),
    Field("Status", "picklist", choices=("Unpaid", "Paid", "Cancelled")),
    Field("Sub_Total", "currency"),
    Field("Tax", "currency"),
    Field("Adjustment", "currency"),
    Field("Grand_Total", "currency"),
    Field("Invoiced_Items", "subform"),
    *_MONEY,
)
#: Standard modules know of no payment: this company made a module of its own for what was allocated.
_RECEIPTS: Final = (
    Field("Name", "text", is_needed=True),
    Field("Receipt_Number", "text", is_custom=True),
    Field("Account", "lookup", "Accounts", is_custom=True),
    Field("Invoice", "lookup", "Invoices", is_custom=True),
    Field("Received_On", "date", is_custom=True),
    Field("Amount", "currency", is_custom=True),
    *_MONEY,
)
_TASKS: Final = (
    Field("Subject", "text", is_needed=True),
    Field("Due_Date", "date"),
    Field("What_Id", "lookup", "*"),
    Field("$se_module", "text"),
    Field("Status", "picklist", choices=("Not Started", "In Progress", "Completed", "Deferred")),
    Field("Priority", "picklist", choices=("High", "Normal", "Low")),
    Field("Description", "textarea"),
)


def _module(name: str, number: int, title: str, own: tuple[Field, ...], is_custom: bool = False) -> Module:
    return Module(name, number, title, {field.name: field for field in (*_SYSTEM, *own)}, is_custom)


MODULES: Final[Mapping[str, Module]] = {
    module.name: module
    for module in (
        _module("Accounts", 1, "Account_Name", _ACCOUNTS),
        _module("Deals", 2, "Deal_Name", _DEALS),
        _module("Sales_Orders", 3, "Subject", _SALES_ORDERS),
        _module("Invoices", 4, "Subject", _INVOICES),
        _module("Receipts", 5, "Name", _RECEIPTS, is_custom=True),
        _module("Tasks", 6, "Subject", _TASKS),
    )
}
USER: Final = 90
OWNERS: Final = ("Li Wei", "Zhang Min", "Wang Fang")
#: Records that are made later are numbered from here.
FIRST_NEW: Final = 500_000_000


def crm_id(kind: int, number: int) -> str:
    """Return the id of a record: eighteen digits."""
    return f"554023{kind:03d}{number:09d}"
