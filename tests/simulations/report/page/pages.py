"""Reports of small random histories under a shipped policy, with names of customers that would break out of a page."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from simulations.comparison.comparison import Comparison, Side
from simulations.comparison.run_key import PolicyRun
from simulations.report.contents import Circumstances, UnderStress
from tests.simulations.accounting.worlds import World
from tests.simulations.comparison.comparisons import PRACTICE, against_practice, compare, question, two_worlds

HOSTILE = "</script><img src=x onerror=alert(1)>"
RULES = Path(__file__).parents[4] / "rules"
CONFIRMED = Circumstances(re_decided=100, agreed=100)


@cache
def shipped(name: str = "distributor_cn") -> Policy:
    """Return a policy that ships."""
    return load_policy(RULES / name)


def changed() -> Policy:
    """Return the same policy with one dial turned."""
    policy = shipped()
    dial = replace(policy.parameters["hold_after_days"], value=45)
    return replace(policy, parameters={**policy.parameters, "hold_after_days": dial})


def side(policy: Policy) -> Side:
    """Return the policy as a side of a comparison."""
    return Side(PolicyRun(policy.id, policy_hash(policy), {}), policy)


@cache
def compared_runs(seed: int = 3) -> Comparison:
    """Return two runs compared, all names in them hostile."""
    old, new = two_worlds(seed)
    return compare(question(old, side(shipped()), side(changed()), draws=20), _hostile(old), _hostile(new))


@cache
def compared_policies(seed: int = 3) -> Comparison:
    """Return runs of two policies that have little in common."""
    old, new = two_worlds(seed)
    return compare(question(old, side(shipped("manufacturer_cn")), side(shipped()), draws=20), old, new)


@cache
def compared_with_practice(seed: int = 2) -> Comparison:
    """Return a run compared with what was recorded."""
    old, new = against_practice(seed)
    return compare(question(old, PRACTICE, side(shipped()), draws=20), old, new)


@cache
def compared_with_itself(seed: int = 3) -> Comparison:
    """Return a run compared with itself."""
    old, _ = two_worlds(seed)
    return compare(question(old, side(shipped()), side(shipped()), draws=20), old, old)


@cache
def of_nobody() -> Comparison:
    """Return two runs of a ledger without customers."""
    nobody = replace(two_worlds(1)[0], buyers=())
    return compare(question(nobody, side(shipped()), side(changed())), nobody, nobody)


def under_stress() -> Circumstances:
    """Return what a report is told of runs that a stress has changed."""
    without = compared_runs()
    effect = {
        "text": "sector=construction,days_late+20,default_share=5%",
        "from": "2026-02-01",
        "customers": 3,
        "payments_later": 4,
        "days_late": 20,
        "customers_stopping": ["C1"],
        "payments_missing": 1,
        "amount_missing": 100_00,
    }
    return replace(CONFIRMED, stress=UnderStress([effect], "0" * 64, without.baseline, without.candidate))


def _hostile(world: World) -> World:
    buyers = [
        replace(one, id=f"{HOSTILE}{number}", segment=one.segment and HOSTILE, industry=HOSTILE)
        for number, one in enumerate(world.buyers)
    ]
    return replace(world, buyers=tuple(buyers), owners=(HOSTILE, "credit_manager"))
