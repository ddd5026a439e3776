"""Asks the release conditions of a rule set."""

from policy_service.domain.values import TRUE
from simulations.columnar import layout, notes
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.running_formulas import condition_says


@lean_kernel
def collect_releases(words: Numbers, rule_set: int, values: Numbers, scratch: Numbers) -> bool:
    """Note which releases hold, whether their row hits or not; false if something overflows."""
    for place in range(words[rule_set + layout.RELEASE_WHENS], words[rule_set + layout.RELEASE_WHENS_END]):
        block = words[place]
        says = condition_says(words, block, values)
        if says == FAULT:
            return False
        if says == TRUE:
            notes.note_releases(words, words[block + layout.BLOCK_ROWS], scratch)
    return True
