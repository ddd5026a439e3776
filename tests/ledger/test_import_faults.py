"""One test per rule that leaves a row out: tiny ledgers, one thing wrong in each."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.ledger.importing import (
    ADJUSTMENT,
    DISPUTE,
    I1_FALLS,
    INVOICE,
    INVOICES,
    ORDERED,
    ORDERS,
    PAYMENT,
    PROMISE,
    TWO_INVOICES,
    import_texts,
    left_out,
)

FAULTS: Mapping[str, tuple[dict[str, str], list[tuple[str, int, str, str]]]] = {
    "a row with too few cells": (
        {"invoices": INVOICES + "I2,C1\n"},
        [("invoices.csv", 3, "", "Q101")],
    ),
    "text behind a quotation": (
        {"invoices": INVOICES + '"I2"x,C1,2024-01-10,2024-02-09,1\nI3,C1,2024-01-10,2024-02-09,1\n'},
        [("invoices.csv", 3, "", "Q102")],
    ),
    "a quotation never closed": (
        {"invoices": INVOICES + '"I2,C1,2024-01-10,2024-02-09,1\nI3,C1,2024-01-10,2024-02-09,1\n'},
        [("invoices.csv", 3, "", "Q102")],
    ),
    "an invoice without id": (
        {"invoices": INVOICES + ",C1,2024-01-10,2024-02-09,1\n"},
        [("invoices.csv", 3, "invoice_id", "Q103")],
    ),
    "an empty amount": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,\n"},
        [("invoices.csv", 3, "amount", "Q103")],
    ),
    "a day that does not exist": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-30,1\n"},
        [("invoices.csv", 3, "due_date", "Q104")],
    ),
    "a day without dashes": (
        {"invoices": INVOICES + "I2,C1,20240110,2024-02-09,1\n"},
        [("invoices.csv", 3, "issue_date", "Q104")],
    ),
    "posted_on that is no day": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,,soon\n"},
        [("invoices.csv", 2, "posted_on", "Q104")],
    ),
    "an amount with a separator": (
        {"invoices": INVOICES + 'I2,C1,2024-01-10,2024-02-09,"1,000.00"\n'},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "a negative amount": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,-1\n"},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "an amount of Arabic digits": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,\u0661\n"},
        [("invoices.csv", 3, "amount", "Q105")],
    ),
    "an amount of zero": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,0.00\n"},
        [("invoices.csv", 3, "amount", "Q106")],
    ),
    "more decimals than the currency has": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-02-09,1.005\n"},
        [("invoices.csv", 3, "amount", "Q107")],
    ),
    "decimals of a yen": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1.0,,JPY,\n",
            "rates": "date,currency,rate\n2024-01-01,JPY,0.05\n",
        },
        [("invoices.csv", 2, "amount", "Q107")],
    ),
    "an amount beyond 64 bits": (
        {"invoices": INVOICES + f"I2,C1,2024-01-10,2024-02-09,{'9' * 18}\n"},
        [("invoices.csv", 3, "amount", "Q108")],
    ),
    "an amount beyond 64 bits in the base currency": (
        {
            "invoices": INVOICE
            + f"I2,C1,2024-01-10,2024-02-09,{'9' * 16},,USD,\nI3,C1,2024-01-01,2024-02-09,1,,USD,\n",
            "rates": "date,currency,rate\n2024-01-01,USD,1\n2024-01-02,USD,100\n",
        },
        [("invoices.csv", 2, "amount", "Q108")],
    ),
    "a rate that no amount bears": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\n",
            "rates": f"date,currency,rate\n2024-01-01,USD,{'9' * 30}\n",
        },
        [("invoices.csv", 2, "amount", "Q108")],
    ),
    "a payment beyond 64 bits in the base currency": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\n",
            "payments": f"payment_id,date,amount,invoice_id\nP1,2024-01-20,{'9' * 16},I2\n",
            "rates": "date,currency,rate\n2024-01-02,USD,100\n",
        },
        [("invoices.csv", 2, "invoice_id", "Q125"), ("payments.csv", 2, "amount", "Q108")],
    ),
    "a limit without end in capitals": (
        {"standings": "customer_id,from,credit_limit\nC1,2024-01-01,Unlimited\n"},
        [("standings.csv", 2, "credit_limit", "Q115")],
    ),
    "an amount of 5,000 digits": (
        {"invoices": INVOICES + f"I2,C1,2024-01-10,2024-02-09,{'9' * 5000}\n"},
        [("invoices.csv", 3, "amount", "Q108")],
    ),
    "a currency that is none": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,usd,\n"},
        [("invoices.csv", 2, "currency", "Q109")],
    ),
    "a currency without a rate": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\n"},
        [("invoices.csv", 2, "currency", "Q110")],
    ),
    "a currency whose first rate is later": (
        {
            "invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,,USD,\nI3,C1,2024-01-11,2024-02-09,1,,USD,\n",
            "rates": "date,currency,rate\n2024-01-11,USD,7.1\n",
        },
        [("invoices.csv", 2, "currency", "Q110")],
    ),
    "an invoice of an unknown customer": (
        {"invoices": INVOICES + "I2,C9,2024-01-10,2024-02-09,1\n"},
        [("invoices.csv", 3, "customer_id", "Q111")],
    ),
    "an invoice of a quarantined customer": (
        {"customers": "customer_id,since\nC1,never\n"},
        [("customers.csv", 2, "since", "Q104"), ("invoices.csv", 2, "customer_id", "Q111")],
    ),
    "a payment of an unknown invoice": (
        {"payments": PAYMENT + "P1,2024-02-01,1,I9,\n"},
        [("payments.csv", 2, "invoice_id", "Q112")],
    ),
    "a payment of nothing": (
        {"payments": PAYMENT + "P1,2024-02-01,1,,\n"},
        [("payments.csv", 2, "invoice_id", "Q114")],
    ),
    "a faulty unapplied payment alone": (
        {"payments": PAYMENT + "P1,2024-02-01,0,,C1\nP2,2024-02-01,1,I1,\n"},
        [("payments.csv", 2, "amount", "Q106")],
    ),
    "an unapplied payment of an unknown customer": (
        {"payments": PAYMENT + "P1,2024-02-01,1,,C9\n"},
        [("payments.csv", 2, "customer_id", "Q111")],
    ),
    "a faulty payment with its invoice and all that hangs on it": (
        {
            "payments": PAYMENT + "P1,2024-02-01,x,I1,\nP2,2024-02-01,1,I1,\n",
            "promises": PROMISE + "R1,I1,2024-02-01,2024-02-10,\n",
        },
        [
            I1_FALLS,
            ("payments.csv", 2, "amount", "Q105"),
            ("payments.csv", 3, "invoice_id", "Q124"),
            ("promises.csv", 2, "invoice_id", "Q124"),
        ],
    ),
    "a ragged payment with the invoice it may name": (
        {"payments": PAYMENT + "P1,2024-02-01,1,000,I1,\n"},
        [I1_FALLS, ("payments.csv", 2, "", "Q101")],
    ),
    "a row that a stray quotation mark hides in another": (
        {"payments": PAYMENT + 'P1,2024-02-01,"1,,C1\nP2,2024-02-01,"",I1,\n'},
        [I1_FALLS, ("payments.csv", 2, "", "Q102")],
    ),
    "an adjustment of an unknown kind": (
        {"adjustments": ADJUSTMENT + "A1,I1,2024-02-01,gift,1\n"},
        [I1_FALLS, ("adjustments.csv", 2, "kind", "Q115")],
    ),
    "an invoice due before its issue": (
        {"invoices": INVOICES + "I2,C1,2024-01-10,2024-01-09,1\n"},
        [("invoices.csv", 3, "due_date", "Q116")],
    ),
    "an order date after the issue": (
        {"invoices": INVOICE + "I2,C1,2024-01-10,2024-02-09,1,2024-01-11,,\n"},
        [("invoices.csv", 2, "order_date", "Q117")],
    ),
    "a dispute before the issue": (
        {"disputes": DISPUTE + "D1,I1,2024-01-09,\n"},
        [I1_FALLS, ("disputes.csv", 2, "opened", "Q118")],
    ),
    "a promise before the issue": (
        {"promises": PROMISE + "R1,I1,2024-01-09,2024-02-09,\n"},
        [I1_FALLS, ("promises.csv", 2, "made", "Q118")],
    ),
    "a dispute closed before it is opened": (
        {"disputes": DISPUTE + "D1,I1,2024-01-20,2024-01-19\n"},
        [I1_FALLS, ("disputes.csv", 2, "closed", "Q119")],
    ),
    "a promise for a day before it": (
        {"promises": PROMISE + "R1,I1,2024-01-20,2024-01-19,\n"},
        [I1_FALLS, ("promises.csv", 2, "promised", "Q120")],
    ),
    "a promise of nothing": (
        {"promises": PROMISE + "R1,I1,2024-01-20,2024-01-21,0\n"},
        [I1_FALLS, ("promises.csv", 2, "amount", "Q106")],
    ),
    "an event without kind": (
        {"events": "event_id,customer_id,date,kind\nE1,C1,2024-01-01,\n"},
        [("events.csv", 2, "kind", "Q103")],
    ),
    "an event of an unknown customer": (
        {"events": "event_id,customer_id,date,kind\nE1,C9,2024-01-01,contact\n"},
        [("events.csv", 2, "customer_id", "Q111")],
    ),
    "a standing with a term that is no whole number": (
        {"standings": "customer_id,from,payment_term_days\nC1,2024-01-01,30.5\n"},
        [("standings.csv", 2, "payment_term_days", "Q123")],
    ),
    "an order in no known state": (
        {"orders": "order_id,customer_id,date,amount,state\nO1,C1,2024-01-01,1,lost\n"},
        [("orders.csv", 2, "state", "Q115")],
    ),
    "an invoice of an unknown order": (
        {"invoices": ORDERED, "orders": ORDERS},
        [("invoices.csv", 2, "order_id", "Q113")],
    ),
    "an order dated after its invoice": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C1,2024-01-11,100\n"},
        [("orders.csv", 2, "date", "Q121"), ("invoices.csv", 2, "order_id", "Q126")],
    ),
    "a faulty order with its invoice": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C1,2024-01-09,\n"},
        [("orders.csv", 2, "amount", "Q103"), ("invoices.csv", 2, "order_id", "Q126")],
    ),
    "an order with the faulty payment of its invoice": (
        {
            "invoices": ORDERED + "I2,C1,2024-01-10,2024-02-09,1,O1\n",
            "orders": ORDERS + "O1,C1,2024-01-09,100\n",
            "payments": PAYMENT + "P1,2024-02-01,,I1,\n",
        },
        [
            ("orders.csv", 2, "order_id", "Q124"),
            I1_FALLS,
            ("invoices.csv", 3, "order_id", "Q126"),
            ("payments.csv", 2, "amount", "Q103"),
        ],
    ),
    "an order of another customer": (
        {"invoices": ORDERED, "orders": ORDERS + "O1,C2,2024-01-09,100\n"},
        [("orders.csv", 2, "order_id", "Q124"), ("invoices.csv", 2, "order_id", "Q127")],
    ),
    "invoices with one id that differ": (
        {"invoices": INVOICES + "I1,C1,2024-01-10,2024-02-09,101\n"},
        [("invoices.csv", 2, "invoice_id", "Q122"), ("invoices.csv", 3, "invoice_id", "Q122")],
    ),
    "an invoice whose id stands on a faulty row too": (
        {"invoices": INVOICES + "I1,C1,2024-01-10,2024-02-09,\n"},
        [("invoices.csv", 2, "invoice_id", "Q122"), ("invoices.csv", 3, "amount", "Q103")],
    ),
    "payments with one id that differ and every invoice they name": (
        {
            "invoices": TWO_INVOICES,
            "payments": PAYMENT + "P1,2024-02-01,1,I1,\nP1,2024-02-01,1,I2,\nP1,2024-02-01,1,I1,\n",
        },
        [
            I1_FALLS,
            ("invoices.csv", 3, "invoice_id", "Q125"),
            ("payments.csv", 2, "payment_id", "Q122"),
            ("payments.csv", 3, "payment_id", "Q122"),
            ("payments.csv", 4, "payment_id", "Q122"),
        ],
    ),
    "customer rows with one day that differ": (
        {"customers": "customer_id,valid_from,segment\nC1,2024-01-01,A\nC1,2024-01-01,B\nC1,,A\n"},
        [
            ("customers.csv", 2, "customer_id, valid_from", "Q122"),
            ("customers.csv", 3, "customer_id, valid_from", "Q122"),
        ],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_faulty_is_quarantined_with_file_line_column_and_reason(fault: str, tmp_path: Path) -> None:
    texts, expected = FAULTS[fault]
    assert expected == left_out(import_texts(tmp_path, **texts))
