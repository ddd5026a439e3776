"""Whatever changes over there between short pulls, and wherever these die: the ledger is that of one long pull."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from policy_service.services.house import House
from policy_service.storage.database import Database
from tests.connectors.stand_ins import Json, StandIn, stand_in
from tests.connectors.whole.chain import Chain
from tests.connectors.whole.killing import histories
from tests.examples import examples
from tests.services.connections.small_system import Killed, Spark
from tests.services.connections.sparking import SparkingDatabase
from tests.services.decisions.live import enforce, open_house
from tests.services.house import house_policy
from tests.storage.books import empty

#: Later than anything was issued: what is due before that is left out, which the truth knows nothing of.
_DAYS: Final = st.sampled_from(("2026-05-05", "2026-06-30", "2027-02-28"))
_AMOUNTS: Final = st.sampled_from(("0.01", "1234.50", "999999.99"))
_NAMES: Final = st.sampled_from(("Renamed Ltd", "改名有限公司", 'Ltd, "quoted"'))
#: 5 May and 30 June 2026, noon in China; and 1 June 2022, before anything was due.
_MOMENTS: Final = st.sampled_from((1_777_953_600_000, 1_782_792_000_000))
_EARLY: Final = st.just(1_654_056_000_000)
#: Objects that change by system, the fields that change, and what they become.
CHANGED: Final[dict[str, dict[str, dict[str, st.SearchStrategy[Json]]]]] = {
    "fxiaoke": {
        "AccountObj": {"name": _NAMES},
        "SalesOrderObj": {"order_time": _EARLY, "order_amount": _AMOUNTS},
        "PaymentPlanObj": {"plan_payment_time": _MOMENTS, "plan_payment_amount": _AMOUNTS},
        "PaymentObj": {"payment_time": _MOMENTS},
        "OrderPaymentObj": {"payment_amount": _AMOUNTS},
    },
    "zoho_books": {
        "contacts": {"company_name": _NAMES},
        "invoices": {"due_date": _DAYS, "status": st.sampled_from(("void", "sent", "draft"))},
        "customerpayments": {"date": _DAYS},
    },
    "zoho_crm": {
        "Accounts": {"Account_Name": _NAMES},
        "Invoices": {"Due_Date": _DAYS, "Status": st.sampled_from(("Cancelled", "Unpaid"))},
    },
}
#: A copy of a contact is of the same account of Zoho CRM: two rows of one customer, which is another matter.
_HOW: Final = {"contacts": ("touch", "delete")}
_ANY: Final = ("touch", "touch", "delete", "add")


@dataclass(frozen=True)
class Change:
    """Rows of an object that change over there, are copied or go."""

    object_name: str
    how: str
    count: int
    values: dict[str, Json]


@dataclass(frozen=True)
class Pull:
    """A pull, killed at this step if it has as many, some hours after what came before."""

    dies_at: int | None
    hours: int


def steps_of(name: str) -> st.SearchStrategy[list[Change | Pull]]:
    changes: list[st.SearchStrategy[Change | Pull]] = [
        st.builds(
            Change,
            st.just(object_name),
            st.sampled_from(_HOW.get(object_name, _ANY)),
            st.integers(1, 4),
            st.fixed_dictionaries({}, optional=fields),
        )
        for object_name, fields in CHANGED[name].items()
    ]
    pulls = st.builds(Pull, st.none() | st.integers(0, 30), st.sampled_from((0, 0, 1, 25)))
    return st.lists(st.one_of(*changes) | pulls, min_size=3, max_size=12)


@pytest.fixture(scope="module", params=sorted(CHANGED))
def small(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """Give a small company in each system in turn."""
    with stand_in(request.param.replace("_", "-"), customers=3, invoices=12) as made:
        yield made


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Give one kind of database: what is kept in it is tried on both with other histories."""
    return sqlite_url


@settings(
    max_examples=examples(5),
    # An example costs a second: one that fails is told as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_one_long_pull_and_any_short_ones_come_to_the_same_ledger(
    small: StandIn, database: Database, data: st.DataObject
) -> None:
    small.reset()
    many = _chain(database, small)
    for step in data.draw(steps_of(many.name)):
        _take(many, step)
    # What no list tells of is found within a day, by a pull that begins after it.
    many.sleep(25 * 3_600)
    many.pull()
    assert [] == many.differences()
    expected = histories(many)
    one = _chain(database, small)
    one.pull()
    assert histories(one) == expected


def _chain(database: Database, small: StandIn) -> Chain:
    empty(database)
    house: House = open_house(database)
    enforce(house, house_policy())
    chain = Chain(house, small)
    chain.read_all()
    return chain


def _take(chain: Chain, step: Change | Pull) -> None:
    match step:
        case Change():
            with_values = {} if step.how == "delete" else {"with": step.values}
            chain.stand_in.change(step.object_name, touch=step.count, how=step.how, **with_values)
        case Pull():
            chain.sleep(step.hours * 3_600)
            _pull_and_die(chain, step.dies_at)


def _pull_and_die(chain: Chain, dies_at: int | None) -> None:
    database = chain.house.database
    chain.house.database = SparkingDatabase(database, Spark(dies_at).burn)  # type: ignore[assignment]
    try:
        chain.pull()
    except Killed:
        # Whoever comes next waits until the one that died is held for dead.
        chain.sleep(120)
    finally:
        chain.house.database = database
