"""The columnar engine as any other: asked about one rule set, it answers with words instead of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from policy_service.domain.decisions import Reason, RuleSetResult, Value, Values
from policy_service.domain.outcomes import Outcome
from policy_service.engines.reasons import engine_fault, missing_fact, no_rule_matched, ranked
from policy_service.language.policy import Policy
from simulations.columnar import layout
from simulations.columnar.deciding import evaluated
from simulations.columnar.missing_facts import Doubted, missing_facts, region
from simulations.columnar.program import OUTCOMES, Compiled, Words, compiled
from simulations.columnar.writing_rule_sets import WrittenRuleSet


class ColumnarEngine:
    """Evaluate the rule sets of one policy in compiled code; `parameters` replace values of the policy's own.

    Threads may share it. EngineFault E003 if there is no such parameter; UnsupportedCondition E020.
    """

    def __init__(self, policy: Policy, parameters: Mapping[str, int] | None = None) -> None:
        self._compiled = compiled(policy, parameters)

    def evaluate(self, rule_set: str, values: Values) -> RuleSetResult:
        """Return the answer of that rule set; a fault inside it is a refer with `engine_fault`.

        KeyError if the policy has no such rule set.
        """
        program, place = self._compiled, self._compiled.rule_sets[rule_set]
        vector, hits, scratch = program.vector(), program.room_for_hits(), program.scratch()
        program.fill(vector, values)
        outcome = evaluated(program.program, place, vector, hits, scratch)
        told = [int(number) for number in hits[: scratch[layout.HIT_COUNT]]]
        return _in_words(_Answer(program, program.written[place], values, told, scratch), outcome)


@dataclass(frozen=True, slots=True)
class _Answer:
    program: Compiled
    rule_set: WrittenRuleSet
    values: Values
    hits: list[int]
    scratch: Words

    def region(self, first: int, count: int) -> list[int]:
        return region(self.program, self.scratch, first, count)


def _in_words(answer: _Answer, outcome: int) -> RuleSetResult:
    rows = answer.program.described
    said = OUTCOMES[outcome] if outcome >= 0 else None
    return RuleSetResult(
        answer.rule_set.name,
        said,
        {} if said is Outcome.REFER else _outputs(answer),
        tuple(rows[number].id for number in answer.hits),
        tuple(rows[number].id for number in answer.region(layout.RELEASES, layout.RELEASE_COUNT)),
        ranked([*_reasons_of_rows(answer), *_reasons_of_the_engine(answer)], answer.program.severity),
    )


def _reasons_of_rows(answer: _Answer) -> list[Reason]:
    speakers = answer.region(layout.SPEAKERS, layout.SPEAKER_COUNT)
    outcomes = answer.region(layout.SPEAKERS_OUTCOMES, layout.SPEAKER_COUNT)
    return [
        Reason(code, answer.rule_set.name, row.id, OUTCOMES[outcome] if outcome >= 0 else None)
        for row, outcome in zip([answer.program.described[number] for number in speakers], outcomes, strict=True)
        for code in row.reasons
    ]


def _reasons_of_the_engine(answer: _Answer) -> list[Reason]:
    name, reason = answer.rule_set.name, int(answer.scratch[layout.ENGINE_REASON])
    if reason == layout.MISSING_FACT:
        doubts = tuple(answer.region(layout.DOUBTS, layout.DOUBT_COUNT))
        facts = missing_facts(
            Doubted(answer.program, answer.rule_set, answer.values, answer.scratch), doubts, answer.hits
        )
        return [missing_fact(name, facts, None if answer.rule_set.ladder else Outcome.REFER)]
    if reason == layout.NO_RULE_MATCHED:
        return [no_rule_matched(name, _hole(answer))]
    if reason == layout.ENGINE_FAULT:
        return [engine_fault(name, _fault(answer))]
    return []


def _hole(answer: _Answer) -> str:
    if answer.program.program.words[answer.rule_set.address + layout.KIND] != layout.SCORECARD:
        return ""
    hit = set(answer.hits)
    holes = [each.text for each in answer.rule_set.characteristics if hit.isdisjoint(each.rows)]
    return f"No attribute of {', '.join(holes)} matches." if holes else "No band holds the score."


def _fault(answer: _Answer) -> str:
    if answer.scratch[layout.OVERFLOWED]:
        return "A result is too large to be held exactly, or is no outcome."
    rows = ", ".join(answer.program.described[number].id for number in answer.hits)
    return f"{answer.rule_set.name}: of {rows} more match than may."


def _outputs(answer: _Answer) -> Mapping[str, Value | tuple[Value, ...]]:
    if answer.rule_set.lists:
        return _lists(answer)
    names = {slot: name for name, slot in answer.program.slots.items()}
    slots = answer.region(layout.SAID_SLOTS, layout.SAID_COUNT)
    values = answer.region(layout.SAID_VALUES, layout.SAID_COUNT)
    return {names[slot]: value for slot, value in zip(slots, values, strict=True)}


def _lists(answer: _Answer) -> Mapping[str, tuple[Value, ...]]:
    spoken = int(answer.program.program.words[layout.SPOKEN])
    said: dict[str, list[int]] = {}
    for number in answer.hits:
        for name, formula in answer.program.described[number].outputs:
            said.setdefault(name, []).append(int(answer.scratch[spoken + formula]))
    return {name: tuple(values) for name, values in said.items()}
