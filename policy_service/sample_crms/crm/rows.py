"""The company as Zoho CRM holds it."""

from collections.abc import Iterator

from policy_service.sample_crms.clock import imported, instant
from policy_service.sample_crms.company import Company
from policy_service.sample_crms.crm.modules import OWNERS, USER, crm_id
from policy_service.sample_crms.table import Held, Row, Tables


def fill(company: Company) -> Tables:
    """Return the records of every module."""
    names = {customer.number: customer.name for customer in company.customers}
    return Tables(
        {
            "Accounts": lambda: _accounts(company, names),
            "Deals": lambda: _deals(company, names),
            "Sales_Orders": lambda: _orders(company, names),
            "Invoices": lambda: _invoices(company, names),
            "Receipts": lambda: _receipts(company, names),
            "Tasks": lambda: (),
        }
    )


def owner(number: int) -> Row:
    """Return one of the owners, as a record shows it."""
    chosen = number % len(OWNERS)
    return {"name": OWNERS[chosen], "id": crm_id(USER, chosen + 1), "email": f"owner{chosen + 1}@company.example"}


def money(minor: int) -> float:
    """Return an amount as it stands in JSON: with as many places as it has."""
    return minor / 100


def account(number: int, names: dict[int, str]) -> Row:
    """Return the lookup of an account."""
    return {"name": names[number], "id": crm_id(1, number)}


def _currency(company: Company, customer: int) -> Row:
    currency, rate = company.currency(customer)
    return {"Currency": currency, "Exchange_Rate": rate}


def _accounts(company: Company, names: dict[int, str]) -> Iterator[Held]:
    for customer in company.customers:
        body: Row = {
            "Account_Name": customer.name,
            "Account_Number": customer.code,
            "Account_Type": "Customer",
            "Industry": customer.industry,
            "Rating": customer.segment,
            **_currency(company, customer.number),
            "Billing_Country": customer.country,
            "Owner": owner(customer.number),
        }
        if customer.parent:
            body["Parent_Account"] = account(customer.parent, names)
        created = instant(customer.since, customer.number)
        yield Held(crm_id(1, customer.number), created, imported(company.last_day, customer.number), body)


def _deals(company: Company, names: dict[int, str]) -> Iterator[Held]:
    for order in company.orders:
        if order.is_cancelled:
            body: Row = {
                "Deal_Name": f"Deal {order.code}",
                "Account_Name": account(order.customer, names),
                "Amount": money(order.amount),
                "Stage": "Closed Lost",
                "Closing_Date": order.day.isoformat(),
                "Probability": 0,
                "Owner": owner(order.customer),
            }
            moment = instant(order.day, order.number)
            yield Held(crm_id(2, order.number), moment, moment, body)


def _orders(company: Company, names: dict[int, str]) -> Iterator[Held]:
    for order in company.orders:
        body: Row = {
            "SO_Number": order.code,
            "Subject": f"Order {order.code}",
            "Account_Name": account(order.customer, names),
            "Due_Date": order.day.isoformat(),
            "Status": "Cancelled" if order.is_cancelled else "Delivered",
            "Sub_Total": money(order.amount),
            "Grand_Total": money(order.amount),
            **_currency(company, order.customer),
            "Owner": owner(order.customer),
        }
        moment = instant(order.day, order.number)
        yield Held(crm_id(3, order.number), moment, moment, body)


def _invoices(company: Company, names: dict[int, str]) -> Iterator[Held]:
    orders = {order.code: order.number for order in company.orders}
    for invoice in company.invoices:
        body: Row = {
            "Invoice_Number": invoice.code,
            "Subject": f"Invoice {invoice.code}",
            "Account_Name": account(invoice.customer, names),
            "Sales_Order": {"name": f"Order {invoice.order}", "id": crm_id(3, orders[invoice.order])},
            "Invoice_Date": invoice.issued.isoformat(),
            "Due_Date": invoice.due.isoformat(),
            "Status": "Unpaid" if invoice.open else "Paid",
            "Sub_Total": money(invoice.amount),
            "Tax": 0,
            "Adjustment": 0,
            "Grand_Total": money(invoice.amount),
            **_currency(company, invoice.customer),
            "Owner": owner(invoice.customer),
        }
        created = instant(invoice.issued, invoice.number)
        modified = max(created, instant(invoice.touched, invoice.number))
        yield Held(crm_id(4, invoice.number), created, modified, body)


def _receipts(company: Company, names: dict[int, str]) -> Iterator[Held]:
    for receipt in company.receipts:
        for allocation in receipt.allocations:
            body: Row = {
                "Name": f"RC-{allocation.number:09d}",
                "Receipt_Number": f"R{receipt.number:09d}",
                "Account": account(receipt.customer, names),
                "Invoice": {"name": f"Invoice I{allocation.invoice:09d}", "id": crm_id(4, allocation.invoice)},
                "Received_On": receipt.day.isoformat(),
                "Amount": money(allocation.amount),
                **_currency(company, receipt.customer),
                "Owner": owner(receipt.customer),
            }
            moment = instant(receipt.posted, receipt.number)
            yield Held(crm_id(5, allocation.number), moment, moment, body)
