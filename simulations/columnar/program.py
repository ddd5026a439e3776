"""A policy compiled to plain numbers: the program that compiled code interprets, and what its numbers stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from policy_service.domain.decisions import Values
from policy_service.domain.errors import EngineFault, UnsupportedCondition
from policy_service.domain.outcomes import DecisionType, EngineReason, Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import NameSource
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import names_read_by
from policy_service.language.rule_sets import Ladder, Level, Trigger
from simulations.columnar import layout
from simulations.columnar.writer import Writer
from simulations.columnar.writing_rows import Written, WrittenRow
from simulations.columnar.writing_rule_sets import WrittenLadder, WrittenRuleSet, write_rule_set

Words: TypeAlias = npt.NDArray[np.int64]

#: Outcomes by their number in compiled code, as in a trace; APPROVE and REFER of `layout` are places here.
OUTCOMES: Final = (Outcome.APPROVE, Outcome.PREPAY, Outcome.HOLD, Outcome.REFER, Outcome.DECLINE)
_ENGINE_REASONS: Final = (EngineReason.MISSING_FACT, EngineReason.NO_RULE_MATCHED, EngineReason.ENGINE_FAULT)
_ALWAYS_NAMED: Final = frozenset({"outcome", "score", "grade", "days_past_due"})


class Program(NamedTuple):
    """A policy as one read-only array, laid out as `layout` says; the same type for every policy."""

    words: Words


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program with what its numbers stand for.

    `slots` are the places of facts and outputs in the vector of values, which is `width` long; a parameter has none,
    its value is part of the program. `chains` and `rule_sets` number what `deciding` runs. `rows` are pairs of rule
    set and row id, `reasons` begins with the engine's own. `described` has more of each row, by the same number, and
    `written` of each rule set: conditions and formulas of ladders by number stand there.
    """

    program: Program
    slots: Mapping[str, int]
    width: int
    chains: Mapping[DecisionType, int]
    rule_sets: Mapping[str, int]
    rows: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    vocabulary: tuple[str, ...]
    severity: tuple[Outcome, ...]
    described: tuple[WrittenRow, ...]
    written: tuple[WrittenRuleSet, ...]

    @property
    def ladders(self) -> tuple[WrittenLadder, ...]:
        """The ladders in the order of the policy."""
        return tuple(rule_set.ladder for rule_set in self.written if rule_set.ladder)

    def vector(self) -> Words:
        """Return a vector of values in which nothing is known."""
        return np.full(self.width, UNKNOWN, np.int64)

    def fill(self, vector: Words, values: Values) -> None:
        """Put the values of all names into a vector; UNKNOWN for a name that is absent."""
        for name, slot in self.slots.items():
            vector[slot] = values.get(name, UNKNOWN)

    def room_for_hits(self) -> Words:
        """Return an array that holds the hits of any run."""
        return np.full(max(1, len(self.rows)), -1, np.int64)

    def scratch(self) -> Words:
        """Return working space for runs, one for each thread."""
        return np.zeros(int(self.program.words[layout.SCRATCH_SIZE]), np.int64)


def compiled(policy: Policy, parameters: Mapping[str, int] | None = None) -> Compiled:
    """Return the policy as a program; `parameters` replace values of its own.

    EngineFault E003 if it has no such parameter; UnsupportedCondition E020, with its name and place, for what no
    program can say.
    """
    slots = {name: place for place, name in enumerate(_names(policy))}
    words = [0] * layout.HEADER_SIZE
    writer = Writer(slots, _parameters(policy, parameters or {}), words, len(slots), len(slots))
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    reasons = (*(reason.value for reason in _ENGINE_REASONS), *sorted(policy.reasons))
    written = Written(writer, {code: number for number, code in enumerate(reasons)})
    rule_sets = tuple(write_rule_set(written, rule_set, codes) for rule_set in policy.rule_sets)
    _place_header(written, policy, rule_sets)
    finished = np.array(words, np.int64)
    finished.flags.writeable = False
    return Compiled(
        program=Program(finished),
        slots=slots,
        width=writer.width,
        chains={decision_type: place for place, decision_type in enumerate(policy.chains)},
        rule_sets={rule_set.name: place for place, rule_set in enumerate(rule_sets)},
        rows=tuple((row.rule_set, row.id) for row in written.rows),
        reasons=reasons,
        vocabulary=policy.vocabulary,
        severity=policy.severity,
        described=tuple(written.rows),
        written=rule_sets,
    )


