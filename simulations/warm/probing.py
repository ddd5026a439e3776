"""Changed rows written as small programs, to find quickly which decisions they may bear on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.language.policy import Policy
from simulations.columnar.writer import Writer
from simulations.columnar.writing_rows import RowDraft, Written, write_block
from simulations.ledger_snapshot.columns import Column
from simulations.replay.fact_rows import read_only
from simulations.runs.simulation import Candidate
from simulations.warm.bearing import (
    ALL_MAY_DIFFER,
    NONE_DIFFERS,
    SAYS_OTHERWISE,
    SAYS_OTHERWISE_IF_HIT,
    SAYS_THE_SAME,
    Probe,
)
from simulations.warm.changed_rows import Cells, ChangedRow, RowText, changed_rows
from simulations.warm.likeness import values_of_parameters

#: Address 0 of a program means none.
_HEADER: Final = (0,)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the values stand that a chain is asked with, by type: those written down, and those handed on within it."""

    slots: Column
    inner_slots: Column


def inner_slots_of(policy: Policy, decision_type: DecisionType, slots: Mapping[str, int]) -> Column:
    """Return the places of what exactly one rule set of the chain sets: afterwards they hold what the next ones saw."""
    names = [name for rule_set in policy.chain(decision_type) for name in set(rule_set.output_names)]
    return read_only(np.array(sorted(slots[name] for name in names if names.count(name) == 1), dtype=np.int64))


def probe_of(
    old: Candidate, new: Candidate, decision_type: DecisionType, slots: Mapping[str, int], seen: Seen
) -> Probe:
    """Return the probe for what an edit changes in the chain of that type."""
    rows = changed_rows(old, new, decision_type)
    return probe_of_rows(rows, (old, new), decision_type, slots, seen)


def probe_of_rows(
    rows: Sequence[ChangedRow] | None,
    sides: tuple[Candidate, Candidate],
    decision_type: DecisionType,
    slots: Mapping[str, int],
    seen: Seen,
) -> Probe:
    """Return the probe for those rows of two policies; one by which all may differ where rows (none) are not all."""
    if rows is None:
        return _without_rows(ALL_MAY_DIFFER)
    if not rows:
        return _without_rows(NONE_DIFFERS)
    old, new = sides
    sources = [_source(old.policy, decision_type, row, slots, seen) for row in rows]
    if any(source is None for source in sources):
        return _without_rows(ALL_MAY_DIFFER)
    before, width = _written([row.before for row in rows], values_of_parameters(old), slots)
    now, now_width = _written([row.now for row in rows], values_of_parameters(new), slots)
    exists = [(int(row.before is not None), int(row.now is not None)) for row in rows]
    return Probe(
        before.words,
        now.words,
        _column([before.block, now.block]),
        _pairs(exists),
        _column([_how_it_says(row) for row in rows]),
        _pairs(sorted({pair for source in sources if source for pair in source.written_down})),
        _pairs(sorted({pair for source in sources if source for pair in source.handed_on})),
        np.full(max(width, now_width), UNKNOWN, dtype=np.int64),
        np.zeros(len(rows), dtype=np.int64),
    )


def _how_it_says(row: ChangedRow) -> int:
    if row.says_the_same:
        return SAYS_THE_SAME
    return SAYS_OTHERWISE if row.counts_in_doubt else SAYS_OTHERWISE_IF_HIT


@dataclass(frozen=True, slots=True)
class _Source:
    written_down: frozenset[tuple[int, int]]
    handed_on: frozenset[tuple[int, int]]


def _source(
    policy: Policy, decision_type: DecisionType, row: ChangedRow, slots: Mapping[str, int], seen: Seen
) -> _Source | None:
    # Where each value stands as the row saw it; none if one of them stands nowhere.
    chain = policy.chain(decision_type)
    earlier = {name for rule_set in chain[: row.place] for name in rule_set.output_names}
    places, inner = (
        {slot: place for place, slot in enumerate(each.tolist())} for each in (seen.slots, seen.inner_slots)
    )
    written_down, handed_on = set(), set()
    for name in {name for text in (row.before, row.now) if text for name in text.reads()}:
        slot = slots[name]
        is_handed_on = name in earlier or _is_own_score(name, row)
        if is_handed_on and slot in inner:
            handed_on.add((inner[slot], slot))
        elif not is_handed_on and slot in places:
            written_down.add((places[slot], slot))
        else:
            return None
    return _Source(frozenset(written_down), frozenset(handed_on))


def _is_own_score(name: str, row: ChangedRow) -> bool:
    return row.of_own_score and name == "score"


@dataclass(frozen=True, slots=True)
class _Words:
    words: Column
    block: int


def _written(
    rows: Sequence[RowText | None], parameters: Mapping[str, int], slots: Mapping[str, int]
) -> tuple[_Words, int]:
    words = list(_HEADER)
    writer = Writer(slots, parameters, words, len(slots), len(slots))
    cells: list[Cells] = [row.cells if row else () for row in rows]
    block = write_block(Written(writer, {}), [RowDraft(str(number), own) for number, own in enumerate(cells)])
    return _Words(_column(words), block), writer.width


def _without_rows(says: int) -> Probe:
    nothing, no_pairs = _column([]), _pairs([])
    return Probe(nothing, nothing, _column([says, says]), no_pairs, nothing, no_pairs, no_pairs, *_no_room())


def _no_room() -> tuple[Column, Column]:
    return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _column(values: Sequence[int]) -> Column:
    return read_only(np.array(values, dtype=np.int64))


def _pairs(pairs: Sequence[tuple[int, int]]) -> Column:
    return read_only(np.array(pairs, dtype=np.int64).reshape(-1, 2))
