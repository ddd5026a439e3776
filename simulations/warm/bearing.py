"""Which decisions a change may bear on: compiled code that asks the rows that matter, and nothing else of a policy."""

from typing import Final, NamedTuple

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from simulations.columnar import layout
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.running_formulas import ready, row_says
from simulations.ledger_snapshot.columns import Column
from simulations.warm.asked_again import Rows

# What stands in the place of an address of rows: every decision may differ, or none does.
ALL_MAY_DIFFER: Final = 0
NONE_DIFFERS: Final = -1

# How a row of a probe says otherwise than before: at all, and where it is unknown whether it matches.
SAYS_OTHERWISE: Final = 0
SAYS_THE_SAME: Final = 1
SAYS_OTHERWISE_IF_HIT: Final = 2

# What decisions read of a standing: the place in a row of values, that among a policy's values, and the output.
READ_AT: Final = 0
READ_SLOT: Final = 1
READ_OUTPUT: Final = 2


class Probe(NamedTuple):
    """Rows of two policies, each written by itself: what matches alike in both, decides alike.

    `blocks` are the addresses of the rows in the words of the one and of the other, or ALL_MAY_DIFFER or NONE_DIFFERS.
    `exists` says of each whether the one and the other have it, `says` whether they set the same by it. `put`
    are pairs of a place in a row of values and one in `values`, `put_inner` the same of what was handed on.
    """

    before: Column
    now: Column
    blocks: Column
    exists: Column
    says: Column
    put: Column
    put_inner: Column
    values: Column
    verdicts: Column


class Standing(NamedTuple):
    """What the last review said, by output: in the run that is kept, and now."""

    then: Column
    now: Column


@lean_kernel
def may_differ(probe: Probe, rows: Rows, place: int) -> bool:
    """Return whether the decision in that row may be another one under the other policy."""
    if probe.blocks[0] == ALL_MAY_DIFFER:
        return True
    if probe.blocks[0] == NONE_DIFFERS:
        return False
    return not _put(probe, rows, place) or not _ask_before(probe) or _is_matched_otherwise(probe)


@lean_kernel
def may_differ_upon(standing: Standing, reads: Column, probe: Probe, rows: Rows, place: int) -> bool:
    """Return whether it may be another one upon the standing of now instead of that of then."""
    if probe.blocks[0] == ALL_MAY_DIFFER or not _put(probe, rows, place) or not _ask_before(probe):
        return True
    put_standing(standing, reads, rows, place, probe.values)
    return _is_matched_otherwise(probe)


@lean_kernel
def is_read(standing: Standing, reads: Column) -> bool:
    """Return whether anything that is read of the standing is other now than then."""
    for number in range(len(reads)):
        output = reads[number, READ_OUTPUT]
        if standing.then[output] != standing.now[output]:
            return True
    return False


@lean_kernel
def put_standing(standing: Standing, reads: Column, rows: Rows, place: int, values: Numbers) -> None:
    """Put the standing of now in the place of that of then, as far as it was in force: a limit may have expired."""
    for number in range(len(reads)):
        output = reads[number, READ_OUTPUT]
        if rows.values[place, reads[number, READ_AT]] == standing.then[output]:
            values[reads[number, READ_SLOT]] = standing.now[output]


@lean_kernel
def _put(probe: Probe, rows: Rows, place: int) -> bool:
    values = probe.values
    for number in range(len(probe.put)):
        values[probe.put[number, 1]] = rows.values[place, probe.put[number, 0]]
    for number in range(len(probe.put_inner)):
        value = rows.inner[place, probe.put_inner[number, 0]]
        if value == UNKNOWN:
            # It may have been known while the chain ran.
            return False
        values[probe.put_inner[number, 1]] = value
    return True


@lean_kernel
def _ask_before(probe: Probe) -> bool:
    if not ready(probe.before, probe.blocks[0], probe.values):
        return False
    row = probe.before[probe.blocks[0] + layout.BLOCK_ROWS]
    for number in range(len(probe.verdicts)):
        says = row_says(probe.before, row + number * layout.ROW_SIZE, probe.values)
        probe.verdicts[number] = says if probe.exists[number, 0] else FALSE
    return True


@lean_kernel
def _is_matched_otherwise(probe: Probe) -> bool:
    if not ready(probe.now, probe.blocks[1], probe.values):
        return True
    row = probe.now[probe.blocks[1] + layout.BLOCK_ROWS]
    for number in range(len(probe.verdicts)):
        says = row_says(probe.now, row + number * layout.ROW_SIZE, probe.values) if probe.exists[number, 1] else FALSE
        if says != probe.verdicts[number] or (says != FALSE and probe.says[number] == SAYS_OTHERWISE):
            return True
        if says == TRUE and probe.says[number] == SAYS_OTHERWISE_IF_HIT:
            return True
    return False
