"""A ladder ready to decide: the levels an invoice has reached, and the triggers of its customer."""

from collections.abc import Iterable, Mapping, Sequence

from policy_service.domain.decisions import Reason, RuleSetResult, Value, Values
from policy_service.domain.values import UNKNOWN
from policy_service.engines.conditions import Conjunctions, cells_of, facts_missing, rows_in
from policy_service.engines.formulas import Parameters, prepare, run
from policy_service.engines.reasons import missing_fact, ranked
from policy_service.engines.rows import Releases
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, Level, Trigger, WhenUnknown

#: The input that a ladder is asked about: signed, negative before the due date; unknown without an open item.
DAYS_PAST_DUE = "days_past_due"


class PreparedLadder:
    """One ladder over the parameters of a run. An unknown is never true here and never refers."""

    def __init__(self, ladder: Ladder, policy: Policy, parameters: Parameters) -> None:
        self._ladder = ladder
        self._severity = policy.severity
        self._when = Conjunctions([cells_of(ladder.when)], parameters)
        self._days = [prepare(level.days_past_due, parameters) for level in ladder.levels]
        self._triggers = Conjunctions([trigger.when.cells for trigger in ladder.triggers], parameters)
        steps: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
        self._releases = Releases([(step.id, step.release) for step in steps], parameters)
        codes = {text: code for code, text in enumerate(policy.vocabulary)}
        self._outputs = [_outputs(level, codes) for level in ladder.levels]

    def evaluate(self, values: Values) -> RuleSetResult:
        """Return what is reached and triggered now; EngineFault on overflow."""
        releases = self._releases.holding(values)
        days = [run(formula, values) for formula in self._days]
        triggered, unclear = self._triggers.match(values)
        stands, unsure = self._when.match(values)
        if not stands:
            lacks = [self._when.missing_facts(unsure, values)] if unsure else []
            return self._result((), {}, self._reasons(lacks), releases)
        past_due = values.get(DAYS_PAST_DUE, UNKNOWN)
        lacks = self._lacking_days(past_due, days, values)
        if unclear:
            lacks.append(self._triggers.missing_facts(unclear, values))
        reached = [] if past_due == UNKNOWN else [
            index for index, due in enumerate(days) if UNKNOWN < due <= past_due
        ]  # fmt: skip
        highest = max(reached, key=lambda index: (days[index], index), default=None)
        triggers = [self._ladder.triggers[row] for row in rows_in(triggered)]
        speakers: list[Level | Trigger] = [*([] if highest is None else [self._ladder.levels[highest]]), *triggers]
        hits = (*(self._ladder.levels[index].id for index in reached), *(trigger.id for trigger in triggers))
        said = [Reason(code, self._ladder.name, speaker.id) for speaker in speakers for code in speaker.reasons]
        outputs = {} if highest is None else self._outputs[highest]
        return self._result(hits, outputs, [*self._reasons(lacks), *said], releases)

    def _lacking_days(self, past_due: Value, days: Sequence[Value], values: Values) -> list[frozenset[str]]:
        if past_due == UNKNOWN or UNKNOWN not in days:
            return []
        levels = zip(self._ladder.levels, days, strict=True)
        return [facts_missing([level.days_past_due for level, due in levels if due == UNKNOWN], values)]

    def _reasons(self, lacks: Sequence[frozenset[str]]) -> list[Reason]:
        if not lacks or self._ladder.when_unknown is WhenUnknown.SKIP:
            return []
        return [missing_fact(self._ladder.name, frozenset[str]().union(*lacks), outcome=None)]

    def _result(
        self,
        hits: tuple[str, ...],
        outputs: Mapping[str, Value],
        reasons: Iterable[Reason],
        releases: tuple[str, ...],
    ) -> RuleSetResult:
        return RuleSetResult(
            self._ladder.name,
            outputs=outputs,
            hits=hits,
            releases=releases,
            reasons=ranked(reasons, self._severity),
        )


def _outputs(level: Level, codes: Mapping[str, Value]) -> Mapping[str, Value]:
    texts = {"level": level.id, "action": level.action, "channel": level.channel, "owner": level.owner}
    outputs = {name: codes[text] for name, text in texts.items() if text}
    if level.deadline_days is not None:
        outputs["deadline_days"] = level.deadline_days
    return outputs
