"""What rows say once they hit: outputs computed from their formulas, outcome and reasons."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.decisions import Reason, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import Outcome
from policy_service.domain.values import UNKNOWN
from policy_service.engines.durable.precompute import Parameters, constant, fact_names, reader
from policy_service.language.cells import Output
from policy_service.language.policy import Policy

OUTCOME: Final = "outcome"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One row's words: its place, outcome (none: it sets none, or an unknown one), outputs, reasons."""

    row: int
    id: str
    outcome: Outcome | None
    is_outcome_unknown: bool
    outputs: Mapping[str, int]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: the rule set, the row's place and id; and which codes are outcomes."""

    rule_set: str
    row: int
    id: str
    outcomes: Mapping[int, Outcome]


class Voice:
    """One row of a rule set, ready to speak on any values."""

    def __init__(
        self, speaker: Speaker, outputs: Sequence[Output], reasons: Sequence[str], parameters: Parameters
    ) -> None:
        self._speaker = speaker
        self._codes = reasons
        self._readers = {output.name: reader(output.expression, parameters) for output in outputs}
        fixed = all(constant(output.expression, parameters) is not None for output in outputs)
        #: The names behind the row's outcome, to be named where it is unknown.
        self.outcome_names = frozenset(
            name for output in outputs if output.name == OUTCOME for name in fact_names(output.expression)
        )
        self._constant = self._speak({}, lambda _: True) if fixed else None

    @property
    def is_constant(self) -> bool:
        """Whether the row always says the same."""
        return self._constant is not None

    def say(self, values: Values) -> Spoken:
        """Return all that the row says; EngineFault where a formula overflows."""
        return self._constant or self._speak(values, lambda _: True)

    def say_only(self, names: Collection[str], values: Values) -> Spoken:
        """Return what the row says of its outcome and these outputs, for a row that may yet lose."""
        return self._constant or self._speak(values, lambda name: name in names or name == OUTCOME)

    def _speak(self, values: Values, wanted: Callable[[str], bool]) -> Spoken:
        outputs = {name: read(values) for name, read in self._readers.items() if wanted(name)}
        code = outputs.get(OUTCOME)
        outcome = None if code is None or code == UNKNOWN else self._outcome(code)
        speaker = self._speaker
        reasons = tuple(Reason(reason, speaker.rule_set, speaker.id, outcome) for reason in self._codes)
        return Spoken(speaker.row, speaker.id, outcome, code == UNKNOWN, outputs, reasons)

    def _outcome(self, code: int) -> Outcome:
        if code not in self._speaker.outcomes:
            raise EngineFault("E002", f"Row {self._speaker.id} sets an outcome that is none.")
        return self._speaker.outcomes[code]


def outcomes_of(policy: Policy) -> Mapping[int, Outcome]:
    """Return which codes of the policy's vocabulary are outcomes."""
    known = {outcome.value: outcome for outcome in Outcome}
    return {code: known[text] for code, text in enumerate(policy.vocabulary) if text in known}
