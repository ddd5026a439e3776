"""A scorecard as written: YAML to a draft."""

from functools import partial

from policy_service.domain.values import MILLION
from policy_service.language.files.drafts import (
    AttributeDraft,
    BandDraft,
    CharacteristicDraft,
    KnockOutDraft,
    ScorecardDraft,
)
from policy_service.language.rule_sets import WhenUnknown
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode
from policy_service.language.yaml_text.written_fields import Fields, claims, millionths, report_duplicate_ids, row_id


def read_scorecard(name: str, node: YamlNode, problems: Problems) -> ScorecardDraft:
    """Return the scorecard in `node`; what is wrong with its shape is added to `problems`."""
    optional = ("title", "knock_outs", "when_unknown", "claims")
    fields = Fields(node, "the scorecard", problems, ("scorecard", "characteristics", "bands"), optional)
    draft = ScorecardDraft(
        name=name,
        title=fields.title(),
        characteristics=fields.items("characteristics", lambda item: _characteristic(item, problems)),
        knock_outs=fields.items("knock_outs", lambda item: _knock_out(item, problems)),
        bands=fields.items("bands", lambda item: _band(item, problems)),
        when_unknown=fields.read("when_unknown", _when_unknown, WhenUnknown.REFER),
        claims=claims(fields),
        place=node.place,
    )
    for key in ("characteristics", "bands"):
        if key in fields and not fields.nodes(key):
            problems.report("L414", f"the scorecard has no {key}.", fields.place_of(key), "Write at least one.")
    attributes = [(bin_.id, bin_.place) for each in draft.characteristics for bin_ in each.attributes]
    knock_outs = [(each.id, each.place) for each in draft.knock_outs]
    bands = [(each.id, each.place) for each in draft.bands]
    report_duplicate_ids(problems, [*attributes, *knock_outs, *bands])
    return draft


def _characteristic(node: YamlNode, problems: Problems) -> CharacteristicDraft:
    fields = Fields(node, "the characteristic", problems, ("fact", "attributes"), ("weight", "unknown"))
    column = fields.written("fact")
    nodes = fields.nodes("attributes")
    if "attributes" in fields and not nodes:
        remedy = 'Write at least one, like {when: "<= 0", points: 40}.'
        problems.report("L414", f"{column.text} has no attributes.", fields.place_of("attributes"), remedy)
    read = [
        problems.attempt(partial(_attribute, f"{column.text}.{number}", item, problems))
        for number, item in enumerate(nodes, 1)
    ]
    return CharacteristicDraft(
        column=column,
        weight=fields.read("weight", millionths, MILLION),
        attributes=tuple(attribute for attribute in read if attribute),
        unknown=fields.read("unknown", _points, None),
        place=node.place,
    )


def _attribute(default_id: str, node: YamlNode, problems: Problems) -> AttributeDraft:
    fields = Fields(node, "the attribute", problems, ("when", "points"), ("id",))
    own_id = fields.read("id", row_id, default_id)
    return AttributeDraft(own_id, fields.cell("when"), fields.read("points", millionths, 0), node.place)


def _knock_out(node: YamlNode, problems: Problems) -> KnockOutDraft:
    fields = Fields(node, "the knock-out", problems, ("id", "when", "grade"), ("reason", "reasons"))
    draft = KnockOutDraft(
        id=fields.read("id", row_id, ""),
        when=fields.when("when"),
        grade=fields.written("grade"),
        reasons=fields.reasons(),
        place=node.place,
    )
    if not draft.reasons:
        problems.report("L421", f"knock-out {draft.id} names no reason.", node.place, "Add reason: CODE.")
    if "when" in fields and not draft.when:
        problems.report("L415", f"knock-out {draft.id} has no condition.", node.place, "Write when: {fact: test}.")
    return draft


def _band(node: YamlNode, problems: Problems) -> BandDraft:
    fields = Fields(node, "the band", problems, ("grade", "when"), ("id", "reason", "reasons"))
    grade = fields.written("grade")
    own_id = fields.read("id", row_id, f"band.{grade.text}")
    return BandDraft(own_id, grade, fields.cell("when"), fields.reasons(), node.place)


def _points(node: YamlNode, what: str) -> int | None:
    return millionths(node, what)


def _when_unknown(node: YamlNode, what: str) -> WhenUnknown:
    return yaml_reader.choice(node, what, WhenUnknown)
