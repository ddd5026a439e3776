"""The order of what a claim compares: amounts by size, grades from worst to best, outcomes by severity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Constant, Name
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import DecisionTable, Scorecard
from policy_service.linter.regions.axes import Axis
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.stretches import solution


@dataclass(frozen=True, slots=True)
class Ranks:
    """For each category that the policy sets, the place of its codes: the higher, the better (or more severe)."""

    by_name: Mapping[str, Mapping[int, int]]

    def has_order(self, name: str, kind: Kind) -> bool:
        """Return whether values of that name can be said to rise and fall."""
        return kind is not Kind.CATEGORY or (name in ("grade", "outcome") and name in self.by_name)

    def of(self, name: str, kind: Kind, value: int) -> int:
        """Return the place of a value among those of its name."""
        return value if kind is not Kind.CATEGORY else self.by_name.get(name, {}).get(value, value)

    def place(self, axis: Axis, value: int) -> int:
        """Return the place of a value of a column."""
        name = axis.column.expression.name if isinstance(axis.column.expression, Name) else ""
        return self.of(name, axis.kind, value)


def ranks_of(knowledge: Knowledge) -> Ranks:
    """Return the order of grades (the best is highest) and of outcomes (the most severe is highest).

    Grades are ordered by the scores of the first scorecard's bands, the band written first at the better end, the
    grades of knock-outs alone below them; without a scorecard the grade that the policy mentions first is the
    best. Other categories are ordered in the same way, as their rows mention them: nobody claims that they rise,
    but what follows from them may.
    """
    policy = knowledge.policy
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    scorecards = [rule_set for rule_set in policy.rule_sets if isinstance(rule_set, Scorecard)]
    grades = _by_score(scorecards[0], knowledge) if scorecards else {}
    rest = [codes[grade] for grade in policy.grades if codes.get(grade) not in grades]
    grades |= {code: -1 - place for place, code in enumerate(rest)}
    outcomes = {codes[outcome]: -place for place, outcome in enumerate(policy.severity) if outcome in codes}
    orders = {**_by_mention(policy), "grade": grades, "outcome": outcomes}
    return Ranks({name: ranks for name, ranks in orders.items() if ranks})


def _by_score(scorecard: Scorecard, knowledge: Knowledge) -> dict[int, int]:
    lowest: dict[int, int] = {}
    for band in scorecard.bands:
        for low, _high in solution(band.cell.test, knowledge)[:1]:
            lowest[band.grade] = min(low, lowest.get(band.grade, low))
    written = list(lowest)
    # Of a score that counts risk the best band has the lowest scores.
    counts_risk = bool(written) and lowest[written[0]] < lowest[written[-1]]
    ordered = sorted(lowest, key=lambda grade: lowest[grade], reverse=counts_risk)
    return {grade: place for place, grade in enumerate(ordered)}


def _by_mention(policy: Policy) -> Mapping[str, Mapping[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for name, code in _mentioned(policy):
        ranks = found.setdefault(name, {})
        ranks.setdefault(code, -len(ranks))
    return found


def _mentioned(policy: Policy) -> Iterator[tuple[str, int]]:
    for table in policy.rule_sets:
        if isinstance(table, DecisionTable):
            rows = [*(row.outputs for row in table.rows), table.otherwise.outputs if table.otherwise else ()]
            for output in (each for outputs in rows for each in outputs):
                if output.kind is Kind.CATEGORY and isinstance(output.expression, Constant):
                    yield output.name, output.expression.value
