"""Runs a decision table: rows matched, weighed by the hit policy, their outputs gathered."""

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from simulations.columnar import layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.hit_policy_numbers import ANY, FIRST, PRIORITY, UNIQUE
from simulations.columnar.ranks import choose_best, doubt_all, doubt_beside_all, list_hits
from simulations.columnar.running_conditions import collect_releases
from simulations.columnar.running_formulas import ready, result_of, row_says
from simulations.columnar.table_outputs import aggregate, differ, gather


@lean_kernel
def decide_table(words: Numbers, table: int, values: Numbers, hits: Numbers, scratch: Numbers) -> int:
    """Return the outcome of the table at that address, NONE if it sets none, FAULT if something overflows."""
    if not _match(words, table, values, scratch) or not collect_releases(words, table, values, scratch):
        return FAULT
    hit_policy, matched = words[table + layout.HIT_POLICY], scratch[layout.MATCHED_COUNT]
    if matched == 0 and scratch[layout.POSSIBLE_COUNT] == 0:
        otherwise = words[table + layout.OTHERWISE]
        if otherwise == 0:
            notes.give_engine_reason(words, layout.NO_RULE_MATCHED, layout.REFER, scratch)
            return layout.REFER
        scratch[words[layout.MATCHED]] = otherwise
        scratch[layout.MATCHED_COUNT] = 1
        hit_policy = ANY
    takes_one = hit_policy in (UNIQUE, FIRST, PRIORITY)
    if not _speak(words, takes_one, values, scratch):
        return FAULT
    if matched == 0:
        doubt_all(words, scratch)
    elif hit_policy in (UNIQUE, ANY):
        if matched > 1 and (hit_policy == UNIQUE or differ(words, matched, scratch)):
            return _clash(words, matched, hits, scratch)
    elif takes_one:
        choose_best(words, table, scratch)
    else:
        doubt_beside_all(words, table, scratch)
    takes_all = not takes_one and hit_policy != ANY
    return _answer(words, table, takes_one, takes_all, values, hits, scratch)


@lean_kernel
def _match(words: Numbers, table: int, values: Numbers, scratch: Numbers) -> bool:
    block = words[table + layout.TABLE_BLOCK]
    if not ready(words, block, values):
        return False
    skips, stops = words[table + layout.SKIPS_UNKNOWN], words[table + layout.STOPS_EARLY]
    matched, possible = words[layout.MATCHED], words[layout.POSSIBLE]
    for row in range(words[block + layout.BLOCK_ROWS], words[block + layout.BLOCK_ROWS_END], layout.ROW_SIZE):
        says = row_says(words, row, values)
        if says == TRUE:
            scratch[matched] = row
            matched += 1
            if stops:
                break
        elif says != FALSE and not skips:
            scratch[possible] = row
            possible += 1
    scratch[layout.MATCHED_COUNT] = matched - words[layout.MATCHED]
    scratch[layout.POSSIBLE_COUNT] = possible - words[layout.POSSIBLE]
    return True


@lean_kernel
def _speak(words: Numbers, takes_one: bool, values: Numbers, scratch: Numbers) -> bool:
    # In short, that is just what ranks it, speaks a row that may lose: no overflow of its own spoils the answer.
    for place in range(words[layout.POSSIBLE], words[layout.POSSIBLE] + scratch[layout.POSSIBLE_COUNT]):
        if not _speak_in_short(words, scratch[place], values, scratch):
            return False
    for place in range(words[layout.MATCHED], words[layout.MATCHED] + scratch[layout.MATCHED_COUNT]):
        if not takes_one and not _speak_in_full(words, scratch[place], values, scratch):
            return False
        if not _speak_in_short(words, scratch[place], values, scratch):
            return False
    return True


@lean_kernel
def _speak_in_full(words: Numbers, row: int, values: Numbers, scratch: Numbers) -> bool:
    for formula in range(words[row + layout.ROW_OUTPUTS], words[row + layout.ROW_OUTPUTS_END], layout.FORMULA_SIZE):
        result = result_of(words, formula, values)
        if result == FAULT:
            return False
        scratch[words[layout.SPOKEN] + words[formula + layout.FORMULA_NUMBER]] = result
    return True


@lean_kernel
def _speak_in_short(words: Numbers, row: int, values: Numbers, scratch: Numbers) -> bool:
    ranking, outcome = words[row + layout.ROW_RANKING], words[row + layout.ROW_OUTCOME]
    if ranking:
        result = result_of(words, ranking, values)
        if result == FAULT:
            return False
        scratch[words[layout.SPOKEN] + words[ranking + layout.FORMULA_NUMBER]] = result
    found = layout.NONE
    if outcome:
        code = result_of(words, outcome, values)
        if code == FAULT:
            return False
        scratch[words[layout.SPOKEN] + words[outcome + layout.FORMULA_NUMBER]] = code
        found = _outcome(words, code)
        if found == FAULT:
            return False
    scratch[words[layout.ROW_OUTCOMES] + words[row + layout.ROW_NUMBER]] = found
    return True


@lean_kernel
def _outcome(words: Numbers, code: int) -> int:
    if code == UNKNOWN:
        return layout.UNCLEAR
    if code < 0 or code >= words[layout.VOCABULARY_SIZE]:
        return FAULT
    found = words[words[layout.OUTCOMES_OF_CODES] + code]
    return found if found >= 0 else FAULT


@lean_kernel
def _clash(words: Numbers, matched: int, hits: Numbers, scratch: Numbers) -> int:
    scratch[layout.FAULTS] += 1
    notes.give_engine_reason(words, layout.ENGINE_FAULT, layout.REFER, scratch)
    for place in range(words[layout.MATCHED], words[layout.MATCHED] + matched):
        row = scratch[place]
        notes.note_hit(words, row, hits, scratch)
        notes.give_reasons(words, row, notes.outcome_of(words, row, scratch), scratch)
    return layout.REFER


@lean_kernel
def _answer(
    words: Numbers,
    table: int,
    takes_one: bool,
    takes_all: bool,
    values: Numbers,
    hits: Numbers,
    scratch: Numbers,
) -> int:
    matched, count = words[layout.MATCHED], scratch[layout.MATCHED_COUNT]
    outcome, is_unclear = layout.NONE, scratch[layout.DOUBT_COUNT] > 0
    for place in range(matched, matched + count):
        row = scratch[place]
        found = notes.outcome_of(words, row, scratch)
        notes.give_reasons(words, row, found, scratch)
        if found == layout.UNCLEAR:
            is_unclear = True
        elif found >= 0 and (outcome < 0 or notes.rank(words, found) < notes.rank(words, outcome)):
            outcome = found
    list_hits(words, table, hits, scratch)
    if is_unclear:
        notes.give_engine_reason(words, layout.MISSING_FACT, layout.REFER, scratch)
        if not takes_all or outcome < 0 or notes.rank(words, outcome) >= notes.rank(words, layout.REFER):
            return layout.REFER
    if outcome == layout.REFER:
        return outcome
    # One row that was chosen has spoken in short.
    if takes_one and not _speak_in_full(words, scratch[matched], values, scratch):
        return FAULT
    if words[table + layout.AGGREGATES]:
        return outcome if aggregate(words, table, scratch) else FAULT
    gather(words, outcome, scratch)
    return outcome
