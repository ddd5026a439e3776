"""The escalation chain of a policy by numbers: its ladders, their levels and triggers, and the effects of these."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, LadderMode
from simulations.columnar.program import Compiled
from simulations.columnar.writing_rule_sets import WrittenLadder

OUTPUTS: Final = tuple(STANDING_OUTPUTS)

# The columns of `Plan.steps`: levels and triggers of all ladders, level by level, then the triggers.
STEP_LADDER: Final = 0
STEP_ROW: Final = 1
STEP_IS_TRIGGER: Final = 2
STEP_DAYS: Final = 3
STEP_RELEASE: Final = 4
STEP_EFFECTS: Final = 5
STEP_EFFECTS_END: Final = 6
#: The condition of a trigger, -1 of a level.
STEP_WHEN: Final = 7
#: Of levels, where they are fixed: see Pace.
STEP_FIXED_DAYS: Final = 8
STEP_WIDTH: Final = 9

# The columns of `Plan.rule_sets`, the escalation chain: a rule set, its ladder (-1: none), whether it jumps, its steps,
# and the condition under which it stands for a customer (-1: for all).
RULE_SET: Final = 0
LADDER: Final = 1
JUMPS: Final = 2
FIRST_STEP: Final = 3
FIRST_TRIGGER: Final = 4
STEPS_END: Final = 5
LADDER_WHEN: Final = 6
RULE_SET_WIDTH: Final = 7


@dataclass(slots=True)
class Climb:
    """The escalation chain: rows of `rule_sets`, `steps` and `effects` as the constants say, `effects` as pairs.

    An effect is a pair of an output and the formula of its value. `levels` are the keys of the steps, `ladder.level`,
    `owners` their owner roles.
    """

    rule_sets: list[Sequence[int]] = field(default_factory=list)
    steps: list[Sequence[int]] = field(default_factory=list)
    effects: list[Sequence[int]] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)

    @property
    def ladders(self) -> int:
        """How many ladders there are."""
        return sum(one[LADDER] >= 0 for one in self.rule_sets)


def climb_of(policy: Policy, program: Compiled) -> Climb:
    """Return the escalation chain of a compiled policy."""
    climb = Climb()
    ladders = {ladder.name: ladder for ladder in program.ladders}
    for rule_set in policy.chain(DecisionType.ESCALATION):
        number = program.rule_sets[rule_set.name]
        if isinstance(rule_set, Ladder):
            _add(climb, number, rule_set, ladders[rule_set.name], program)
        else:
            climb.rule_sets.append((number, -1, 0, 0, 0, 0, -1))
    return climb


def _add(climb: Climb, number: int, ladder: Ladder, written: WrittenLadder, program: Compiled) -> None:
    outputs = {program.slots[name]: place for place, name in enumerate(OUTPUTS) if name in program.slots}
    first, place = len(climb.steps), climb.ladders
    for step, is_trigger in [*((one, 0) for one in written.levels), *((one, 1) for one in written.triggers)]:
        begins = len(climb.effects)
        climb.effects += [(outputs[slot], formula) for slot, formula in step.effects if slot in outputs]
        effects = (begins, len(climb.effects))
        climb.steps.append((place, step.row, is_trigger, step.days, step.release, *effects, step.when))
        climb.levels.append(".".join(program.rows[step.row]))
    jumps = int(ladder.mode is LadderMode.JUMP)
    steps = (first, first + len(written.levels), len(climb.steps))
    climb.rule_sets.append((number, place, jumps, *steps, written.when))
    climb.owners += [*(level.owner for level in ladder.levels), *(trigger.owner for trigger in ladder.triggers)]
