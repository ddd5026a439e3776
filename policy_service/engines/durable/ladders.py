"""A ladder on the rule engine: levels, triggers and releases are rules over one message."""

from collections.abc import Iterable, Sequence
from typing import Final

from policy_service.domain.decisions import Reason, RuleSetResult, Values
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.matcher import Doubting, Match, Matcher, unknown_of
from policy_service.engines.durable.precompute import Parameters, fact_names, reader
from policy_service.engines.reasons import missing_fact, ranked
from policy_service.language.cells import Cell, Column
from policy_service.language.feel.expressions import Comparison, Name, NameSource, Operator
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder, Level, Trigger, WhenUnknown

DAYS_PAST_DUE: Final = "days_past_due"
_AGE: Final = Column(DAYS_PAST_DUE, Name(DAYS_PAST_DUE, NameSource.FACT, Kind.DAYS))
#: The first rule of a ladder: whether it stands for this customer at all.
_STANDS: Final = 1


class LadderOnRules:
    """One ladder; its matcher must be open when it decides. An unknown is never true here."""

    def __init__(self, ladder: Ladder, policy: Policy, parameters: Parameters) -> None:
        self._ladder = ladder
        self._severity = policy.severity
        self._steps: tuple[Level | Trigger, ...] = (*ladder.levels, *ladder.triggers)
        self._released = [step.id for step in self._steps if step.release is not None]
        levels = [[(_AGE, Cell("", Comparison(Operator.GREATER_OR_EQUAL, one.days_past_due)))] for one in ladder.levels]
        rules = [
            ladder.when.cells if ladder.when else (),
            *levels,
            *(trigger.when.cells for trigger in ladder.triggers),
            *(step.release.cells for step in self._steps if step.release is not None),
        ]
        self._matcher = Matcher(f"{policy.id}.{ladder.name}", rules, parameters)
        is_skipped = ladder.when_unknown is WhenUnknown.SKIP
        self._doubts = Doubting.NEVER if is_skipped else Doubting.ALWAYS
        self._days = [reader(level.days_past_due, parameters) for level in ladder.levels]
        self._day_names = [fact_names(level.days_past_due) for level in ladder.levels]
        self._outputs = [_outputs(level, policy.vocabulary) for level in ladder.levels]

    @property
    def matchers(self) -> list[Matcher]:
        """All that it asks of the rule engine."""
        return [self._matcher]

    def decide(self, values: Values) -> RuleSetResult:
        """Return what is reached and triggered now; EngineFault on overflow or a failure of the rule engine."""
        days = [read(values) for read in self._days]
        asked = self._matcher.match(values, self._doubts)
        releases = self._named(asked.matched >> 1 + len(self._steps), self._released)
        if not asked.matched & _STANDS:
            return self._result((), {}, self._lacking(asked, asked.unknown & _STANDS, values, []), releases)
        steps = [step - 1 for step in bits(asked.matched) if 1 <= step <= len(self._steps)]
        reached = [step for step in steps if step < len(self._ladder.levels)]
        highest = max(reached, key=lambda level: (days[level], level), default=None)
        speaking = [step for step in steps if step >= len(self._ladder.levels) or step == highest]
        said = [
            Reason(code, self._ladder.name, self._steps[step].id)
            for step in speaking
            for code in self._steps[step].reasons
        ]
        reasons = [*self._lacking(asked, self._unclear_triggers(asked), values, days), *said]
        hits = tuple(self._steps[step].id for step in steps)
        return self._result(hits, {} if highest is None else self._outputs[highest], reasons, releases)

    def _unclear_triggers(self, asked: Match) -> int:
        triggers = (1 << len(self._ladder.triggers)) - 1
        return asked.unknown & triggers << 1 + len(self._ladder.levels)

    def _lacking(self, asked: Match, rules: int, values: Values, days: Sequence[int]) -> list[Reason]:
        if self._ladder.when_unknown is WhenUnknown.SKIP:
            return []
        facts = self._matcher.missing_facts(rules, asked, values)
        age = values.get(DAYS_PAST_DUE, UNKNOWN)
        unclear = [names for names, day in zip(self._day_names, days, strict=False) if day == UNKNOWN != age]
        if not rules and not unclear:
            return []
        facts |= unknown_of(frozenset[str]().union(*unclear), values)
        return [missing_fact(self._ladder.name, facts, outcome=None)]

    def _named(self, rules: int, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(ids[rule] for rule in bits(rules))

    def _result(
        self, hits: tuple[str, ...], outputs: dict[str, int], reasons: Iterable[Reason], releases: tuple[str, ...]
    ) -> RuleSetResult:
        return RuleSetResult(self._ladder.name, None, outputs, hits, releases, reasons=ranked(reasons, self._severity))


def _outputs(level: Level, vocabulary: Sequence[str]) -> dict[str, int]:
    texts = {"level": level.id, "action": level.action, "channel": level.channel, "owner": level.owner}
    outputs = {name: vocabulary.index(text) for name, text in texts.items() if text}
    if level.deadline_days is not None:
        outputs["deadline_days"] = level.deadline_days
    return outputs
