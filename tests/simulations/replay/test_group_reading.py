"""Which policies read facts of groups, so that whole groups have to be replayed together."""

import pytest

from policy_service.domain.outcomes import DecisionType
from policy_service.language.rule_set_names import facts_read_by
from simulations.replay.group_reading import NOTHING, asked_of_group, reads_groups
from tests.simulations.plain.cases import policy_of


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("busy", False),
        ("manufacturer_cn", False),
        ("busy_groups", True),
        ("group_level_1000", True),
        ("eu_insured", True),
    ],
)
def test_a_policy_reads_groups_by_a_fact_or_by_its_exposure(name: str, reads: bool) -> None:
    policy = policy_of(name)
    assert policy is not None
    assert reads == reads_groups(policy)


def test_decisions_that_read_nothing_of_groups_ask_for_nothing_of_them() -> None:
    policy = policy_of("busy_groups")
    assert policy is not None
    asks = {kind: asked_of_group(facts_read_by(policy, kind), policy) != NOTHING for kind in DecisionType}
    assert {DecisionType.REVIEW: False, DecisionType.ORDER: True, DecisionType.ESCALATION: False} == asks
