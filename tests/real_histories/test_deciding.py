"""Every customer of two real payment histories is decided, by engines that agree, into several grades."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.load import load_policy
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.mapping import load_mapping
from policy_service.ledger.report import ImportResult
from policy_service.services.days import day_after_last_entry
from policy_service.services.decide import CustomerDecisions, Decider, Question
from tests.cli.running import policy

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
DATA = ROOT.parent / "shared" / "data"
IBM, HIGHRADIUS = "ibm_accounts_receivable", "highradius"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real histories are not at ../shared/data")


@cache
def imported(mapping: str, policy_name: str) -> ImportResult:
    currency = load_policy(RULES / policy_name).currency
    return read_ledger(DATA, currency, load_mapping(RULES / "mappings" / f"{mapping}.yaml"))


@contextmanager
def deciding(mapping: str, policy_name: str) -> Iterator[Decider]:
    decider = Decider(load_policy(RULES / policy_name), imported(mapping, policy_name).ledger)
    yield decider
    decider.close()


def decided(decider: Decider, day: dt.date, customers: Sequence[str]) -> list[CustomerDecisions]:
    return [decider.decide(Question(each, day, decider.latest_order(each, day))) for each in customers]


def grades(decisions: Sequence[CustomerDecisions]) -> Counter[object]:
    return Counter(one.review.result["outputs"].get("grade") for one in decisions)  # type: ignore[attr-defined]


def outcomes(decisions: Sequence[CustomerDecisions]) -> Counter[Outcome | None]:
    return Counter(one.order.chain.outcome for one in decisions if one.order)


def test_the_ibm_history_is_imported_whole() -> None:
    result = imported(IBM, "manufacturer_cn")
    assert result.quarantined == ()
    assert (100, 2_466) == (
        len(result.ledger.histories),
        sum(len(one.invoices) for one in result.ledger.histories.values()),
    )


@pytest.mark.parametrize("day", ["2012-12-31", "2013-06-30", "2014-01-10"])
def test_every_customer_of_the_ibm_history_is_decided(day: str) -> None:
    with deciding(IBM, "manufacturer_cn") as decider:
        decisions = decided(decider, dt.date.fromisoformat(day), list(decider.ledger.histories))

    assert len(decisions) == 100
    assert "engine_fault" not in str([one.results for one in decisions])
    assert len(grades(decisions)) >= 3
    assert outcomes(decisions)[Outcome.APPROVE] > 50
    assert all(one.standing.values["credit_limit"] != UNKNOWN for one in decisions)


def test_the_ibm_history_ends_on_the_day_after_its_last_payment() -> None:
    assert day_after_last_entry(imported(IBM, "manufacturer_cn").ledger) == dt.date(2014, 1, 10)


def test_the_command_line_decides_the_ibm_history_through_its_mapping() -> None:
    ran = policy("decide", "--ledger", DATA, "--mapping", IBM, "--as-of", "2013-06-30")
    assert ran.exit_code == 0
    assert "100 customers, as of 2013-06-30" in ran.out


@pytest.mark.long
def test_the_command_line_decides_the_highradius_history_through_its_mapping() -> None:
    ran = policy("decide", "--ledger", DATA, "--mapping", HIGHRADIUS, "--policy", "sme_simple", "--as-of", "2020-03-01")
    assert ran.exit_code == 0
    assert "rows quarantined" in ran.err


def test_most_of_the_highradius_history_is_imported_and_the_rest_explained() -> None:
    result = imported(HIGHRADIUS, "sme_simple")
    accepted = sum(len(one.invoices) for one in result.ledger.histories.values())
    assert accepted > 45_000
    assert result.quarantined
    assert all(row.meaning and row.remedy for row in result.quarantined)


@pytest.mark.parametrize("policy_name", ["sme_simple", "d365_like"])
def test_a_sample_of_the_highradius_history_is_decided(policy_name: str) -> None:
    with deciding(HIGHRADIUS, policy_name) as decider:
        sample = list(decider.ledger.histories)[::15]
        decisions = decided(decider, dt.date(2020, 3, 1), sample)

    assert len(decisions) > 70
    assert "engine_fault" not in str([one.results for one in decisions])
    assert len(outcomes(decisions)) >= 2


def test_the_largest_customer_of_the_highradius_history_is_decided() -> None:
    with deciding(HIGHRADIUS, "sme_simple") as decider:
        largest = max(decider.ledger.histories.values(), key=lambda one: len(one.invoices))
        (decisions,) = decided(decider, dt.date(2020, 3, 1), [largest.customer_id])
    assert len(largest.invoices) > 10_000
    assert decisions.order
    assert decisions.order.chain.outcome is not None


@pytest.mark.long
@pytest.mark.parametrize("policy_name", ["sme_simple", "d365_like"])
@pytest.mark.parametrize("day", ["2019-09-30", "2020-05-20"])
def test_every_customer_of_the_highradius_history_is_decided(policy_name: str, day: str) -> None:
    with deciding(HIGHRADIUS, policy_name) as decider:
        decisions = decided(decider, dt.date.fromisoformat(day), list(decider.ledger.histories))
    assert len(decisions) > 1_000
    assert "engine_fault" not in str([one.results for one in decisions])
    assert len(outcomes(decisions)) >= 2
