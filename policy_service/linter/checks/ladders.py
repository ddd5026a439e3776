"""The order of a ladder: levels out of order, on one day, skipped, or overtaken by the deadline before."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from policy_service.domain.findings import Finding, Severity
from policy_service.language.rule_sets import Ladder, Level, Trigger
from policy_service.linter.codes import Code
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.relations import is_at_most_here


def check_ladder(ladder: Ladder, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield what is wrong with the order of the levels that fire by days past due."""
    for lower, upper in pairwise(ladder.levels):
        yield from _check_order(ladder, (lower, upper), knowledge)
        yield from _check_deadline(ladder, (lower, upper), knowledge)
    yield from _same_days(ladder, knowledge)
    yield from _skipped(ladder)


def ladder_finding(
    ladder: Ladder, code: Code, severity: Severity, steps: Sequence[Level | Trigger], words: tuple[str, str]
) -> Finding:
    """Return a finding about steps of a ladder; `words` are the sentence and the remedy."""
    place = steps[-1].place if steps else ladder.place
    rows = tuple(step.id for step in steps)
    return Finding(code, severity, place, words[0], words[1], ladder.name, rows)


def _day(level: Level, knowledge: Knowledge) -> int | None:
    return knowledge.constant(level.days_past_due)


def _check_order(ladder: Ladder, pair: tuple[Level, Level], knowledge: Knowledge) -> Iterator[Finding]:
    lower, upper = pair
    before, after = _day(lower, knowledge), _day(upper, knowledge)
    if before is not None and after is not None:
        if after < before:
            words = (
                f"level {upper.id} stands behind level {lower.id} and fires before it, on day {after}.",
                "Order the levels by days past due.",
            )
            yield ladder_finding(ladder, Code.LEVELS_OUT_OF_ORDER, Severity.ERROR, pair, words)
    elif not is_at_most_here(lower.days_past_due, upper.days_past_due, knowledge.ranges):
        words = (
            f"the days of levels {lower.id} ({lower.days_text}) and {upper.id} ({upper.days_text}) depend on facts; "
            "that they ascend cannot be shown.",
            "Write the later level as the earlier plus days, or check the parameters' ranges.",
        )
        yield ladder_finding(ladder, Code.LEVEL_ORDER_NOT_SHOWN, Severity.NOTE, pair, words)


def _same_days(ladder: Ladder, knowledge: Knowledge) -> Iterator[Finding]:
    seen: dict[int, Level] = {}
    for level in ladder.levels:
        day = _day(level, knowledge)
        if day is None:
            continue
        if day in seen:
            words = (f"levels {seen[day].id} and {level.id} both fire on day {day}.", "Move one of them.")
            yield ladder_finding(ladder, Code.LEVELS_ON_ONE_DAY, Severity.ERROR, (seen[day], level), words)
        seen.setdefault(day, level)


def _check_deadline(ladder: Ladder, pair: tuple[Level, Level], knowledge: Knowledge) -> Iterator[Finding]:
    lower, upper = pair
    before, after = _day(lower, knowledge), _day(upper, knowledge)
    if lower.deadline_days is None or before is None or after is None or after <= before:
        return
    if before + lower.deadline_days > after:
        words = (
            f"the deadline of level {lower.id} ends on day {before + lower.deadline_days}, "
            f"after level {upper.id} has fired on day {after}.",
            "Shorten the deadline, or let the next level wait.",
        )
        yield ladder_finding(ladder, Code.DEADLINE_PAST_NEXT_LEVEL, Severity.WARNING, pair, words)


def _skipped(ladder: Ladder) -> Iterator[Finding]:
    for lower, upper in pairwise(ladder.levels):
        numbers = [re.fullmatch(r"(\D*)([0-9]{1,6})", each.id) for each in (lower, upper)]
        one, two = numbers
        if one is None or two is None or one[1] != two[1] or int(two[2]) - int(one[2]) <= 1:
            continue
        if len(one[2]) > 1 and one[2].endswith("0") and two[2].endswith("0"):
            continue
        words = (
            f"the ladder goes from level {lower.id} to level {upper.id}; a level between them is missing.",
            "Add the level, or number the levels without a gap.",
        )
        yield ladder_finding(ladder, Code.LEVEL_SKIPPED, Severity.WARNING, (lower, upper), words)
