"""A house that is filled again holds what it held when it was filled at first."""

from policy_service.services.house import House
from tests.services.decisions.live import furnish, open_house
from tests.storage.books import empty
from tests.storage.rows import fill, held


def test_what_is_put_back_is_what_was_made(bare: House) -> None:
    fill(bare, "twice", furnish)
    at_first = held(bare.database)
    empty(bare.database)
    other = open_house(bare.database)
    fill(other, "twice", furnish)
    assert at_first == held(other.database)
    assert {"ledger_customers", "ledger_invoices", "policy_versions"} < {table.name for table in at_first}
    assert bare.new_id() == other.new_id()
    other.policies.close()
