"""Whatever is posted, undone and read at once: every session finds the ledger that it sees."""

import datetime as dt
import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from threading import Thread

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from policy_service.domain.entries import Customer, Ledger
from policy_service.domain.errors import LedgerError
from policy_service.services.known_customers import KnownCustomers
from policy_service.storage.database import Database
from policy_service.storage.errors import NotStored
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.ledger_tables import Entry
from tests.facts.small_ledgers import dispute, invoice, payment, rate
from tests.services.known_customers.looking import DAYS, RolledBack, assert_as_stored, exposure, push
from tests.storage.books import empty, ledger_of, run, store
from tests.storage.random_books import ledgers

EXAMPLES = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Play:
    """A database, one process's customers, and sessions that see it as it was when they began."""

    def __init__(self, database: Database, stack: ExitStack) -> None:
        self.database = database
        self.known = KnownCustomers(most_entries=30)
        self._stack = stack
        self.snapshots: list[Session] = []

    def look(self, session: Session) -> None:
        """Ask for everything, as a decision would."""
        seen = LedgerStore(session).head()
        known = self.known.at(session)
        assert seen == known.head
        assert_as_stored(known, session)
        if seen > 1:
            assert_as_stored(self.known.as_known(session, seen - 1), session)

    def begin(self) -> None:
        """Open a session that goes on seeing what it sees now."""
        session = self._stack.enter_context(self.database.reading())
        LedgerStore(session).head()
        self.snapshots.append(session)

    @contextmanager
    def writing(self, is_stored: bool) -> Iterator[Session]:
        """Give a session whose changes are stored, or not; nor are they if they are refused."""
        with suppress(RolledBack, NotStored), self.database.writing() as session:
            yield session
            if not is_stored:
                raise RolledBack

    def step(self, kind: str, data: st.DataObject) -> None:
        match kind:
            case "import":
                # One with another rate of a day is refused whole.
                with suppress(LedgerError):
                    store(self.database, data.draw(ledgers()), replaces=data.draw(st.booleans()))
            case "push":
                with self.writing(is_stored=data.draw(st.booleans())) as session:
                    LedgerStore(session).upsert(data.draw(pushes()), "CNY", 1, "erp")
                    if data.draw(st.booleans()):
                        self.look(session)
            case "begin":
                self.begin()
            case "look back" if self.snapshots:
                self.look(data.draw(st.sampled_from(self.snapshots)))
            case _:
                with self.database.reading() as session:
                    self.look(session)


STEPS = ("import", "push", "push", "begin", "look back", "look", "look")


@st.composite
def pushes(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Return entries that may be pushed at any time: of a new customer, or in the place of an earlier push."""
    name = draw(st.sampled_from(("C0", "C1", "C9")))
    parent = draw(st.sampled_from(("", "C0", "C9")))
    customer = Customer(
        name, parent_id=parent if parent < name else "", valid_from=draw(st.sampled_from((None, DAYS[0])))
    )
    bill = invoice(f"N-{name}", "2025-01-02", "2025-01-20", draw(st.integers(1, 900)), of=name)
    more = draw(
        st.sampled_from(
            (
                payment("N-P", "2025-01-05", 7, bill.invoice_id),
                dispute("N-D", bill.invoice_id, "2025-01-03"),
                rate("2025-01-01", "USD", "7.5"),
                rate("2025-01-01", "USD", "7.7"),
            )
        )
    )
    return (customer, bill, more)


@EXAMPLES
@given(first=ledgers(), steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=12), data=st.data())
def test_every_session_finds_the_ledger_that_it_sees(
    database: Database, first: Ledger, steps: list[str], data: st.DataObject
) -> None:
    empty(database)
    store(database, first)
    with ExitStack() as stack:
        play = Play(database, stack)
        for kind in (*steps, "look", "look back"):
            play.step(kind, data)


def test_threads_that_read_and_post_at_once_each_find_what_they_see(database: Database) -> None:
    names = ("C1", "C2", "C3")
    store(database, ledger_of(*(invoice(f"I-{name}", "2024-01-10", "2024-02-09", 10_000, of=name) for name in names)))
    known, faults = KnownCustomers(), list[Exception]()

    def post(name: str) -> None:
        for number in range(8):
            push(database, payment(f"P-{name}-{number}", "2024-02-01", 1, f"I-{name}"))

    def read() -> None:
        for number in range(40):
            with database.reading() as session:
                ledger = known.at(session)
                name = names[number % 3]
                stored = LedgerStore(session).load_history(name, through=ledger.head)
                assert stored == ledger.history(name)
                assert 10_000 - len(stored.payments) == exposure(ledger, name)

    def watched(act: Callable[[], None]) -> Thread:
        def tried() -> None:
            try:
                act()
            except Exception as fault:
                faults.append(fault)

        return Thread(target=tried)

    run([watched(partial(post, name)) for name in names] + [watched(read) for _ in range(3)])
    assert [] == faults


@pytest.mark.parametrize("reloads", [150, pytest.param(4_000, marks=pytest.mark.long)])
def test_memory_stays_flat_over_many_reloads(sqlite_url: str, reloads: int) -> None:
    """Each look reads one customer anew: those kept are always others."""
    database, known = Database(sqlite_url), KnownCustomers(most_entries=50)
    names = [f"C{number}" for number in range(40)]
    bills = [
        invoice(f"{name}-{place}", "2024-01-10", "2024-02-09", 100, of=name) for name in names for place in range(9)
    ]
    store(database, ledger_of(*bills))

    def look(times: int) -> int:
        for number in range(times):
            # A day of its own each time, so that nothing kept for a day can be used again.
            with database.reading() as session:
                assert 900 == exposure(known.at(session), names[number % 40], DAYS[0] + dt.timedelta(days=number % 7))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    look(100)
    tracemalloc.start()
    try:
        first, last = look(100), look(reloads)
    finally:
        tracemalloc.stop()
        database.close()
    assert last - first < 40_000
