"""Writes down in the scratch what a rule set comes to: hits, doubts, what is set, and the reason that ranks first."""

from typing import Final

from policy_service.domain.values import UNLIMITED
from simulations.columnar import layout
from simulations.columnar.compiled_functions import Numbers, lean_kernel

#: A key above that of any reason.
NO_REASON: Final = UNLIMITED


@lean_kernel
def begin(scratch: Numbers) -> None:
    """Forget what the last run noted, but not how many faults there were."""
    for note in range(1, layout.NOTES):
        scratch[note] = 0
    scratch[layout.FIRST_REASON] = -1
    scratch[layout.REASON_KEY] = NO_REASON
    scratch[layout.ENGINE_REASON] = -1


@lean_kernel
def note_hit(words: Numbers, row: int, hits: Numbers, scratch: Numbers) -> None:
    """Note that the row at that address was hit."""
    hits[scratch[layout.HIT_COUNT]] = words[row + layout.ROW_NUMBER]
    scratch[layout.HIT_COUNT] += 1


@lean_kernel
def note_doubt(words: Numbers, number: int, scratch: Numbers) -> None:
    """Note by number a row (or, as -1 - n, the nth characteristic of a scorecard) whose unknowns put the answer off."""
    scratch[words[layout.DOUBTS] + scratch[layout.DOUBT_COUNT]] = number
    scratch[layout.DOUBT_COUNT] += 1


@lean_kernel
def note_releases(words: Numbers, row: int, scratch: Numbers) -> None:
    """Note that the release condition at that address holds."""
    scratch[words[layout.RELEASES] + scratch[layout.RELEASE_COUNT]] = words[row + layout.ROW_NUMBER]
    scratch[layout.RELEASE_COUNT] += 1


@lean_kernel
def say(words: Numbers, slot: int, value: int, scratch: Numbers) -> None:
    """Note that the rule set sets the value of that place."""
    scratch[words[layout.SAID_SLOTS] + scratch[layout.SAID_COUNT]] = slot
    scratch[words[layout.SAID_VALUES] + scratch[layout.SAID_COUNT]] = value
    scratch[layout.SAID_COUNT] += 1


@lean_kernel
def is_said(words: Numbers, slot: int, scratch: Numbers) -> bool:
    """Return whether the rule set has set that place already."""
    first = words[layout.SAID_SLOTS]
    for place in range(first, first + scratch[layout.SAID_COUNT]):  # noqa: SIM110 - compiled code has no generators
        if scratch[place] == slot:
            return True
    return False


@lean_kernel
def said_by(words: Numbers, formula: int, scratch: Numbers) -> int:
    """Return what the formula at that address came to when its row spoke."""
    return scratch[words[layout.SPOKEN] + words[formula + layout.FORMULA_NUMBER]]


@lean_kernel
def outcome_of(words: Numbers, row: int, scratch: Numbers) -> int:
    """Return the outcome that the row at that address spoke, NONE or UNCLEAR."""
    return scratch[words[layout.ROW_OUTCOMES] + words[row + layout.ROW_NUMBER]]


@lean_kernel
def rank(words: Numbers, outcome: int) -> int:
    """Return the place of an outcome in the order of severity, 0 the most severe; none ranks with approve."""
    return words[words[layout.SEVERITY] + (outcome if outcome >= 0 else layout.APPROVE)]


@lean_kernel
def give_reasons(words: Numbers, row: int, outcome: int, scratch: Numbers) -> None:
    """Let the reasons of the row at that address stand, ranked by that outcome."""
    first = words[row + layout.ROW_REASONS]
    if first < words[row + layout.ROW_REASONS_END]:
        place = scratch[layout.SPEAKER_COUNT]
        scratch[words[layout.SPEAKERS] + place] = words[row + layout.ROW_NUMBER]
        scratch[words[layout.SPEAKERS_OUTCOMES] + place] = outcome
        scratch[layout.SPEAKER_COUNT] += 1
        _offer(words[first], 2 * rank(words, outcome) + 1, scratch)


@lean_kernel
def give_engine_reason(words: Numbers, reason: int, outcome: int, scratch: Numbers) -> None:
    """Let one of the engine's own reasons stand, first among those of its severity."""
    scratch[layout.ENGINE_REASON] = reason
    _offer(reason, 2 * rank(words, outcome), scratch)


@lean_kernel
def _offer(reason: int, key: int, scratch: Numbers) -> None:
    if key < scratch[layout.REASON_KEY]:
        scratch[layout.REASON_KEY] = key
        scratch[layout.FIRST_REASON] = reason
