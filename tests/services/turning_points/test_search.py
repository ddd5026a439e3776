"""The nearest turn of a decision, against trying every value."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import LARGEST, SMALLEST, UNKNOWN, Kind
from policy_service.services.turning_points.search import Dial, turns
from policy_service.services.turning_points.steadiness import Chain, Goal
from tests.engines.random_policies import Recipe, policy_of, random_values
from tests.engines.random_rule_sets import BUILDERS
from tests.examples import examples
from tests.services.house import house_policy

#: So many values are tried one after another on either side.
REACH = 40
ORDER = {
    "exposure": 100_000,
    "order_amount": 50_000,
    "credit_limit": 500_000,
    "stop_credit": 0,
    "channel": UNKNOWN,
    "headroom": 400_000,
}


def _dial(name: str, value: int, kind: Kind = Kind.MONEY) -> Dial:
    return Dial(name, kind, value, 0, 10**15)


def _house_turns(name: str, **changes: int):  # type: ignore[no-untyped-def]
    values = ORDER | changes
    return turns(Chain(house_policy(), DecisionType.ORDER), values, Goal(), _dial(name, values[name]), {})


def test_an_order_turns_at_the_very_cent_that_takes_it_over_the_limit() -> None:
    found = _house_turns("order_amount")
    assert found.below is None
    assert found.above is not None
    assert (found.above.value, found.above.answer.outcome) == (400_001, Outcome.HOLD)


def test_a_held_order_is_free_as_soon_as_just_enough_is_paid() -> None:
    found = _house_turns("exposure", exposure=480_000)
    assert found.above is None
    assert found.below is not None
    assert (found.below.value, found.below.answer.outcome) == (450_000, Outcome.APPROVE)


def test_a_yes_or_no_turns_by_being_the_other() -> None:
    found = turns(Chain(house_policy(), DecisionType.ORDER), ORDER, Goal(), _dial("stop_credit", 0, Kind.BOOLEAN), {})
    assert [(turn.value, turn.answer.outcome) for turn in found.others] == [(1, Outcome.HOLD)]


def test_a_text_turns_at_every_text_that_changes_the_outcome() -> None:
    policy = house_policy()
    codes = dict(enumerate(policy.vocabulary))
    found = turns(Chain(policy, DecisionType.ORDER), ORDER, Goal(), _dial("channel", UNKNOWN, Kind.CATEGORY), codes)
    assert [codes[turn.value] for turn in found.others] == ["phone"]


def test_a_fact_that_nothing_reads_turns_nowhere() -> None:
    found = turns(Chain(house_policy(), DecisionType.ORDER), ORDER, Goal(), _dial("net_worth", 5, Kind.MONEY), {})
    assert (found.below, found.above, found.is_complete) == (None, None, True)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(BUILDERS)), st.integers(0, 6), st.integers(0, 2**32)), min_size=1, max_size=3
    ),
    st.integers(0, 2**32),
    st.sampled_from(["outcome", "limit", "share", "score"]),
)
def test_no_nearer_value_changes_the_answer_and_the_found_one_does(
    chosen: list[tuple[str, int, int]], seed: int, goal_name: str
) -> None:
    """The same as trying every value one after another, as far as trying goes."""
    policy = policy_of([Recipe(kind, size, of) for kind, size, of in chosen])
    names = tuple(rule_set.name for rule_set in policy.rule_sets)
    policy = replace(policy, chains={DecisionType.ORDER: names})
    values = random_values(random.Random(seed), 1)[0]
    chain, goal = Chain(policy, DecisionType.ORDER), Goal(goal_name)
    now = goal.of(chain.answer(values))
    for name, value in sorted(values.items()):
        kind = policy.facts[name].kind
        if kind in (Kind.CATEGORY, Kind.BOOLEAN) or value == UNKNOWN or not SMALLEST + REACH < value < LARGEST - REACH:
            continue
        found = turns(chain, values, goal, Dial(name, kind, value, SMALLEST, LARGEST), {}, most_steps=200)
        for turn, tried in ((found.above, range(1, REACH)), (found.below, range(-1, -REACH, -1))):
            by_trying = next(
                (value + step for step in tried if goal.of(chain.answer({**values, name: value + step})) != now), None
            )
            if by_trying is not None and (turn is not None or found.is_complete):
                assert turn is not None, (name, value, by_trying)
                assert turn.value == by_trying
            elif turn is not None:
                assert abs(turn.value - value) >= REACH
                assert goal.of(turn.answer) != now
