"""A ladder as written: YAML to a draft."""

from policy_service.language.files.drafts import LadderDraft, StepDraft
from policy_service.language.rule_sets import LadderMode
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode
from policy_service.language.yaml_text.written_fields import Fields, report_duplicate_ids, row_id

_STEP_KEYS = ("channel", "owner", "deadline_days", "effects", "release", "approval", "reason", "reasons")


def read_ladder(name: str, node: YamlNode, problems: Problems) -> LadderDraft:
    """Return the ladder in `node`; what is wrong with its shape is added to `problems`."""
    fields = Fields(node, "the ladder", problems, ("ladder",), ("title", "mode", "when", "levels", "triggers"))
    draft = LadderDraft(
        name=name,
        title=fields.title(),
        mode=fields.read("mode", ladder_mode, None),
        when=fields.when("when") if "when" in fields else None,
        levels=fields.items("levels", lambda item: _step(item, problems, "level")),
        triggers=fields.items("triggers", lambda item: _step(item, problems, "trigger")),
        place=node.place,
    )
    if not any(fields.nodes(key) for key in ("levels", "triggers")):
        problems.report("L414", "the ladder has no levels and no triggers.", node.place, "Write at least one level.")
    report_duplicate_ids(problems, [(step.id, step.place) for step in draft.steps])
    return draft


def ladder_mode(node: YamlNode, what: str) -> LadderMode | None:
    """Return step or jump; L052 otherwise."""
    return yaml_reader.choice(node, what, LadderMode)


def _step(node: YamlNode, problems: Problems, what: str) -> StepDraft:
    own = "days_past_due" if what == "level" else "when"
    fields = Fields(node, f"the {what}", problems, ("id", own, "action"), _STEP_KEYS)
    when = fields.when("when")
    if what == "trigger" and "when" in fields and not when:
        problems.report("L415", "the trigger has no condition.", node.place, "Write when: {fact: test}.")
    return StepDraft(
        id=fields.read("id", row_id, ""),
        days_past_due=fields.written(own) if what == "level" else None,
        when=when,
        action=fields.text("action"),
        channel=fields.text("channel"),
        owner=fields.text("owner"),
        deadline_days=fields.read("deadline_days", _deadline, None),
        effects=fields.then("effects"),
        release=fields.when("release") if "release" in fields else None,
        approval=fields.text("approval"),
        reasons=fields.reasons(),
        place=node.place,
    )


def _deadline(node: YamlNode, what: str) -> int | None:
    return yaml_reader.whole(node, what, least=0, most=3650)
