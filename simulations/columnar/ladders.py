"""Runs a ladder: the levels an invoice has reached, and the triggers of its customer."""

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from simulations.columnar import layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.running_conditions import collect_releases
from simulations.columnar.running_formulas import condition_says, result_of


@lean_kernel
def decide_ladder(words: Numbers, ladder: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return NONE, as a ladder decides no outcome; FAULT if something overflows. An unknown is never true here."""
    days, triggers = words[layout.KEYS], words[layout.CHOSEN]
    if not collect_releases(words, ladder, values, scratch):
        return FAULT
    if not _compute(words, ladder, days, triggers, values, scratch):
        return FAULT
    stands = TRUE
    if words[ladder + layout.LADDER_WHEN]:
        stands = condition_says(words, words[ladder + layout.LADDER_WHEN], values)
        if stands == FAULT:
            return FAULT
    if stands != TRUE:
        if stands == UNKNOWN:
            _doubt(words, words[words[ladder + layout.LADDER_WHEN] + layout.BLOCK_ROWS], scratch)
    else:
        highest = _reached(words, ladder, days, values, hits, scratch)
        if highest:
            _say_level(words, highest, values, scratch)
        _triggered(words, ladder, triggers, hits, scratch)
    if scratch[layout.DOUBT_COUNT] and not words[ladder + layout.SKIPS_UNKNOWN]:
        notes.give_engine_reason(words, layout.MISSING_FACT, layout.NONE, scratch)
    return layout.NONE


@lean_kernel
def _compute(words: Numbers, ladder: int, days: int, triggers: int, values: Numbers, scratch: Numbers) -> bool:
    # Whatever overflows is a fault, whether the ladder stands for the customer or not.
    for level in range(words[ladder + layout.LEVELS], words[ladder + layout.LEVELS_END], layout.LEVEL_SIZE):
        scratch[days] = result_of(words, words[level + layout.LEVEL_DAYS], values)
        if scratch[days] == FAULT:
            return False
        days += 1
    for place in range(words[ladder + layout.TRIGGERS], words[ladder + layout.TRIGGERS_END]):
        scratch[triggers] = condition_says(words, words[place], values)
        if scratch[triggers] == FAULT:
            return False
        triggers += 1
    return True


@lean_kernel
def _reached(words: Numbers, ladder: int, days: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    past_due = values[words[layout.DAYS_PAST_DUE_SLOT]]
    highest, highest_due = 0, UNKNOWN
    if past_due == UNKNOWN:
        return highest
    for level in range(words[ladder + layout.LEVELS], words[ladder + layout.LEVELS_END], layout.LEVEL_SIZE):
        due, row = scratch[days], words[level + layout.LEVEL_ROW]
        days += 1
        if due == UNKNOWN:
            _doubt(words, row, scratch)
        elif due <= past_due:
            notes.note_hit(words, row, hits, scratch)
            if due >= highest_due:
                highest, highest_due = row, due
    return highest


@lean_kernel
def _say_level(words: Numbers, row: int, values: Numbers, scratch: Numbers) -> None:
    for formula in range(words[row + layout.ROW_OUTPUTS], words[row + layout.ROW_OUTPUTS_END], layout.FORMULA_SIZE):
        notes.say(words, words[formula + layout.FORMULA_SLOT], result_of(words, formula, values), scratch)
    notes.give_reasons(words, row, layout.NONE, scratch)


@lean_kernel
def _triggered(words: Numbers, ladder: int, triggers: int, hits: Numbers, scratch: Numbers) -> None:
    for place in range(words[ladder + layout.TRIGGERS], words[ladder + layout.TRIGGERS_END]):
        row = words[words[place] + layout.BLOCK_ROWS]
        if scratch[triggers] == TRUE:
            notes.note_hit(words, row, hits, scratch)
            notes.give_reasons(words, row, layout.NONE, scratch)
        elif scratch[triggers] != FALSE:
            _doubt(words, row, scratch)
        triggers += 1


@lean_kernel
def _doubt(words: Numbers, row: int, scratch: Numbers) -> None:
    notes.note_doubt(words, words[row + layout.ROW_NUMBER], scratch)
