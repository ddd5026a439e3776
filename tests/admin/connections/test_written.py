"""What is written back, as it is shown: fields of a row together, days as days."""

from zoneinfo import ZoneInfo

from admin.screens.connections.written import by_row, writing_of
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.services.connections.writing_back_looking import FieldWrite

ZONE = ZoneInfo("Asia/Shanghai")
MAPPING = """
mapping: small
system: fxiaoke
rows:
  - {from: AccountObj, to: customers, columns: {customer_id: _id}}
write_back:
  - object: AccountObj
    fields:
      payment_term_days: term__c
      next_review: {field: review__c, unit: milliseconds}
"""


def write(row_id: str, field: str) -> FieldWrite:
    """Return a field that is to be written."""
    return FieldWrite("C1", "AccountObj", row_id, field, None, False, 1)


def test_fields_of_a_row_stand_together_in_the_order_of_the_rows() -> None:
    rows = by_row((write("b", "x"), write("a", "x"), write("b", "left out")))
    assert [("b", ["x", "left out"]), ("a", ["x"])] == [(row.row_id, [one.field for one in row.fields]) for row in rows]


def test_milliseconds_of_a_day_are_shown_as_the_day_and_nothing_else_is() -> None:
    said = writing_of(read_connector_mapping(MAPPING, "small.yaml"), ZONE)
    assert "2027-02-20" == said(1_803_052_800_000, "AccountObj", "review__c")
    assert "2027-02-20" == said("1803052800000", "AccountObj", "review__c")
    assert "1803052800000" == said(1_803_052_800_000, "AccountObj", "term__c")
    assert "–" == said("", "AccountObj", "review__c")
    assert "soon" == said("soon", "AccountObj", "review__c")
    assert "9" * 40 == said("9" * 40, "AccountObj", "review__c")


def test_what_is_long_is_cut_off() -> None:
    assert "x" * 200 + "…" == writing_of(None, ZONE)("x" * 300, "AccountObj", "note")
