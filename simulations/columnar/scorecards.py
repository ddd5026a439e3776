"""Runs a scorecard: points per characteristic, knock-outs, and the band that makes the grade."""

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from simulations.columnar import arithmetic, layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.running_formulas import condition_says, ready, result_of, row_says


@lean_kernel
def decide_scorecard(words: Numbers, scorecard: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return NONE if the scorecard at that address makes a grade, else REFER; FAULT if something overflows."""
    points, clashes = words[layout.KEYS], False
    first, end = words[scorecard + layout.CHARACTERISTICS], words[scorecard + layout.CHARACTERISTICS_END]
    for each in range(first, end, layout.CHARACTERISTIC_SIZE):
        matched = _earn(words, each, (each - first) // layout.CHARACTERISTIC_SIZE, values, hits, scratch)
        if matched == FAULT:
            return FAULT
        clashes |= matched > 1
    lacks = scratch[layout.DOUBT_COUNT] > 0
    knocked_out = _knock_out(words, scorecard, values, hits, scratch)
    score = arithmetic.total(scratch, points, (end - first) // layout.CHARACTERISTIC_SIZE)
    if FAULT in (knocked_out, score):
        return FAULT
    is_unsure = scratch[layout.POSSIBLE_COUNT] > 0
    if knocked_out and not is_unsure:
        return _graded(words, score, knocked_out, values, scratch)
    if score == UNKNOWN or is_unsure:
        if knocked_out:
            reason = layout.MISSING_FACT
        elif clashes:
            reason = layout.ENGINE_FAULT
            scratch[layout.FAULTS] += 1
        else:
            reason = layout.MISSING_FACT if lacks or is_unsure else layout.NO_RULE_MATCHED
        notes.give_engine_reason(words, reason, layout.REFER, scratch)
        return layout.REFER
    return _banded(words, scorecard, score, values, hits, scratch)


@lean_kernel
def _earn(words: Numbers, characteristic: int, number: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    # How many attributes match; the points go to the place `number` among the keys.
    block = words[characteristic + layout.CHARACTERISTIC_BLOCK]
    if not ready(words, block, values):
        return FAULT
    matched, earned, is_unsure = 0, 0, False
    for row in range(words[block + layout.BLOCK_ROWS], words[block + layout.BLOCK_ROWS_END], layout.ROW_SIZE):
        says = row_says(words, row, values)
        if says == TRUE:
            notes.note_hit(words, row, hits, scratch)
            matched, earned = matched + 1, row
        elif says != FALSE:
            is_unsure = True
    if matched == 0:
        value = result_of(words, words[characteristic + layout.CHARACTERISTIC_VALUE], values)
        if value == FAULT:
            return FAULT
        unknown_row = words[characteristic + layout.CHARACTERISTIC_UNKNOWN]
        if value == UNKNOWN and unknown_row:
            notes.note_hit(words, unknown_row, hits, scratch)
            matched, earned = 1, unknown_row
        elif value == UNKNOWN or is_unsure:
            notes.note_doubt(words, -1 - number, scratch)
    points = UNKNOWN
    if matched == 1:
        points = result_of(words, words[earned + layout.ROW_OUTPUTS], values)
        if points == FAULT:
            return FAULT
    scratch[words[layout.KEYS] + number] = points
    return matched


@lean_kernel
def _knock_out(words: Numbers, scorecard: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    # The row of the first knock-out that matches, 0 if none does; those before it that might are counted as possible.
    first = 0
    possible = words[layout.POSSIBLE]
    for place in range(words[scorecard + layout.KNOCK_OUTS], words[scorecard + layout.KNOCK_OUTS_END]):
        block = words[place]
        row = words[block + layout.BLOCK_ROWS]
        says = condition_says(words, block, values)
        if says == FAULT:
            return FAULT
        if says == TRUE:
            notes.note_hit(words, row, hits, scratch)
            notes.give_reasons(words, row, layout.NONE, scratch)
            first = first or row
        elif says != FALSE and first == 0 and not words[scorecard + layout.SKIPS_UNKNOWN]:
            notes.note_doubt(words, words[row + layout.ROW_NUMBER], scratch)
            possible += 1
    scratch[layout.POSSIBLE_COUNT] = possible - words[layout.POSSIBLE]
    return first


@lean_kernel
def _banded(words: Numbers, scorecard: int, score: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    values[words[layout.SCORE_SLOT]] = score
    scratch[layout.SCORE] = score
    block = words[scorecard + layout.BANDS]
    if not ready(words, block, values):
        return FAULT
    matched, band = 0, words[block + layout.BLOCK_ROWS]
    for row in range(words[block + layout.BLOCK_ROWS], words[block + layout.BLOCK_ROWS_END], layout.ROW_SIZE):
        says = row_says(words, row, values)
        if says == TRUE:
            notes.note_hit(words, row, hits, scratch)
            matched, band = matched + 1, row
        elif says != FALSE:
            notes.note_doubt(words, words[row + layout.ROW_NUMBER], scratch)
    if matched == 1:
        notes.give_reasons(words, band, layout.NONE, scratch)
        return _graded(words, score, band, values, scratch)
    if matched:
        reason = layout.ENGINE_FAULT
        scratch[layout.FAULTS] += 1
    else:
        reason = layout.MISSING_FACT if scratch[layout.DOUBT_COUNT] else layout.NO_RULE_MATCHED
    notes.give_engine_reason(words, reason, layout.REFER, scratch)
    return layout.REFER


@lean_kernel
def _graded(words: Numbers, score: int, row: int, values: Numbers, scratch: Numbers) -> int:
    notes.say(words, words[layout.SCORE_SLOT], score, scratch)
    notes.say(words, words[layout.GRADE_SLOT], result_of(words, words[row + layout.ROW_OUTPUTS], values), scratch)
    return layout.NONE
