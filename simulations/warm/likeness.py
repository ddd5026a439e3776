"""Which edits of a policy leave everything of a run alone but what its rule sets say to the values they are asked."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.engines.parameters import parameters_of
from policy_service.language.feel.expressions import NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by, names_read_by
from policy_service.language.rule_sets import RuleSet
from simulations.replay.asked_facts import TYPES
from simulations.replay.group_reading import reads_groups
from simulations.replay.plan import PREPAY_SLOT, Plan, Planned
from simulations.runs.simulation import Candidate
from simulations.warm.decisions_noted import slots_read

#: What of a plan is the program or counts its parts: what rule sets say is asked, and ladders are compared as text.
_ASKED: Final = frozenset(
    {
        *("program", "chains", "review_rule_sets", "review_sets", "row_stops", "row_released"),
        *("rule_sets", "steps", "effects"),
    }
)


class Whole(StrEnum):
    """Why a policy was run as a whole, and not only where an edit bears."""

    FIRST_RUN = "first_run"
    GROUPS = "groups"
    TERMS = "terms"
    WORDS = "words"
    FACTS = "facts"
    LADDERS = "ladders"
    MANY_CUSTOMERS = "many_customers"
    MEMORY = "memory"


def needs_whole_run(kept: tuple[Candidate, Planned], edited: tuple[Candidate, Planned]) -> Whole | None:
    """Return why the run that is kept tells nothing of the edited policy; none if it does.

    Both plans are of one snapshot and the same options. It does where the two measure the same facts in the same way,
    their ladders are the same, and names and texts have the same numbers: then they differ only in what reviews and
    order checks say to values that were written down.
    """
    (old, old_plan), (new, new_plan) = kept, edited
    if reads_groups(old.policy) or reads_groups(new.policy):
        return Whole.GROUPS
    if _terms(old.policy) != _terms(new.policy):
        return Whole.TERMS
    if _words(old_plan, old.policy) != _words(new_plan, new.policy):
        return Whole.WORDS
    if not _measure_alike(old, old_plan, new, new_plan):
        return Whole.FACTS
    chains = [side.policy.chain(DecisionType.ESCALATION) for side in (old, new)]
    if _differ(old, chains[0], new, chains[1]):
        return Whole.LADDERS
    return None


def rule_sets_that_differ(old: Candidate, new: Candidate) -> int:
    """Return how many rule sets the two do not have in common, with the values of the parameters that they name."""
    before = {one.name: one for one in old.policy.rule_sets}
    return sum(one.name not in before or is_other(old, before[one.name], one, new) for one in new.policy.rule_sets)


def _terms(policy: Policy) -> tuple[object, ...]:
    return policy.currency, policy.exposure, policy.review_on


def _words(planned: Planned, policy: Policy) -> tuple[object, ...]:
    return planned.compiled.slots, planned.compiled.vocabulary, planned.compiled.reasons, policy.grades


def _measure_alike(old: Candidate, old_plan: Planned, new: Candidate, new_plan: Planned) -> bool:
    read, now_read = (slots_read(side.policy, plan.compiled.slots) for side, plan in ((old, old_plan), (new, new_plan)))
    are_written_down = all(np.isin(now, was).all() for was, now in zip(read, now_read, strict=True))
    are_defined_alike = all(facts_read_by(old.policy, kind) == facts_read_by(new.policy, kind) for kind in TYPES)
    return are_written_down and are_defined_alike and _plans_agree(old_plan.plan, new_plan.plan)


def _plans_agree(old: Plan, new: Plan) -> bool:
    numbers = [name for name in Plan._fields if name not in _ASKED and name != "numbers"]
    places = np.arange(len(old.numbers)) != PREPAY_SLOT
    return np.array_equal(old.numbers[places], new.numbers[places]) and all(
        np.array_equal(getattr(old, name), getattr(new, name)) for name in numbers
    )


def _differ(old: Candidate, before: Sequence[RuleSet], new: Candidate, now: Sequence[RuleSet]) -> bool:
    return len(before) != len(now) or any(is_other(old, *pair, new) for pair in zip(before, now, strict=True))


def is_other(old: Candidate, before: RuleSet, now: RuleSet, new: Candidate) -> bool:
    """Return whether two rule sets are of two texts, or a parameter that they name has two values."""
    if before != now:
        return True
    names = {name.name for name in names_read_by(now) if name.source is NameSource.PARAMETER}
    values, now_values = values_of_parameters(old), values_of_parameters(new)
    return any(values[name] != now_values[name] for name in names)


def values_of_parameters(side: Candidate) -> Mapping[str, int]:
    """Return the values of the parameters of a policy as it is to be replayed."""
    return parameters_of(side.policy, side.parameters)
