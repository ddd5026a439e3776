"""A mapping is read strictly, and what is written is what is read."""

import pytest

from policy_service.connectors.mapping.mapping import wanted
from policy_service.connectors.mapping.reader import LONGEST_MAPPING, MOST_COLUMNS, read_connector_mapping
from policy_service.connectors.mapping.writer import mapping_text
from policy_service.connectors.port import Wanted
from policy_service.domain.errors import PolicyTextError
from tests.connectors.mapping.cases import SHIPPED, every_case, shipped

START = "{mapping: a, system: zoho_crm, "
FEED = "{from: A, to: customers, columns: {customer_id: id}}"


def refusal(written: str) -> str:
    with pytest.raises(PolicyTextError) as refused:
        read_connector_mapping(written, "a.yaml")
    return str(refused.value)


def of_column(source: str) -> str:
    return refusal(f"{START}rows: [{{from: A, to: customers, columns: {{name: {source}}}}}]}}")


@pytest.mark.parametrize("name", sorted(file.stem for file in SHIPPED.glob("*.yaml")))
def test_a_shipped_mapping_is_named_as_its_system_and_read_as_it_is_written(name: str) -> None:
    mapping = shipped(name)
    assert (mapping.name, mapping.system) == (name, name)
    assert mapping == read_connector_mapping(mapping_text(mapping), "again.yaml")


def test_every_mapping_of_the_cases_is_read_as_it_is_written() -> None:
    for case in every_case():
        assert case.mapping == read_connector_mapping(mapping_text(case.mapping), "again.yaml")


def test_all_that_is_written_back_is_read_as_it_is_written() -> None:
    mapping = read_connector_mapping(
        f"""{START}rows: [{FEED}], write_back: [{{object: A, fields: {{
          grade: {{field: G, values: {{A: Best, "null": "-"}}, unset: ""}},
          credit_limit: {{field: L, currency: EUR, decimals: 2, unlimited: "no end", unset: "0"}},
          payment_term_days: T, credit_stopped: {{field: S, set: "yes", clear: ""}},
          next_review: {{field: R, unit: milliseconds}}}}}}],
          tasks: {{about: A, subject: "{{action}}", text: "{{customer}} {{link}}", owner: "7", due: false}}}}""",
        "a.yaml",
    )
    assert mapping == read_connector_mapping(mapping_text(mapping), "again.yaml")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{prefix: x}", "neither a field nor a constant"),
        ("{first_of: []}", "neither a field nor a constant"),
        ("{item: x}", "a field of an item, and the row has no list. Name the list under each:"),
        ("{field: x, form: number}", 'name, form is "number"'),
        ("{field: x, date_format: DD-MM}", 'date_format is "DD-MM"'),
        ("{constant: x, prefix: y}", 'has no key "prefix"'),
        ("{look_up: B, by: b}", 'lacks the key "take"'),
        ("{rest_of: x}", 'lacks the key "less"'),
        ("[a]", "where a single value is expected"),
    ],
)
def test_a_source_that_means_nothing_is_refused_with_its_place(source: str, said: str) -> None:
    found = of_column(source)
    assert found.startswith("a.yaml line 1, column ")
    assert said in found


def test_rows_are_looked_up_through_four_others_at_most() -> None:
    source = "x"
    for _ in range(4):
        source = f"{{look_up: B, by: b, take: {source}}}"
    read_connector_mapping(f"{START}rows: [{{from: A, to: customers, columns: {{name: {source}}}}}]}}", "a.yaml")
    assert "[X142]" in of_column(f"{{look_up: B, by: b, take: {source}}}")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("{from: A, to: clients, columns: {}}", "L052"),
        ("{from: A, to: invoices, columns: {invoice_no: x}}", "L041"),
        ("{from: A, to: payments, columns: {payment_id: x}, unless_zero: [amount]}", "X144"),
        ("{from: A, to: customers, columns: {name: x}, only: [{field: y}]}", "L042"),
        ("{from: A, to: customers, columns: {name: x}, is_on: maybe}", "L050"),
        ("{from: A, to: customers, columns: [name, name]}", "L053"),
    ],
)
def test_rows_that_mean_nothing_are_refused(rows: str, code: str) -> None:
    assert refusal(f"{START}rows: [{rows}]}}").endswith(f"[{code}]")


def test_what_is_written_back_is_refused_where_no_customer_is() -> None:
    assert "[X146]" in refusal(f"{START}rows: [{FEED}], write_back: [{{object: B, fields: {{grade: g}}}}]}}")
    assert "[X146]" in refusal(f"{START}rows: [{FEED}], tasks: {{about: B, subject: s, text: t}}}}")


@pytest.mark.parametrize("template", ["{client}", "{customer.name}", "{customer!r}", "{0}", "{customer:>9}", "{}"])
def test_a_placeholder_is_one_of_a_few_words_and_no_code(template: str) -> None:
    assert "[X143]" in refusal(f"{START}rows: [{FEED}], tasks: {{about: A, subject: '{template}', text: t}}}}")


def test_a_mapping_is_bounded() -> None:
    assert "[X145]" in refusal("#" * (LONGEST_MAPPING + 1))
    columns = ", ".join(f"c{number}: x" for number in range(MOST_COLUMNS + 1))
    assert "[X145]" in refusal(f"{START}rows: [{{from: A, to: customers, columns: {{{columns}}}}}]}}")


def test_prefixes_are_of_tables_that_have_ids() -> None:
    assert '"rates"' in refusal(f"{START}rows: [{FEED}], id_prefix: {{rates: x}}}}")


def test_objects_are_pulled_after_what_they_look_up_with_every_field_that_is_read() -> None:
    assert wanted(shipped("fxiaoke"))[2:] == (
        Wanted(
            "PaymentPlanObj",
            ("life_status", "_id", "account_id", "order_id", "plan_payment_time", "plan_payment_amount"),
        ),
        Wanted("PaymentObj", ("life_status", "payment_time", "account_id")),
        Wanted("OrderPaymentObj", ("life_status", "payment_id", "_id", "payment_amount", "payment_plan_id")),
    )
    books = wanted(shipped("zoho_books"))
    assert [one.object_name for one in books] == ["contacts", "invoices", "customerpayments"]
    assert "invoices" in books[2].fields


def test_what_is_turned_off_is_not_pulled_and_what_is_written_only_where_asked_for() -> None:
    mapping = shipped("zoho_crm")
    assert [one.object_name for one in wanted(mapping)] == ["Accounts"]
    assert "Credit_Grade" not in wanted(mapping)[0].fields
    assert "Credit_Grade" in wanted(mapping, with_written=True)[0].fields
