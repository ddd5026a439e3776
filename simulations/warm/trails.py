"""What customers are followed by: which decisions of both types an edit bears on, and which another standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from simulations.ledger_snapshot.columns import Column
from simulations.replay.ladder_steps import OUTPUTS
from simulations.replay.noting import ORDERS
from simulations.replay.plan import Planned
from simulations.runs.simulation import Candidate
from simulations.warm.asked_again import SAID, Rows
from simulations.warm.bearing import NONE_DIFFERS, Probe, Standing
from simulations.warm.going_along import SAME_GRADE, Course, Decisions
from simulations.warm.probing import Seen, probe_of, probe_of_rows
from simulations.warm.standing_read import bound_outputs, read_of_standing, rows_upon_standing

_TYPES: Final = (DecisionType.REVIEW, DecisionType.ORDER)


@dataclass(frozen=True, slots=True)
class Trails:
    """By type of decision: the probes for the edit and for another standing, and what is read of a standing."""

    is_bound: Column
    edited: Sequence[Probe]
    upon: Sequence[Probe]
    reads: Sequence[Column]

    def decisions(self, kind: int, rows: Rows, said: Column) -> Decisions:
        """Return what is asked of the decisions of a type; probes have working space of their own."""
        return Decisions(rows, said, _own(self.edited[kind]), _own(self.upon[kind]), self.reads[kind])


def trails_of(sides: tuple[Candidate, Candidate], kept: Planned, seen: Sequence[Seen]) -> Trails:
    """Return them for the policy of the run that is kept, and for the edited one."""
    old, new = sides
    slots, is_bound = kept.compiled.slots, bound_outputs(new.policy)
    edited = [probe_of(old, new, kind, slots, seen[number]) for number, kind in enumerate(_TYPES)]
    # What an edit changes in order checks themselves is asked in full where the standing is another one, too.
    is_edited = edited[ORDERS].blocks[0] != NONE_DIFFERS
    rows = None if is_edited else rows_upon_standing(new.policy, DecisionType.ORDER, is_bound)
    upon = probe_of_rows(rows, sides, DecisionType.ORDER, slots, seen[ORDERS])
    reads = [read_of_standing(kept.plan, one.slots, is_bound) for one in seen]
    return Trails(is_bound, edited, (upon, upon), reads)


def course_of(is_bound: Column, is_other: Column) -> Course:
    """Return what is told of so many customers, and working space."""
    room = [np.zeros(len(OUTPUTS), dtype=np.int64) for _ in range(2)]
    says = [np.zeros((1, length), dtype=np.int64) for length in SAID]
    grades = np.full(len(is_other), SAME_GRADE, dtype=np.int64)
    return Course(is_bound, Standing(*room), says[0], says[1], is_other, grades)


def _own(probe: Probe) -> Probe:
    return probe._replace(values=probe.values.copy(), verdicts=probe.verdicts.copy())
