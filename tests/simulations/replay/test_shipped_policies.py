"""The sample company under the shipped policies: the kernel does what the plain replay does."""

from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from policy_service.domain.days import day_number
from policy_service.domain.entries import Ledger
from policy_service.domain.values import Currency
from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.replay.replay import replay
from tests.simulations.plain.against import differences

_RULES = Path(__file__).parents[3] / "rules"
_ASSUMPTIONS = [(Mode.OPEN, HeldOrders.LOST, PaymentBehaviour.KEEP_DELAY)] + [
    (Mode.CLOSED, held, behaviour) for held, behaviour in product(HeldOrders, PaymentBehaviour)
]

#: With the customers of their ledgers: of twenty some are in groups.
_POLICIES = (("distributor_cn", 4), ("manufacturer_cn", 4), ("sme_simple", 4), ("d365_like", 4), ("eu_insured", 20))
#: The plain replay takes seconds: the normal suite has each policy and each assumption, not each pair of them.
_PAIRS = [
    pytest.param(
        name,
        customers,
        assumed,
        id="-".join([*assumed, name]),
        marks=() if (place + turn) % len(_POLICIES) == 0 else pytest.mark.long,
    )
    for place, assumed in enumerate(_ASSUMPTIONS)
    for turn, (name, customers) in enumerate(_POLICIES)
]


@cache
def _sample(currency: Currency, customers: int) -> Ledger:
    with TemporaryDirectory() as folder:
        generate(SampleCompany(customers, invoices=9 * customers, seed=3), Path(folder))
        return read_ledger(Path(folder), currency).ledger


@pytest.mark.parametrize(("name", "customers", "assumed"), _PAIRS)
def test_the_kernel_does_what_the_plain_replay_does(
    name: str, customers: int, assumed: tuple[Mode, HeldOrders, PaymentBehaviour]
) -> None:
    policy = load_policy(_RULES / name)
    ledger = _sample(policy.currency, customers)
    days = [day_number(one.order_date or one.issue_date) for own in ledger.histories.values() for one in own.invoices]
    options = Options((2 * min(days) + max(days)) // 3, max(days) - 20, assumed[0], assumed[1], 30, assumed[2])
    assert [] == differences(ledger, policy, options, snapshot_of, replay)
