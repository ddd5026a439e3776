"""A policy compiled to numbers: what stands where, what is refused, and the parts that a day loop asks for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from policy_service.domain.errors import EngineFault, UnsupportedCondition
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import LARGEST, TRUE, UNKNOWN, Kind
from policy_service.language.cells import Output
from policy_service.language.feel.expressions import Constant, Convert, Expression, Multiply, Name, NameSource, Power
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import FormulaSet
from simulations.columnar import layout
from simulations.columnar.deciding import holds, run_rule_set, value_of
from simulations.columnar.program import OUTCOMES, Compiled, compiled
from simulations.columnar.writing_rule_sets import WrittenLadder
from simulations.replay import trace
from tests.engines.hand_made import policy_of

RULES = Path(__file__).parents[3] / "rules"
AMOUNT = Name("amount", NameSource.FACT, Kind.MONEY)


def distributor(parameters: dict[str, int] | None = None) -> Compiled:
    return compiled(load_policy(RULES / "distributor_cn"), parameters)


def ladder_of(program: Compiled) -> WrittenLadder:
    return next(ladder for ladder in program.ladders if ladder.name == "collection")


def of_formula(expression: Expression) -> Policy:
    policy = policy_of({"names": "formula: names\nvalues: {doubled: amount * 2}\n"})
    formulas = FormulaSet("names", (Output("doubled", Kind.MONEY, "", expression),))
    return replace(policy, rule_sets=(formulas,))


def test_a_program_is_one_array_that_nobody_can_write_to() -> None:
    (words,) = distributor().program
    assert (np.int64, True, False) == (words.dtype.type, words.flags.c_contiguous, words.flags.writeable)


def test_outcomes_are_numbered_as_in_a_trace() -> None:
    assert trace.OUTCOMES == OUTCOMES
    assert (Outcome.APPROVE, Outcome.REFER) == (OUTCOMES[layout.APPROVE], OUTCOMES[layout.REFER])


def test_the_same_policy_becomes_the_same_words() -> None:
    assert distributor().program.words.tobytes() == distributor().program.words.tobytes()


def test_a_parameter_that_the_policy_has_not_is_refused() -> None:
    with pytest.raises(EngineFault) as refused:
        distributor({"hold_after_day": 3})
    assert refused.value.code == "E003"


@pytest.mark.parametrize(
    "expression",
    [
        Convert(AMOUNT, 2**63, 1, Kind.MONEY),
        Convert(AMOUNT, 1, 0, Kind.MONEY),
        Multiply(AMOUNT, AMOUNT, 2**64, Kind.MONEY),
        Power(AMOUNT, 9, 100, Kind.MONEY),
        Power(AMOUNT, 2, 2**32, Kind.MONEY),
    ],
)
def test_what_no_program_can_say_is_refused_by_name(expression: Expression) -> None:
    with pytest.raises(UnsupportedCondition, match="Rule set names") as refused:
        compiled(of_formula(expression))
    assert refused.value.code == "E020"


def test_a_severity_that_leaves_an_outcome_out_is_refused() -> None:
    policy = replace(load_policy(RULES / "sme_simple"), severity=(Outcome.DECLINE, Outcome.REFER, Outcome.APPROVE))
    with pytest.raises(UnsupportedCondition) as refused:
        compiled(policy)
    assert refused.value.code == "E020"


def test_the_day_of_a_level_follows_the_parameter() -> None:
    program = distributor({"stop_after_days": 33})
    last = ladder_of(program).levels[-1]
    assert 33 == value_of(program.program, last.days, program.vector(), program.scratch())


def test_an_effect_names_its_place_and_its_value() -> None:
    program = distributor()
    ((place, formula),) = ladder_of(program).levels[-1].effects
    assert program.slots["stop_credit"] == place
    assert TRUE == value_of(program.program, formula, program.vector(), program.scratch())


@pytest.mark.parametrize(("overdue", "released"), [(100_000, True), (100_001, False), (UNKNOWN, False)])
def test_a_release_holds_when_its_condition_is_true(overdue: int, released: bool) -> None:
    program, vector = distributor(), distributor().vector()
    vector[program.slots["overdue_balance"]] = overdue
    assert released == holds(program.program, ladder_of(program).levels[-1].release, vector, program.scratch())


def test_a_trigger_holds_when_all_its_cells_match() -> None:
    program, vector = distributor(), distributor().vector()
    program.fill(vector, {"oldest_days_past_due": 90, "broken_promises_6m": 1})
    when = ladder_of(program).triggers[0].when
    assert not holds(program.program, when, vector, program.scratch())
    vector[program.slots["broken_promises_6m"]] = 2
    assert holds(program.program, when, vector, program.scratch())


def test_an_overflow_is_counted_and_refers() -> None:
    program = compiled(of_formula(Multiply(AMOUNT, AMOUNT, 1, Kind.MONEY)))
    vector, scratch = program.vector(), program.scratch()
    program.fill(vector, {"amount": LARGEST})
    outcome = run_rule_set(program.program, 0, vector, program.room_for_hits(), scratch)
    assert (Outcome.REFER, "engine_fault") == (OUTCOMES[outcome], program.reasons[scratch[layout.FIRST_REASON]])
    assert scratch[layout.FAULTS] == 1
    assert vector[program.slots["doubled"]] == UNKNOWN


def test_a_formula_that_overflows_is_unknown_and_counted() -> None:
    program = compiled(of_formula(Multiply(AMOUNT, Constant(LARGEST, Kind.MONEY), 1, Kind.MONEY)))
    vector, scratch = program.vector(), program.scratch()
    program.fill(vector, {"amount": 2})
    assert UNKNOWN == value_of(program.program, 0, vector, scratch)
    assert scratch[layout.FAULTS] == 1


def test_a_ladder_without_a_condition_stands_for_all() -> None:
    program = compiled(load_policy(RULES / "sme_simple"))
    assert [-1] == [ladder.when for ladder in program.ladders]
