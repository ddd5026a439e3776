"""A ladder as its file writes it, level by level, and on which day past due each level stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.domain.errors import EngineFault
from policy_service.domain.values import UNKNOWN
from policy_service.engines.formulas import prepare, run
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlNode, read_yaml
from policy_service.services.policy_editing.as_written import Pairs, items, pairs, part, text
from policy_service.services.policy_editing.edits import Path

#: How many days after the last a level more stands at first.
_LATER: Final = 10
#: The condition that a trigger more has at first.
_LONG_PAST_DUE: Final = ("oldest_days_past_due", "> 90")


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A level (with `days_past_due`) or a trigger (with `when`); a text is empty where it says nothing."""

    path: Path
    id: str
    days_past_due: str
    when: Pairs
    action: str
    channel: str
    owner: str
    deadline_days: str
    effects: Pairs
    release: Pairs
    approval: str
    reasons: str


@dataclass(frozen=True, slots=True)
class WrittenLadder:
    """A ladder: for whom it stands, how it climbs (empty: as the policy says), its levels and its triggers."""

    mode: str
    when: Pairs
    levels: tuple[WrittenStep, ...]
    triggers: tuple[WrittenStep, ...]

    def next_id(self, letter: str) -> str:
        """Return the first id of that letter and a number that no level and no trigger has."""
        taken = {step.id for step in (*self.levels, *self.triggers)}
        return next(f"{letter}{number}" for number in range(1, len(taken) + 2) if f"{letter}{number}" not in taken)


def ladder_of(file: str, written: str) -> WrittenLadder:
    """Return the ladder of a file; PolicyTextError where it is no YAML."""
    node = read_yaml(written, file)
    return WrittenLadder(
        text(part(node, "mode")),
        pairs(part(node, "when")),
        tuple(_step(("levels", at), item) for at, item in enumerate(items(part(node, "levels")))),
        tuple(_step(("triggers", at), item) for at, item in enumerate(items(part(node, "triggers")))),
    )


def days_of_levels(policy: Policy | None, name: str) -> Mapping[str, int]:
    """Return the day past due of each level by id; of those only whose day the parameters alone decide."""
    ladder = next((one for one in policy.rule_sets if one.name == name), None) if policy else None
    if policy is None or not isinstance(ladder, Ladder):
        return {}
    parameters = {parameter.name: parameter.value for parameter in policy.parameters.values()}
    found = {}
    for level in ladder.levels:
        try:
            day = run(prepare(level.days_past_due, parameters), {})
        except EngineFault:
            # A day that is no number has no place on an axis.
            continue
        if day != UNKNOWN:
            found[level.id] = day
    return found


def new_level(ladder: WrittenLadder, days: Mapping[str, int]) -> dict[str, PlainData]:
    """Return what a level more says at first: a reminder some days after the last, to be filled in."""
    return {"id": ladder.next_id("L"), "days_past_due": max((0, *days.values())) + _LATER, "action": "remind"}


def new_trigger(ladder: WrittenLadder) -> dict[str, PlainData]:
    """Return what a trigger more says at first: the customer is called when something is long past due."""
    when: dict[str, PlainData] = {_LONG_PAST_DUE[0]: _LONG_PAST_DUE[1]}
    return {"id": ladder.next_id("T"), "when": when, "action": "contact_customer"}


def _step(path: Path, node: YamlNode) -> WrittenStep:
    reason = part(node, "reason")
    return WrittenStep(
        path=path,
        id=text(part(node, "id")),
        days_past_due=text(part(node, "days_past_due")),
        when=pairs(part(node, "when")),
        action=text(part(node, "action")),
        channel=text(part(node, "channel")),
        owner=text(part(node, "owner")),
        deadline_days=text(part(node, "deadline_days")),
        effects=pairs(part(node, "effects")),
        release=pairs(part(node, "release")),
        approval=text(part(node, "approval")),
        reasons=text(part(node, "reasons") if reason is None else reason),
    )
