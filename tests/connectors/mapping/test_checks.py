"""What a mapping names is compared with what the other system has."""

from dataclasses import replace

import pytest

from policy_service.connectors.mapping.checks import Discovered, findings_of
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.port import FieldKind, RemoteField
from policy_service.domain.findings import Severity
from policy_service.ledger.columns import COLUMNS, Table
from tests.connectors.mapping.cases import shipped
from tests.connectors.mapping.discovered import FXIAOKE, fields

OBJECTS: Discovered = {
    "Accounts": fields("id Name $Revenue @Founded ?Audited Parent>Accounts *Lines Industry"),
    "Invoices": (
        *fields("id Account>Accounts !Issued @Due $Total $Rate"),
        RemoteField("Status", "Status", FieldKind.CHOICE, ("Draft", "Sent", "Paid")),
        RemoteField("Lines", "Lines", FieldKind.LIST, parts=fields("product $price")),
    ),
}
CUSTOMERS = "{from: Accounts, to: customers, columns: {customer_id: id}}"
NEEDED = "customer_id: {field: Account, part: id}, issue_date: Issued, due_date: Due, amount: Total"


def said(rows: str, rest: str = "", system: str = "zoho_crm") -> list[str]:
    text = f"{{mapping: a, system: {system}, rows: [{rows}]{rest}}}"
    found = findings_of(read_connector_mapping(text, "a.yaml"), OBJECTS)
    assert all(finding.remedy and finding.place.line for finding in found)
    return [f"{finding.code} {finding.severity.value}: {finding.message} {finding.remedy}" for finding in found]


def of_invoice(columns: str, rest: str = "") -> list[str]:
    return said(f"{{from: Invoices, to: invoices, {rest} columns: {{invoice_id: id, {NEEDED}, {columns}}}}}")


def test_a_mapping_that_fits_has_no_finding() -> None:
    assert said(CUSTOMERS) == []
    assert of_invoice("currency: {constant: CNY}", "only: {Status: [Sent, Paid]}, ") == []


def test_the_shipped_mapping_of_fxiaoke_fits_but_for_fields_that_are_made_for_it() -> None:
    found = findings_of(shipped("fxiaoke"), FXIAOKE)
    assert {(one.code, one.severity) for one in found} == {("X151", Severity.WARNING)}
    assert len(found) == 4


def test_an_object_that_is_not_there_is_told_once_with_the_nearest() -> None:
    rows = "{from: Account, to: customers, columns: {customer_id: id, name: Nam}}"
    assert said(rows) == ['X150 error: there is no object "Account". Did you mean "Accounts"?']


def test_a_looked_up_object_and_its_fields_are_there_too() -> None:
    assert of_invoice("order_id: {look_up: Orders, by: id, take: x}")[0].startswith(
        'X150 error: there is no object "Orders"'
    )
    assert of_invoice("order_id: {look_up: Accounts, by: {field: Account, part: id}, take: Nme}") == [
        'X151 error: Accounts has no field "Nme". Did you mean "Name"?'
    ]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("currency: Zzzz", 'X151 error: Invoices has no field "Zzzz". Choose one of its fields, or take the line out.'),
        ("order_date: Total", "X152 error: Invoices.Total holds money, where a day is needed."),
        (
            "order_id: Account",
            "X152 error: Invoices.Account is a group of fields, where a single value is needed: write part: id.",
        ),
        ("order_id: {field: Total, part: id}", "X152 error: Invoices.Total is no group of fields that has id."),
        ("order_id: Lines", "X152 error: Invoices.Lines holds list, where a single value is needed."),
        (
            "order_id: {field: Status, values: {Snt: x}}",
            'X154 warning: Invoices.Status has no value "Snt". Did you mean "Sent"?',
        ),
        ("order_id: {sum_of: Total, item: x}", "X152 error: Invoices.Total is no list."),
        ("order_id: {sum_of: Lines, item: product}", ""),
        (
            "order_id: {sum_of: Lines, item: prise}",
            'X151 error: Invoices.Lines has no field "prise". Did you mean "price"?',
        ),
    ],
)
def test_a_column_reads_a_field_that_holds_such_a_thing(columns: str, expected: str) -> None:
    found = of_invoice(columns)
    assert (found[0] if found else "").startswith(expected)
    assert bool(found) is bool(expected)


def test_an_amount_is_no_day_and_a_flag_no_amount() -> None:
    rows = "{from: Accounts, to: customers, columns: {customer_id: id, x: {field: Audited, form: amount}}}"
    assert said(rows)[0].startswith("X152 error: Accounts.Audited holds flag, where an amount is needed.")


def test_a_row_is_looked_up_by_a_reference_to_it() -> None:
    found = of_invoice("order_id: {look_up: Invoices, by: {field: Account, part: id}, take: id}")
    assert found == []
    rows = "{from: Accounts, to: customers, columns: {customer_id: {look_up: Invoices, by: Parent, take: id}}}"
    assert "names a row of Accounts, not of Invoices" in said(rows, system="fxiaoke")[0]


def test_a_word_of_a_condition_is_one_of_the_choices() -> None:
    found = of_invoice("currency: {constant: CNY}", 'not: {Status: [Void, ""]}, ')
    assert found == [
        'X154 warning: Invoices.Status has no value "Void". Choose one of its values, or take the word out.'
    ]


def test_a_column_that_the_ledger_needs_is_missed() -> None:
    rows = "{from: Invoices, to: payments, columns: {payment_id: id, date: Issued}}"
    assert said(rows) == [
        "X153 error: payments from Invoices lacks the column amount. Write a line for amount below columns.",
        "X153 error: payments from Invoices lacks the column invoice_id or customer_id. "
        "Write a line for invoice_id or customer_id below columns.",
    ]


def test_what_is_turned_off_is_only_warned_of() -> None:
    rows = "{from: Nothing, to: customers, is_on: false, columns: {customer_id: id}}"
    assert said(rows)[0].startswith("X150 warning")


def test_of_an_object_whose_fields_are_not_known_nothing_is_said() -> None:
    found = findings_of(shipped("drop_folder"), {"customers": fields("customer_id"), "invoices": ()})
    assert {one.message for one in found if one.code == "X151"} == {
        f'customers has no field "{name}".' for name in COLUMNS[Table.CUSTOMERS].all if name != "customer_id"
    }
    assert "invoices" not in {one.message.split('"')[1] for one in found if one.code == "X150"}


def test_where_there_is_another_to_take_one_may_be_lacking() -> None:
    assert of_invoice("order_id: {first_of: [Nothing, id]}") == [
        'X151 note: Invoices has no field "Nothing". Choose one of its fields, or take the line out.'
    ]


def test_what_is_written_back_can_be_written() -> None:
    objects = {"Accounts": (*OBJECTS["Accounts"], replace(fields("Grade")[0], is_writable=False, choices=("A", "B")))}
    text = (
        f"{{mapping: a, system: zoho_crm, rows: [{CUSTOMERS}], write_back: [{{object: Accounts, fields: "
        "{grade: Grade, next_review: Reviewed, payment_term_days: {field: Industry, values: {'30': X}}}}]}"
    )
    found = findings_of(read_connector_mapping(text, "a.yaml"), objects)
    assert [(one.code, one.severity.value, one.message) for one in found] == [
        ("X155", "warning", "Accounts.Grade cannot be written."),
        ("X151", "warning", 'Accounts has no field "Reviewed".'),
    ]
