"""Weighs the rows of a table by its hit policy: which is hit, and which might have been instead."""

from policy_service.domain.values import UNKNOWN, UNLIMITED
from simulations.columnar import layout, notes
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.hit_policy_numbers import COLLECT, FIRST, OUTPUT_ORDER


@lean_kernel
def _key(words: Numbers, row: int, ranks_by: int, table: int, scratch: Numbers) -> int:
    # The first to rank has the smallest key; unknown ranks behind all others, an unknown outcome before them.
    if ranks_by == layout.BY_SEVERITY:
        return severity_of(words, row, scratch)
    ranking = words[row + layout.ROW_RANKING]
    value = notes.said_by(words, ranking, scratch) if ranking else UNKNOWN
    if ranks_by == layout.BY_LIST:
        first, end = words[table + layout.RANKED_VALUES], words[table + layout.RANKED_VALUES_END]
        for place in range(first, end):
            if words[place] == value:
                return place
        return end
    if value == UNKNOWN:
        return UNLIMITED
    return -value if ranks_by == layout.DOWNWARDS else value - 1


@lean_kernel
def severity_of(words: Numbers, row: int, scratch: Numbers) -> int:
    """Return what the row at that address ranks by in severity; an unknown outcome comes before all others."""
    outcome = notes.outcome_of(words, row, scratch)
    return -1 if outcome == layout.UNCLEAR else notes.rank(words, outcome)


@lean_kernel
def choose_best(words: Numbers, table: int, scratch: Numbers) -> None:
    """Leave of the rows that matched the one that ranks first, and note as doubts those that would precede it.

    Under `first` all ranks are the same and the place in the table decides.
    """
    matched = words[layout.MATCHED]
    best = scratch[matched]
    best_key = _rank_of(words, best, table, scratch)
    for place in range(matched + 1, matched + scratch[layout.MATCHED_COUNT]):
        key = _rank_of(words, scratch[place], table, scratch)
        if key < best_key:
            best, best_key = scratch[place], key
    scratch[matched] = best
    scratch[layout.MATCHED_COUNT] = 1
    for place in range(words[layout.POSSIBLE], words[layout.POSSIBLE] + scratch[layout.POSSIBLE_COUNT]):
        other = scratch[place]
        key = _rank_of(words, other, table, scratch)
        if key < best_key or (key == best_key and other < best):
            notes.note_doubt(words, words[other + layout.ROW_NUMBER], scratch)


@lean_kernel
def _rank_of(words: Numbers, row: int, table: int, scratch: Numbers) -> int:
    if words[table + layout.HIT_POLICY] == FIRST:
        return 0
    return _key(words, row, words[table + layout.RANKS_BY], table, scratch)


@lean_kernel
def doubt_all(words: Numbers, scratch: Numbers) -> None:
    """Note every row that might match as a doubt."""
    for place in range(words[layout.POSSIBLE], words[layout.POSSIBLE] + scratch[layout.POSSIBLE_COUNT]):
        notes.note_doubt(words, words[scratch[place] + layout.ROW_NUMBER], scratch)


@lean_kernel
def doubt_beside_all(words: Numbers, table: int, scratch: Numbers) -> None:
    """Note the rows that might match beside hits that all stand.

    Where an outcome is sought, a row that could not carry it against the most severe hit changes nothing.
    """
    if not words[table + layout.FOR_AN_OUTCOME] or words[table + layout.HIT_POLICY] == COLLECT:
        doubt_all(words, scratch)
        return
    matched = words[layout.MATCHED]
    best = scratch[matched]
    best_key = severity_of(words, best, scratch)
    for place in range(matched + 1, matched + scratch[layout.MATCHED_COUNT]):
        key = severity_of(words, scratch[place], scratch)
        if key < best_key:
            best, best_key = scratch[place], key
    for place in range(words[layout.POSSIBLE], words[layout.POSSIBLE] + scratch[layout.POSSIBLE_COUNT]):
        other = scratch[place]
        key = severity_of(words, other, scratch)
        if key < best_key or (key == best_key and other < best):
            notes.note_doubt(words, words[other + layout.ROW_NUMBER], scratch)


@lean_kernel
def list_hits(words: Numbers, table: int, hits: Numbers, scratch: Numbers) -> None:
    """Note the hits in the order in which they are listed, that of the table or of the rank; CHOSEN keeps it."""
    chosen, keys = words[layout.CHOSEN], words[layout.KEYS]
    count = scratch[layout.MATCHED_COUNT]
    is_ranked = words[table + layout.HIT_POLICY] == OUTPUT_ORDER and count > 1
    for number in range(count):
        row = scratch[words[layout.MATCHED] + number]
        key = _key(words, row, words[table + layout.RANKS_BY], table, scratch) if is_ranked else 0
        place = number
        while place > 0 and scratch[keys + place - 1] > key:
            scratch[keys + place], scratch[chosen + place] = scratch[keys + place - 1], scratch[chosen + place - 1]
            place -= 1
        scratch[keys + place], scratch[chosen + place] = key, row
    for place in range(chosen, chosen + count):
        notes.note_hit(words, scratch[place], hits, scratch)
