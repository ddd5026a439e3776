"""The compiled code that answers to edits need beside that of a run: made once per machine, too."""

from dataclasses import replace

from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, RuleSet, Scorecard
from simulations.replay.options import Options
from simulations.runs.compiling import one_order
from simulations.runs.simulation import Candidate
from simulations.warm.warm_runs import Asked, WarmRuns

_MEMORY = 2**20


def load_compiled_for_edits(policy: Policy) -> None:
    """Compile what is not compiled yet, and load the rest: two answers about a ledger of one order."""
    snapshot = one_order(policy)
    first = int(snapshot.invoices.ordered[0])
    runs = WarmRuns(snapshot, threads=1, memory=_MEMORY, clock=lambda: 0.0)
    runs.answer(Asked(Candidate(policy), Candidate(_edited(policy)), Options(first, first + 1)))


def _edited(policy: Policy) -> Policy:
    # Reviews and order checks are asked again where a row of theirs is another.
    return replace(policy, rule_sets=tuple(_other(one) for one in policy.rule_sets))


def _other(rule_set: RuleSet) -> RuleSet:
    match rule_set:
        case DecisionTable():
            return replace(rule_set, rows=(replace(rule_set.rows[0], note="."), *rule_set.rows[1:]))
        case Scorecard():
            return replace(rule_set, bands=rule_set.bands[:-1])
        case _:
            return rule_set
