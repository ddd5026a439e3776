"""The hit policies of DMN over rows that match and rows that might: which count, and what stays in doubt.

A row *might match* if it failed only on unknown cells. Under the hit policies that take one row, a row
that might match and would come before the hit puts the hit itself in doubt: the answer is refer. Under
those that take all rows the hits stand whatever an unknown row says; a missing fact is one more hit, of
severity refer, so that a hit more severe than refer carries the answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

import msgspec

from policy_service.domain.decisions import Reason, Value
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.reasons import rank
from policy_service.language.rule_sets import DecisionTable, HitPolicy, Priority


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that matches or might: its place in the table, and what it would say.

    `outcome` is none where the row sets none; `outputs` hold its code too. Of a row that may come to
    nothing, just the outputs that rank it are computed. `is_outcome_unknown`: it sets one that computes
    to unknown.
    """

    row: str
    order: int
    outcome: Outcome | None
    outputs: Mapping[str, Value]
    reasons: tuple[Reason, ...] = ()
    is_outcome_unknown: bool = False


class Choice(msgspec.Struct, frozen=True):
    """The rows that count, in the order in which they are listed, and what speaks against them.

    `doubts` are the rows whose unknown cells could change the answer; `conflict` says which rows clash.
    """

    hits: tuple[Candidate, ...] = ()
    doubts: tuple[Candidate, ...] = ()
    conflict: str = ""
    takes_all: bool = False


Candidates: TypeAlias = Sequence[Candidate]
_Key: TypeAlias = Callable[[Candidate], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Contest:
    """By what the rows of one table are weighed; `is_for_an_outcome`: some row or the otherwise sets one."""

    hit_policy: HitPolicy
    priority: Priority | None
    is_for_an_outcome: bool
    severity: tuple[Outcome, ...]


def contest_of(table: DecisionTable, severity: tuple[Outcome, ...]) -> Contest:
    """Return the contest among the rows of a table under the policy's order of severity."""
    return Contest(table.hit_policy, table.priority, "outcome" in table.output_names, severity)


def choose(contest: Contest, matching: Candidates, possible: Candidates) -> Choice:
    """Return which rows count, of those that match and those that might, both in the order of the table."""
    match contest.hit_policy:
        case HitPolicy.UNIQUE:
            return _unique(matching, possible)
        case HitPolicy.ANY:
            return _any(matching, possible)
        case HitPolicy.FIRST:
            return _best(matching, possible, lambda candidate: (0, candidate.order))
        case HitPolicy.PRIORITY:
            return _best(matching, possible, _priority_key(contest))
        case HitPolicy.RULE_ORDER | HitPolicy.OUTPUT_ORDER | HitPolicy.COLLECT:
            return _all(contest, matching, possible)
        case _:
            assert_never(contest.hit_policy)


def _severity_key(severity: Sequence[Outcome]) -> _Key:
    def key(candidate: Candidate) -> tuple[int, int]:
        if candidate.is_outcome_unknown:
            return -1, candidate.order
        return rank(candidate.outcome, severity), candidate.order

    return key


def _unique(matching: Candidates, possible: Candidates) -> Choice:
    if len(matching) > 1:
        return Choice(tuple(matching), conflict=f"rows {_names(matching)} all match where one may")
    return Choice(tuple(matching), () if matching else tuple(possible))


def _any(matching: Candidates, possible: Candidates) -> Choice:
    if any(candidate.outputs != matching[0].outputs for candidate in matching[1:]):
        return Choice(tuple(matching), conflict=f"rows {_names(matching)} all match and say different things")
    return Choice(tuple(matching), () if matching else tuple(possible))


def _best(matching: Candidates, possible: Candidates, key: _Key) -> Choice:
    if not matching:
        return Choice((), tuple(possible))
    hit = min(matching, key=key)
    return Choice((hit,), tuple(candidate for candidate in possible if key(candidate) < key(hit)))


def _all(contest: Contest, matching: Candidates, possible: Candidates) -> Choice:
    hits = tuple(matching)
    if contest.hit_policy is HitPolicy.OUTPUT_ORDER:
        hits = tuple(sorted(matching, key=_priority_key(contest)))
    doubts = tuple(possible)
    if matching and contest.is_for_an_outcome and contest.hit_policy is not HitPolicy.COLLECT:
        key = _severity_key(contest.severity)
        best = min(map(key, matching))
        doubts = tuple(candidate for candidate in possible if key(candidate) < best)
    return Choice(hits, doubts, takes_all=True)


def _priority_key(contest: Contest) -> _Key:
    priority = contest.priority
    if priority is None:
        return _severity_key(contest.severity)
    ranks = {value: place for place, value in enumerate(priority.values)}

    def listed(candidate: Candidate) -> tuple[int, int]:
        return ranks.get(candidate.outputs.get(priority.output, UNKNOWN), len(ranks)), candidate.order

    def ordered(candidate: Candidate) -> tuple[int, int]:
        value = candidate.outputs.get(priority.output, UNKNOWN)
        if value == UNKNOWN:
            return -2 * UNKNOWN, candidate.order
        return -value if priority.descending else value, candidate.order

    return listed if ranks else ordered


def _names(candidates: Iterable[Candidate]) -> str:
    return ", ".join(candidate.row for candidate in candidates)
