"""The documents on mappings of other systems say what the reader reads."""

import re
from zoneinfo import ZoneInfo

import pytest

from policy_service.connectors.mapping.mapping import Output, Unit, columns_of
from policy_service.connectors.mapping.reader import load_connector_mapping, read_connector_mapping
from policy_service.connectors.mapping.sources import Form
from policy_service.connectors.mapping.task_texts import PLACEHOLDERS
from policy_service.connectors.mapping.translation import Company, translate
from policy_service.connectors.port import Body, System
from policy_service.domain.errors import PolicyTextError
from policy_service.ledger.columns import Table
from tests.docs.documents import DOCS, RULES, Block, blocks, section, text_of

REFERENCE = "reference/connector-mappings.md"
WRITTEN = [block for name in (REFERENCE, "how-to/map-a-crm.md") for block in blocks(DOCS / name, "yaml")]
_WORDS = re.compile(r"`([^`\n]+)`")
_START = "mapping: a, system: zoho_crm"
_FEED = "from: A, to: customers, columns: {customer_id: id}"
_KEYS = {
    "the mapping": f"{{{_START}, rows: [], zzzz: 1}}",
    "rows": f"{{{_START}, rows: [{{{_FEED}, zzzz: 1}}]}}",
    "a field": f"{{{_START}, rows: [{{from: A, to: customers, columns: {{name: {{field: a, zzzz: 1}}}}}}]}}",
    "a joined text": f"{{{_START}, rows: [{{from: A, to: customers, columns: {{name: {{joined: [a], zzzz: 1}}}}}}]}}",
    "a look-up": f"{{{_START}, rows: [{{from: A, to: customers, columns: {{name: {{look_up: a, zzzz: 1}}}}}}]}}",
    "a rest": f"{{{_START}, rows: [{{from: A, to: customers, columns: {{name: {{rest_of: a, zzzz: 1}}}}}}]}}",
    "a sum": f"{{{_START}, rows: [{{from: A, to: customers, columns: {{name: {{sum_of: a, zzzz: 1}}}}}}]}}",
    "an output": f"{{{_START}, rows: [{{{_FEED}}}], write_back: [{{object: A, fields: {{zzzz: 1}}}}]}}",
    "tasks": f"{{{_START}, rows: [{{{_FEED}}}], tasks: {{zzzz: 1}}}}",
    **{
        f"the field of {output.value}": f"{{{_START}, rows: [{{{_FEED}}}],"
        f" write_back: [{{object: A, fields: {{{output.value}: {{field: a, zzzz: 1}}}}}}]}}"
        for output in Output
    },
}


@pytest.mark.parametrize("block", WRITTEN, ids=lambda block: block.place)
def test_a_mapping_that_stands_in_a_document_is_read(block: Block) -> None:
    assert read_connector_mapping(block.text, block.place).feeds


def test_a_receipt_of_450_that_400_of_are_applied_is_two_payments() -> None:
    mapping = next(
        read_connector_mapping(block.text, block.place) for block in WRITTEN if "mapping: receipts" in block.text
    )
    applied: Body = {"invoice_id": "3", "amount_applied": 400.0}
    body: Body = {"payment_id": "1", "amount": 450, "currency_code": "CNY", "customer_id": "2", "invoices": [applied]}
    company = Company(ZoneInfo("Asia/Shanghai"), "CNY")
    found = translate(mapping, "customerpayments", "1", body, lambda _object, _id: None, company)
    assert [(row.cells["amount"], row.cells.get("invoice_id")) for row in found.rows] == [("400", "3"), ("50", None)]


@pytest.mark.parametrize("what", _KEYS)
def test_every_key_of_a_mapping_is_documented(what: str) -> None:
    with pytest.raises(PolicyTextError) as refused:
        read_connector_mapping(_KEYS[what], "a.yaml")
    known = re.findall(r'has no key "zzzz"\. Known are: ([^.]+)\.', str(refused.value))
    text = text_of(REFERENCE)
    assert known
    assert set() == {key for key in known[0].split(", ") if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", text)}


def test_every_form_word_table_and_placeholder_is_documented() -> None:
    words = set(_WORDS.findall(text_of(REFERENCE)))
    assert set() == {*System, *Table, *Form, *Output, *Unit, *(f"{{{name}}}" for name in PLACEHOLDERS)} - words


def test_every_shipped_mapping_stands_with_the_tables_that_its_objects_feed() -> None:
    shipped = section(text_of(REFERENCE), "Mappings that ship")
    for file in (RULES / "connectors").glob("*.yaml"):
        mapping = load_connector_mapping(file)
        assert f"| `{mapping.name}` |" in shipped
        for feed in mapping.feeds if mapping.system is not System.DROP_FOLDER else ():
            line = f"| `{mapping.name}` | `{feed.object_name}` | `{feed.table.value}` |"
            assert line in shipped
            assert feed.is_on or f"{line} turned off" in shipped


def test_the_mapping_of_a_folder_reads_every_column_of_every_table() -> None:
    folder = load_connector_mapping(RULES / "connectors" / "drop_folder.yaml")
    assert [feed.table for feed in folder.feeds] == list(Table)
    for feed in folder.feeds:
        own = {"currency"} if feed.table is Table.PAYMENTS else {"posted_on"} if feed.table is Table.RATES else set()
        assert set(columns_of(feed.table)) - own == set(feed.columns)
