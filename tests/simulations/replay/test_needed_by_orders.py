"""Facts that order checks read and do not need: which they are, and that a replay without them is the same."""

from policy_service.domain.outcomes import DecisionType
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from simulations.columnar.program import compiled
from simulations.ledger_snapshot.from_ledger import snapshot_of
from simulations.replay.needed_by_orders import unread_by_orders
from simulations.replay.options import Options
from simulations.replay.replay import replay
from tests.simulations.plain.against import differences
from tests.simulations.plain.cases import made
from tests.simulations.plain.random_histories import WINDOW, Shape, history_of

#: More than the ledgers here hold.
_TOTAL = 1e9
_CHECK = """
decision_table: checked
hit_policy: rule_order
rows:
  - {id: C10, when: {wanted: "> 3", order_amount: "> 0"}, then: {outcome: hold}, reason: PAST_DUE}
otherwise: {outcome: approve}
"""


def policy_with(**values: str) -> Policy:
    """Return a policy whose order check reads `wanted` alone of those values."""
    lines = [f'  {name}: "{formula}"' for name, formula in values.items()]
    profile = "\n".join(["formula: profile", "values:", *lines])
    return made("needed_by_orders", {"profile": profile, "checked": _CHECK})


def unread(policy: Policy, total: float = _TOTAL) -> frozenset[str]:
    snapshot = snapshot_of(history_of(1, Shape(2)))
    return unread_by_orders(snapshot, policy, compiled(policy), {}, total)


def test_a_fact_is_not_needed_that_only_values_read_of_which_nothing_comes() -> None:
    policy = policy_with(wanted="order_months_12m", beside="avg_days_late_12m", more="beside + payments_12m")
    assert frozenset({"avg_days_late_12m", "payments_12m"}) == unread(policy)


def test_a_fact_is_needed_that_a_value_reads_through_another_one() -> None:
    policy = policy_with(first="avg_days_late_12m", wanted="first + order_months_12m")
    assert frozenset() == unread(policy)


def test_the_facts_of_a_value_that_may_overflow_are_needed() -> None:
    """Where it does the chain ends, and a person decides."""
    policy = policy_with(wanted="order_months_12m", beside="payments_12m ** 8")
    assert frozenset() == unread(policy)


def test_facts_are_needed_where_their_amounts_may_be_out_of_bounds() -> None:
    policy = policy_with(wanted="order_months_12m", beside="if open_balance = null then 0 else 1")
    assert (frozenset({"open_balance"}), frozenset()) == (unread(policy), unread(policy, 1e19))


def test_a_replay_without_them_does_what_the_plain_replay_does() -> None:
    policy = policy_with(wanted="order_months_12m", beside="avg_days_late_12m")
    assert "avg_days_late_12m" in {fact.name for fact in facts_read_by(policy, DecisionType.ORDER)}
    assert [] == differences(history_of(3, Shape(4)), policy, Options(*WINDOW), snapshot_of, replay)
