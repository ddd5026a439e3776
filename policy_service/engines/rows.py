"""Rows ready to speak: what a row that matches sets, and which releases hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policy_service.domain.decisions import Reason, Value, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.conditions import Conjunctions, rows_in
from policy_service.engines.formulas import Parameters, Prepared, prepare, run
from policy_service.engines.hit_policies import Candidate
from policy_service.language.cells import When
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Otherwise, Row

OUTCOME = "outcome"
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def outcomes_by_code(policy: Policy) -> Mapping[Value, Outcome]:
    """Return which codes of the policy's vocabulary are outcomes."""
    return {code: _OUTCOMES[text] for code, text in enumerate(policy.vocabulary) if text in _OUTCOMES}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words these are: the rule set, the row and its place, the codes that are outcomes."""

    rule_set: str
    row: str
    order: int
    outcomes: Mapping[Value, Outcome]


class PreparedRow:
    """The outputs and reasons of one row, ready to be computed; `ranking` outputs rank it among others."""

    def __init__(self, speaker: Speaker, row: Row | Otherwise, ranking: Iterable[str], parameters: Parameters) -> None:
        self.outputs = row.outputs
        self._speaker = speaker
        self._reasons = row.reasons
        self._formulas = {output.name: prepare(output.expression, parameters) for output in row.outputs}
        named = {OUTCOME, *ranking}
        self._short = {name: formula for name, formula in self._formulas.items() if name in named}
        self._always = self._constant(self._formulas)
        self._always_short = self._constant(self._short)

    def full(self, values: Values) -> Candidate:
        """Return all that the row says; EngineFault if one of its formulas overflows."""
        return self._always or self._spoken(self._formulas, values)

    def in_short(self, values: Values) -> Candidate:
        """Return the row with just its outcome and the outputs that rank it."""
        return self._always_short or self._spoken(self._short, values)

    def outputs_of(self, values: Values) -> dict[str, Value]:
        """Return the values that the row sets, its outcome's code among them."""
        return {name: run(formula, values) for name, formula in self._formulas.items()}

    def _constant(self, formulas: Mapping[str, Prepared]) -> Candidate | None:
        return self._spoken(formulas, {}) if all(isinstance(each, int) for each in formulas.values()) else None

    def _spoken(self, formulas: Mapping[str, Prepared], values: Values) -> Candidate:
        outputs = {name: run(formula, values) for name, formula in formulas.items()}
        code = outputs.get(OUTCOME)
        outcome = None if code is None or code == UNKNOWN else self._outcome(code)
        speaker = self._speaker
        reasons = tuple(Reason(reason, speaker.rule_set, speaker.row, outcome) for reason in self._reasons)
        return Candidate(speaker.row, speaker.order, outcome, outputs, reasons, code == UNKNOWN)

    def _outcome(self, code: Value) -> Outcome:
        if code not in self._speaker.outcomes:
            raise EngineFault("E002", f"Row {self._speaker.row} sets an outcome that is none.")
        return self._speaker.outcomes[code]


class Releases:
    """The release conditions of a rule set: asked on every evaluation, whether their row hits or not."""

    def __init__(self, conditions: Iterable[tuple[str, When | None]], parameters: Parameters) -> None:
        released = [(row, when) for row, when in conditions if when is not None]
        self._rows = tuple(row for row, _ in released)
        self._conjunctions = Conjunctions([when.cells for _, when in released], parameters)

    def holding(self, values: Values) -> tuple[str, ...]:
        """Return the ids whose condition is true, in the order of the rule set."""
        if not self._rows:
            return ()
        matched, _ = self._conjunctions.match(values)
        return tuple(self._rows[row] for row in rows_in(matched))
