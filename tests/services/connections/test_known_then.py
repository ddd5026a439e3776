"""What was decided before rows were withdrawn is decided again just as it was."""

from policy_service.services.house import House
from policy_service.storage.ledger_store import LedgerStore
from tests.services.connections.small_system import Pulling, SmallSystem
from tests.services.decisions.live import TODAY, ask, asked, at, enforce, replayed
from tests.services.house import house_policy


def test_a_decision_is_replayed_as_it_was_after_its_rows_were_withdrawn(bare: House) -> None:
    enforce(bare, house_policy())
    system = SmallSystem()
    system.put("Accounts", "A1", name="Ada")
    system.put("Orders", "O1", account="A1", day="2024-12-02", amount="100.00")
    system.put("Invoices", "1", number="I1", account="A1", order="O1", due="2024-12-20", amount="100.00")
    pulling = Pulling(bare, system)
    pulling.at = at(TODAY, 1)
    pulling.pull()
    before = pulling.ledger()
    with bare.database.reading() as session:
        head = LedgerStore(session).head()
    given = ask(bare, asked("A1"))
    system.delete("Invoices", "1")
    pulling.pull()
    assert before != pulling.ledger()
    with bare.database.reading() as session:
        assert before == LedgerStore(session).load_ledger(through=head)
    assert replayed(bare, given).is_identical
