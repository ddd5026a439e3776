"""The compiled code that every run needs: made once per machine, which takes minutes, and then read from its cache."""

import datetime as dt

from policy_service.domain.entries import Customer, CustomerHistory, Invoice, Ledger
from policy_service.language.policy import Policy
from simulations.comparison.caveats import ledger_caveats
from simulations.comparison.comparison import Question, Side, compared, part_of
from simulations.comparison.run_key import PolicyRun
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.group_reading import reads_groups
from simulations.replay.moment import Moments
from simulations.replay.options import Options
from simulations.replay.replay import replay
from simulations.runs.sampled_orders import sampled_orders

_DAY = dt.date(2000, 1, 3)


def load_compiled(policy: Policy, *others: Policy) -> None:
    """Compile whatever of a run is not compiled yet, and load the rest: replay, figures and moments of one order.

    Nothing is compiled for a policy: any will do, but that those that read facts of groups have a kernel of their own.
    """
    snapshot = one_order(policy)
    first = int(snapshot.invoices.ordered[0])
    options = Options(first, first + 1)
    trace = replay(snapshot, policy, options)
    for other in others:
        if reads_groups(other) != reads_groups(policy):
            replay(one_order(other), other, options)
    side = Side(PolicyRun(policy.id, "", {}), policy)
    question = Question(side, side, snapshot.hash, options)
    compared(question, part_of(question, snapshot, (trace, trace)), ledger_caveats(snapshot))
    sampled_orders(question.key, snapshot, (trace, trace))
    Moments(snapshot, policy, options).at(0)


def one_order(policy: Policy) -> Snapshot:
    """Return the smallest ledger of which anything can be replayed, in the policy's currency."""
    invoice = Invoice("I", "C", _DAY, _DAY, 1, policy.currency.code, _DAY)
    history = CustomerHistory("C", (Customer("C"),), (invoice,))
    return snapshot_of(Ledger(policy.currency, {"C": history}, roots={"C": "C"}))
