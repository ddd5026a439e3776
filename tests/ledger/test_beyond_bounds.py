"""What is too long, too large or off the calendar leaves out its own row and no other."""

from pathlib import Path

import pytest

from policy_service.domain.lengths import LONGEST_IDENTIFIER
from tests.ledger.importing import INVOICES, import_texts


@pytest.mark.parametrize(("length", "codes"), [(LONGEST_IDENTIFIER, []), (LONGEST_IDENTIFIER + 1, ["Q129"])])
def test_an_id_that_is_too_long_falls_alone(length: int, codes: list[str], tmp_path: Path) -> None:
    """One slip of the keyboard must not keep a whole ledger out."""
    result = import_texts(tmp_path, invoices=INVOICES + f"{'9' * length},C2,2024-01-10,2024-02-09,1\n")
    assert codes == [one.reason.value for one in result.quarantined]
    assert all((3, "invoice_id", True) == (one.line, one.column, "201" in one.found) for one in result.quarantined)
    assert "I1" == result.ledger.histories["C1"].invoices[0].invoice_id


def test_an_amount_beyond_64_bits_and_a_day_off_the_calendar_fall_alone(tmp_path: Path) -> None:
    rows = "I2,C2,2024-01-10,2024-02-09,92233720368547758.07\nI3,C2,2024-01-10,10000-01-01,1\n"
    rows += "I4,C2,0000-01-01,2024-02-09,1\n"
    largest = "I5,C2,0001-01-01,9999-12-31,92233720368547758.06\n"
    result = import_texts(tmp_path, invoices=INVOICES + rows + largest)
    assert [(3, "amount", "Q108"), (4, "due_date", "Q104"), (5, "issue_date", "Q104")] == [
        (one.line, one.column, one.reason.value) for one in result.quarantined
    ]
    assert ["I5"] == [one.invoice_id for one in result.ledger.histories["C2"].invoices]