def _parameters(policy: Policy, replaced: Mapping[str, int]) -> Mapping[str, int]:
    for name in replaced:
        if name not in policy.parameters:
            raise EngineFault(
                "E003",
                f"The policy {policy.id} has no parameter {name}.",
                remedy=f"It has: {', '.join(policy.parameters) or 'none'}.",
            )
    return {name: replaced.get(name, parameter.value) for name, parameter in policy.parameters.items()}


def _names(policy: Policy) -> list[str]:
    names = set(policy.facts) | _ALWAYS_NAMED
    for rule_set in policy.rule_sets:
        names.update(rule_set.output_names)
        names.update(name.name for name in names_read_by(rule_set) if name.source is not NameSource.PARAMETER)
        if isinstance(rule_set, Ladder):
            names.update(effect.name for effect in _effects(rule_set))
    return sorted(names)


def _effects(ladder: Ladder) -> list[Output]:
    steps: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
    return [effect for step in steps for effect in step.effects]


def _place_header(written: Written, policy: Policy, rule_sets: tuple[WrittenRuleSet, ...]) -> None:
    place, words, slots = written.writer.place, written.writer.words, written.writer.slots
    addresses = {rule_set.name: rule_set.address for rule_set in rule_sets}
    chains = []
    for decision_type, names in policy.chains.items():
        first = place([addresses[name] for name in names])
        chains.append(place([first, first + len(names), int(decision_type is DecisionType.ORDER)]))
    if set(policy.severity) != set(OUTCOMES):
        raise UnsupportedCondition(
            "E020", f"The policy {policy.id} does not rank every outcome.", remedy="Name all five in its severity."
        )
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    places = {outcome.value: number for number, outcome in enumerate(OUTCOMES)}
    words[layout.CHAINS] = place(chains)
    words[layout.RULE_SETS] = place([rule_set.address for rule_set in rule_sets])
    words[layout.WHENS] = place(written.whens)
    words[layout.FORMULAS] = place(written.formulas)
    words[layout.SEVERITY] = place([policy.severity.index(outcome) for outcome in OUTCOMES])
    words[layout.OUTCOME_CODES] = place([codes.get(outcome.value, -1) for outcome in OUTCOMES])
    words[layout.OUTCOMES_OF_CODES] = place([places.get(text, -1) for text in policy.vocabulary])
    words[layout.VOCABULARY_SIZE] = len(policy.vocabulary)
    words[layout.SLOTS] = len(slots)
    words[layout.SCORE_SLOT], words[layout.GRADE_SLOT] = slots["score"], slots["grade"]
    words[layout.OUTCOME_SLOT], words[layout.DAYS_PAST_DUE_SLOT] = slots["outcome"], slots["days_past_due"]
    _place_regions(words, len(written.rows), len(written.formulas), len(slots))


def _place_regions(words: list[int], rows: int, formulas: int, slots: int) -> None:
    # Characteristics, levels and triggers that are doubted are rows too, or have some.
    sizes = {
        layout.MATCHED: rows,
        layout.POSSIBLE: rows,
        layout.CHOSEN: rows,
        layout.KEYS: rows + formulas,
        layout.ROW_OUTCOMES: rows,
        layout.SPOKEN: formulas,
        layout.RELEASES: rows,
        layout.DOUBTS: rows + formulas,
        layout.SAID_SLOTS: slots,
        layout.SAID_VALUES: slots,
        layout.ANSWERS: slots,
        layout.SPEAKERS: rows,
        layout.SPEAKERS_OUTCOMES: rows,
    }
    free = layout.NOTES
    for region, size in sizes.items():
        words[region] = free
        free += size + 1
    words[layout.SCRATCH_SIZE] = free
