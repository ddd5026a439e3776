"""The entry points of compiled code: run a chain or a rule set, ask a condition, work out a formula.

A caller makes, once for each thread, `values = compiled.vector()`, `hits = compiled.room_for_hits()` and
`scratch = compiled.scratch()`. Before a run it puts what it knows at the places that `compiled.slots` name and UNKNOWN
at those it does not; the places behind belong to the engine. Afterwards `scratch` tells, at the places that `layout`
names under Notes, how many hits there are and which reason ranks first; `first_reason` and `answer` read it.

A run writes what rule sets set over facts of the same name (an order check's `prepay_percent` over that of the
standing, unknown where it sets none): put the standing's values back before the next run. What was set, and only
that, is told by `answer`.
"""

from policy_service.domain.values import TRUE, UNKNOWN
from simulations.columnar import layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, kernel, lean_kernel
from simulations.columnar.ladders import decide_ladder
from simulations.columnar.pointers import first_of
from simulations.columnar.program import Program
from simulations.columnar.running_formulas import condition_says, result_of
from simulations.columnar.scorecards import decide_scorecard
from simulations.columnar.tables import decide_table


@lean_kernel
def run_chain(program: Program, chain: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return the outcome of a chain (by its place in `Compiled.chains`) as a place in OUTCOMES, -1 if it says none.

    `hits` are the numbers of the rows that were hit, in the order of the chain; scratch[layout.HIT_COUNT] says how
    many. A chain that ends in refer leaves the outputs of its last rule set unknown: the standing is to stay.
    """
    words, values = first_of(program.words), first_of(values)
    hits, scratch = first_of(hits), first_of(scratch)
    notes.begin(scratch)
    record = words[words[layout.CHAINS] + chain]
    first, end = words[record + layout.CHAIN_RULE_SETS], words[record + layout.CHAIN_RULE_SETS_END]
    for place in range(first, end):
        _forget_answers(words, words[place], scratch)
    outcome = layout.NONE
    for place in range(first, end):
        found = _decide(words, words[place], values, hits, scratch)
        if found >= 0 and (outcome < 0 or notes.rank(words, found) < notes.rank(words, outcome)):
            outcome = found
        _hand_on(words, words[place], found, values, scratch)
        if found == layout.REFER:
            break
    if outcome < 0 and words[record + layout.CHAIN_OF_ORDERS]:
        notes.give_engine_reason(words, layout.NO_RULE_MATCHED, layout.REFER, scratch)
        outcome = layout.REFER
    return outcome


@kernel
def evaluated(program: Program, rule_set: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return the outcome of one rule set to a caller that is not compiled."""
    return run_rule_set(program, rule_set, values, hits, scratch)


@lean_kernel
def run_rule_set(program: Program, rule_set: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return the outcome of one rule set (by its place in `Compiled.rule_sets`) as `run_chain` does that of a chain."""
    words, values = first_of(program.words), first_of(values)
    hits, scratch = first_of(hits), first_of(scratch)
    notes.begin(scratch)
    address = words[words[layout.RULE_SETS] + rule_set]
    _forget_answers(words, address, scratch)
    outcome = _decide(words, address, values, hits, scratch)
    _hand_on(words, address, outcome, values, scratch)
    return outcome


@lean_kernel
def holds(program: Program, when: int, values: Numbers, scratch: Numbers) -> bool:
    """Return whether a condition over facts (by its number in `Compiled`) is true; unknown and overflow are not.

    An overflow is counted in scratch[layout.FAULTS].
    """
    words = first_of(program.words)
    says = condition_says(words, words[words[layout.WHENS] + when], first_of(values))
    if says == FAULT:
        scratch[layout.FAULTS] += 1
    return bool(says == TRUE)


@lean_kernel
def value_of(program: Program, formula: int, values: Numbers, scratch: Numbers) -> int:
    """Return the value of a formula (by its number in `Compiled`): the day of a level, an effect; UNKNOWN on overflow.

    An overflow is counted in scratch[layout.FAULTS].
    """
    words = first_of(program.words)
    found = result_of(words, words[words[layout.FORMULAS] + formula], first_of(values))
    if found == FAULT:
        scratch[layout.FAULTS] += 1
        return UNKNOWN
    return found


@lean_kernel
def first_reason(scratch: Numbers) -> int:
    """Return the reason that ranks first after a run, as its place in `Compiled.reasons`; -1 if there is none."""
    return scratch[layout.FIRST_REASON]


@lean_kernel
def answer(program: Program, slot: int, scratch: Numbers) -> int:
    """Return what the rule sets of the last run set at that place; UNKNOWN if none did. A list reads as unknown.

    Only places of outputs of those rule sets are told.
    """
    return scratch[program.words[layout.ANSWERS] + slot]


@lean_kernel
def _decide(words: Numbers, rule_set: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    before = scratch[layout.HIT_COUNT]
    scratch[layout.RELEASE_COUNT] = 0
    scratch[layout.DOUBT_COUNT] = 0
    scratch[layout.SAID_COUNT] = 0
    scratch[layout.SPEAKER_COUNT] = 0
    scratch[layout.SCORE] = UNKNOWN
    scratch[layout.OVERFLOWED] = 0
    scratch[layout.ENGINE_REASON] = -1
    reason, key = scratch[layout.FIRST_REASON], scratch[layout.REASON_KEY]
    kind = words[rule_set + layout.KIND]
    if kind == layout.DECISION_TABLE:
        outcome = decide_table(words, rule_set, values, hits, scratch)
    elif kind == layout.SCORECARD:
        outcome = decide_scorecard(words, rule_set, values, hits, scratch)
    elif kind == layout.FORMULA_SET:
        outcome = _decide_formulas(words, rule_set, values, scratch)
    else:
        outcome = decide_ladder(words, rule_set, values, hits, scratch)
    if outcome == FAULT:
        scratch[layout.FIRST_REASON], scratch[layout.REASON_KEY] = reason, key
        scratch[layout.HIT_COUNT] = before
        scratch[layout.RELEASE_COUNT] = 0
        scratch[layout.SPEAKER_COUNT] = 0
        scratch[layout.OVERFLOWED] = 1
        scratch[layout.FAULTS] += 1
        notes.give_engine_reason(words, layout.ENGINE_FAULT, layout.REFER, scratch)
        return layout.REFER
    return outcome


@lean_kernel
def _decide_formulas(words: Numbers, formulas: int, values: Numbers, scratch: Numbers) -> int:
    first, end = words[formulas + layout.SET_FORMULAS], words[formulas + layout.SET_FORMULAS_END]
    for formula in range(first, end, layout.FORMULA_SIZE):
        found = result_of(words, formula, values)
        if found == FAULT:
            return FAULT
        slot = words[formula + layout.FORMULA_SLOT]
        values[slot] = found
        notes.say(words, slot, found, scratch)
    return layout.NONE


@lean_kernel
def _forget_answers(words: Numbers, rule_set: int, scratch: Numbers) -> None:
    for place in range(words[rule_set + layout.OUTPUT_SLOTS], words[rule_set + layout.OUTPUT_SLOTS_END]):
        scratch[words[layout.ANSWERS] + words[place]] = UNKNOWN


@lean_kernel
def _hand_on(words: Numbers, rule_set: int, outcome: int, values: Numbers, scratch: Numbers) -> None:
    # An output that could have been set and was not is unknown to later rule sets, whatever the standing says of it.
    for place in range(words[rule_set + layout.OUTPUT_SLOTS], words[rule_set + layout.OUTPUT_SLOTS_END]):
        values[words[place]] = UNKNOWN
    if outcome == layout.REFER:
        return
    for number in range(scratch[layout.SAID_COUNT]):
        slot = scratch[words[layout.SAID_SLOTS] + number]
        value = scratch[words[layout.SAID_VALUES] + number]
        values[slot] = value
        scratch[words[layout.ANSWERS] + slot] = value
    if outcome >= 0:
        code = words[words[layout.OUTCOME_CODES] + outcome]
        if code >= 0:
            values[words[layout.OUTCOME_SLOT]] = code
