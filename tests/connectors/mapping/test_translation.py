"""Rows of other systems turned into rows of the ledger, as the cases beside this file say it."""

from pathlib import Path
from zoneinfo import ZoneInfo

from policy_service.connectors.mapping.reader import load_connector_mapping
from policy_service.connectors.mapping.translation import Company, translate
from policy_service.connectors.port import Body

SHIPPED = Path(__file__).parents[3] / "rules" / "connectors"
COMPANY = Company(ZoneInfo("Asia/Shanghai"), "CNY")


def test_what_is_left_of_a_receipt_is_the_customers() -> None:
    mapping = load_connector_mapping(SHIPPED / "zoho_books.yaml")
    body: Body = {
        "payment_id": "P1",
        "date": "2026-06-05",
        "amount": 450,
        "amount_refunded": 50,
        "customer_id": "C1",
        "invoices": [{"invoice_id": "I1", "amount_applied": 300.10}],
    }
    found = translate(mapping, "customerpayments", "P1", body, lambda _object, _id: None, COMPANY)
    assert [row.cells["amount"] for row in found.rows] == ["300.1", "99.9"]
