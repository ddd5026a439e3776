"""The company as Fxiaoke holds it: an order has one payment plan, and receipts are applied to both."""

from collections.abc import Iterator

from policy_service.sample_crms.clock import imported, instant, midnight
from policy_service.sample_crms.company import Company, Invoice
from policy_service.sample_crms.fxiaoke.objects import SELLERS, row_id
from policy_service.sample_crms.table import Held, Row, Tables


def fill(company: Company) -> Tables:
    """Return the rows of every object."""
    return Tables(
        {
            "AccountObj": lambda: _accounts(company),
            "SalesOrderObj": lambda: _orders(company),
            "PaymentPlanObj": lambda: _plans(company),
            "PaymentObj": lambda: _payments(company),
            "OrderPaymentObj": lambda: _order_payments(company),
            "RefundObj": lambda: (),
            "Dispute__c": lambda: _disputes(company),
        }
    )


def money(minor: int) -> str:
    """Return an amount as text, as Fxiaoke mostly gives it."""
    return f"{minor // 100}.{minor % 100:02d}"


def _common(name: str, customer: int) -> Row:
    return {"name": name, "owner": [SELLERS[customer % 2]], "life_status": "normal", "record_type": "default__c"}


def _accounts(company: Company) -> Iterator[Held]:
    for customer in company.customers:
        body = _common(customer.name, customer.number) | {
            "account_no": customer.code,
            "account_level": customer.segment,
            "industry_level1": customer.industry,
            "industry_level2": "",
            "tel": "",
            "deal_status": "已成交",
        }
        created = instant(customer.since, customer.number)
        modified = imported(company.last_day, customer.number)
        yield Held(row_id("AccountObj", customer.number), created, modified, body)


def _orders(company: Company) -> Iterator[Held]:
    invoiced = {invoice.order: invoice for invoice in company.invoices}
    for order in company.orders:
        invoice = invoiced.get(order.code)
        body = _common(order.code, order.customer) | {
            "account_id": row_id("AccountObj", order.customer),
            "order_time": midnight(order.day),
            "order_amount": money(order.amount),
            "payment_amount": money(invoice.paid if invoice else 0),
            "receivable_amount": money(invoice.open if invoice else 0),
            "invoice_amount": money(invoice.amount if invoice else 0),
            "product_amount": money(order.amount),
            "order_status": "7",
            "delivery_date": midnight(invoice.issued) if invoice else None,
        }
        if order.is_cancelled:
            body["life_status"] = "invalid"
        created = instant(order.day, order.number)
        touched = instant(invoice.touched, order.number) if invoice else created
        yield Held(row_id("SalesOrderObj", order.number), created, max(created, touched), body)


def _plans(company: Company) -> Iterator[Held]:
    orders = {order.code: order.number for order in company.orders}
    for invoice in company.invoices:
        body = _common(invoice.code, invoice.customer) | {
            "account_id": row_id("AccountObj", invoice.customer),
            "order_id": row_id("SalesOrderObj", orders[invoice.order]),
            "plan_payment_amount": money(invoice.amount),
            "plan_payment_time": midnight(invoice.due),
            "plan_payment_method": "transfer",
            "plan_payment_status": _status(invoice, company),
            "actual_payment_amount": money(invoice.paid),
            "remind_time": None,
        }
        created = instant(invoice.issued, invoice.number)
        modified = max(created, instant(invoice.touched, invoice.number))
        yield Held(row_id("PaymentPlanObj", invoice.number), created, modified, body)


def _status(invoice: Invoice, company: Company) -> str:
    if not invoice.open:
        return "completed"
    return "overdue" if invoice.due < company.last_day else "incomplete"


def _payments(company: Company) -> Iterator[Held]:
    for receipt in company.receipts:
        body = _common(f"R{receipt.number:09d}", receipt.customer) | {
            "account_id": row_id("AccountObj", receipt.customer),
            "payment_time": midnight(receipt.day),
            "payment_amount": money(receipt.amount),
            "payment_term": receipt.instrument,
            "remark": "",
            "notification_time": None,
        }
        moment = instant(receipt.posted, receipt.number)
        yield Held(row_id("PaymentObj", receipt.number), moment, moment, body)


def _order_payments(company: Company) -> Iterator[Held]:
    orders = {order.code: order.number for order in company.orders}
    for receipt in company.receipts:
        for allocation in receipt.allocations:
            invoice = company.invoices[allocation.invoice - 1]
            body = _common(f"RC{allocation.number:09d}", receipt.customer) | {
                "payment_id": row_id("PaymentObj", receipt.number),
                "order_id": row_id("SalesOrderObj", orders[invoice.order]),
                "payment_amount": money(allocation.amount),
                "payment_plan_id": row_id("PaymentPlanObj", invoice.number),
            }
            moment = instant(receipt.posted, receipt.number)
            yield Held(row_id("OrderPaymentObj", allocation.number), moment, moment, body)


def _disputes(company: Company) -> Iterator[Held]:
    for dispute in company.disputes:
        body = _common(f"D{dispute.number:09d}", dispute.customer) | {
            "account_id__c": row_id("AccountObj", dispute.customer),
            "plan_id__c": row_id("PaymentPlanObj", dispute.invoice),
            "opened__c": midnight(dispute.opened),
            "closed__c": midnight(dispute.closed) if dispute.closed else None,
        }
        created = instant(dispute.opened, dispute.number)
        modified = instant(dispute.closed, dispute.number) if dispute.closed else created
        yield Held(row_id("Dispute__c", dispute.number), created, max(created, modified), body)
