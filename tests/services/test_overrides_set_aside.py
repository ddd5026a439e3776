"""A word upon an order that was set aside counts as far as it is more severe than what counts instead of it."""

from dataclasses import replace

import pytest

from policy_service.domain.decisions import ChainResult
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import MILLION, UNKNOWN
from policy_service.services.code_book import CodeBook
from policy_service.services.overrides import overridden, overridden_where_stricter
from tests.services.house import decide, house_policy, override

POLICY = house_policy()
CODES = CodeBook(POLICY)


def chain_of(prepay_percent: int = 20, outcome: Outcome = Outcome.PREPAY) -> ChainResult:
    """Return an answer of the order check that wants this share prepaid, in percent."""
    order = decide().order
    assert order
    percent = UNKNOWN if prepay_percent < 0 else prepay_percent * MILLION
    return replace(order.chain, outputs={"prepay_percent": percent}, outcome=outcome)


def under(chain: ChainResult, **outputs: str) -> ChainResult:
    return overridden_where_stricter(chain, override(outputs, DecisionType.ORDER), POLICY, CODES)


def test_more_to_prepay_counts_and_is_the_first_reason() -> None:
    under_it = under(chain_of(20), prepay_percent="30")
    assert ({"prepay_percent": 30 * MILLION}, "override") == (under_it.outputs, under_it.reasons[0].code)


@pytest.mark.parametrize("percent", ["20", "19.5", "0", "unknown"])
def test_as_much_or_less_to_prepay_changes_nothing_and_is_no_reason(percent: str) -> None:
    chain = chain_of(20)
    assert chain == under(chain, prepay_percent=percent)


def test_beside_a_share_that_is_not_known_none_is_the_larger_one() -> None:
    chain = chain_of(-1)
    assert chain == under(chain, prepay_percent="30")


def test_of_several_outputs_those_count_that_are_more_severe() -> None:
    chain = chain_of(20, Outcome.HOLD)
    under_it = under(chain, outcome="approve", prepay_percent="50")
    assert (Outcome.HOLD, {"prepay_percent": 50 * MILLION}) == (under_it.outcome, under_it.outputs)
    stopped = under(chain, outcome="decline", prepay_percent="10")
    assert (Outcome.DECLINE, chain.outputs) == (stopped.outcome, stopped.outputs)


def test_the_reason_of_an_override_says_to_which_outcome_it_led() -> None:
    word = override({"outcome": "decline"}, DecisionType.ORDER)
    chain = overridden(chain_of(20), word, POLICY, CODES)
    assert ("override", Outcome.DECLINE) == (chain.reasons[0].code, chain.reasons[0].outcome)
