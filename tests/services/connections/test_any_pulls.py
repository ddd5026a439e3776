"""One long pull and any number of short ones, broken off anywhere, come to the same ledger."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy_service.services.connections.runs import left_out_now
from policy_service.services.house import House
from policy_service.storage.audit_store import AuditStore
from tests.services.connections.small_system import SYSTEM, Pulling, SmallSystem
from tests.services.decisions.live import enforce, open_house
from tests.services.house import house_policy
from tests.storage.books import empty
from tests.storage.test_ledger_store import EXAMPLES

_ACCOUNTS = st.sampled_from(("A1", "A2", "A3"))
_DAYS = st.sampled_from(("2025-01-05", "2025-02-05", "2025-03-05", "no day"))
_AMOUNTS = st.sampled_from(("10.00", "20.00", "0", "30.5"))
_CURRENCIES = st.sampled_from(("", "", "USD"))


@dataclass(frozen=True)
class Put:
    """A row made or changed."""

    object_name: str
    row_id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Delete:
    """A row deleted."""

    object_name: str
    row_id: str


@dataclass(frozen=True)
class Pull:
    """A pull, killed after so many steps, if it has as many; then perhaps once more."""

    steps: int | None


def put(object_name: str, ids: st.SearchStrategy[str], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Put]:
    return st.builds(Put, st.just(object_name), ids, st.fixed_dictionaries(fields))


CHANGES = st.one_of(
    put("Accounts", _ACCOUNTS, name=st.sampled_from(("x", "y")), parent=st.sampled_from(("", "A1", "A2", "A3", "A9"))),
    put("Orders", st.sampled_from(("O1", "O2")), account=_ACCOUNTS, day=_DAYS, amount=_AMOUNTS),
    put(
        "Invoices",
        st.sampled_from(("1", "2", "3")),
        number=st.sampled_from(("I1", "I2")),
        account=_ACCOUNTS,
        order=st.sampled_from(("O1", "O2")),
        due=st.just("2025-06-01"),
        amount=_AMOUNTS,
        state=st.sampled_from(("open", "void")),
        currency=_CURRENCIES,
    ),
    put("Receipts", st.sampled_from(("R1", "R2")), account=_ACCOUNTS, day=_DAYS),
    put(
        "Payments",
        st.sampled_from(("P1", "P2")),
        receipt=st.sampled_from(("R1", "R2")),
        invoice=st.sampled_from(("", "I1", "I2")),
        amount=_AMOUNTS,
    ),
    put(
        "Rates",
        st.just("D1"),
        day=st.sampled_from(("2025-01-01", "2025-02-20")),
        currency=st.just("USD"),
        rate=_AMOUNTS,
    ),
    st.builds(
        Delete,
        st.sampled_from(("Accounts", "Orders", "Invoices", "Receipts", "Payments")),
        st.sampled_from(("A1", "A2", "O1", "O2", "1", "2", "3", "R1", "P1")),
    ),
)
STEPS = st.lists(CHANGES | CHANGES | CHANGES | st.builds(Pull, st.none() | st.integers(0, 40)), min_size=5, max_size=40)
#: What most rows need.
BEFORE = [
    Put("Accounts", "A1", {"name": "x", "parent": ""}),
    Put("Accounts", "A2", {"name": "x", "parent": "A1"}),
    Put("Orders", "O1", {"account": "A1", "day": "2025-01-05", "amount": "10.00"}),
    Put("Receipts", "R1", {"account": "A1", "day": "2025-02-05"}),
]


def fresh(house: House, *, is_listed: bool = False) -> Pulling:
    """Return a house anew, with a policy and a connection."""
    empty(house.database)
    house = open_house(house.database)
    enforce(house, house_policy())
    return Pulling(house, SmallSystem(is_listed=is_listed))


def left_out(pulling: Pulling) -> tuple[int, list[tuple[str, ...]]]:
    """Return how many rows are left out, and which, with why."""
    with pulling.house.database.reading() as session:
        found = left_out_now(session, "small", SYSTEM, 1_000)
    unreadable = [(one.object_name, one.row_id, one.why) for one in found.unreadable]
    rejected = [(one.object_name, one.row_id, one.found.entry, one.found.code) for one in found.rejected]
    return found.count, sorted([*unreadable, *rejected])


def take(pulling: Pulling, step: Put | Delete | Pull) -> None:
    match step:
        case Put():
            pulling.system.put(step.object_name, step.row_id, **step.body)
        case Delete():
            pulling.system.delete(step.object_name, step.row_id)
        case Pull(None):
            pulling.pull()
        case Pull(steps):
            pulling.pull_and_die(steps or 0)


@EXAMPLES
@given(STEPS, st.booleans())
def test_one_long_pull_and_any_short_ones_come_to_the_same_ledger(
    bare: House, steps: list[Put | Delete | Pull], is_listed: bool
) -> None:
    """Whatever happened over there, and whenever a pull began or was killed; and they leave out the same rows."""
    many = fresh(bare, is_listed=is_listed)
    for step in (*BEFORE, *steps, Pull(None)):
        take(many, step)
    found, found_out = many.ledger(), left_out(many)
    one = fresh(bare)
    for step in (*BEFORE, *(step for step in steps if not isinstance(step, Pull)), Pull(None)):
        take(one, step)
    expected = one.ledger()
    assert (expected.histories if expected else {}) == (found.histories if found else {})
    assert (expected.rates if expected else ()) == (found.rates if found else ())
    assert left_out(one) == found_out
    with bare.database.reading() as session:
        assert [] == list(AuditStore(session).verify())


def test_a_pull_killed_at_every_step_comes_to_the_same_ledger(bare: House) -> None:
    pulling = fresh(bare)
    changes = (
        *BEFORE,
        Put("Accounts", "A3", {"name": "z", "parent": ""}),
        Put(
            "Invoices",
            "1",
            {"number": "I1", "account": "A1", "order": "O1", "due": "2025-06-01", "amount": "10.00", "state": "open"},
        ),
        Put("Payments", "P1", {"receipt": "R1", "invoice": "I1", "amount": "3.00"}),
    )
    for step in changes:
        take(pulling, step)
    pulling.pull()
    expected = pulling.ledger()
    deaths = 0
    while True:
        pulling = fresh(bare)
        for step in changes:
            take(pulling, step)
        if not pulling.pull_and_die(deaths):
            break
        deaths += 1
        pulling.pull()
        assert expected == pulling.ledger(), deaths
    assert deaths > 20
