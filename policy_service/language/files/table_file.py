"""A decision table as written: YAML to a draft."""

from policy_service.domain.values import Kind
from policy_service.language.files.drafts import PriorityDraft, RowDraft, TableDraft, Written
from policy_service.language.rule_sets import Aggregation, HitPolicy, WhenUnknown
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlList, YamlNode
from policy_service.language.yaml_text.written_fields import Fields, claims, report_duplicate_ids, row_id, written

_KEYS = ("title", "aggregation", "priority", "when_unknown", "outputs", "otherwise", "claims", "column_notes")
_DIRECTIONS = {"descending": True, "ascending": False}


def read_table(name: str, node: YamlNode, problems: Problems) -> TableDraft:
    """Return the table in `node`; what is wrong with its shape is added to `problems`."""
    fields = Fields(node, "the table", problems, ("decision_table", "hit_policy", "rows"), _KEYS)
    rows = fields.items("rows", lambda row: _row(row, problems))
    report_duplicate_ids(problems, [(row.id, row.place) for row in rows])
    # For those who read the file: what a column is about decides nothing.
    fields.named("column_notes", lambda key, note: yaml_reader.text(note, f"the note on {key.text}"))
    if not rows and not fields.nodes("rows"):
        problems.report("L414", "the table has no rows.", fields.place_of("rows"), "Write at least one row.")
    return TableDraft(
        name=name,
        title=fields.title(),
        hit_policy=fields.read("hit_policy", _hit_policy, HitPolicy.FIRST),
        aggregation=fields.read("aggregation", _aggregation, None),
        priority=fields.read("priority", lambda node, _: _priority(node, problems), None),
        when_unknown=fields.read("when_unknown", _when_unknown, WhenUnknown.REFER),
        declared=fields.read("outputs", lambda node, what: _declared(node, what, problems), ()),
        rows=rows,
        otherwise=fields.read("otherwise", lambda node, _: _otherwise(node, problems), None),
        claims=claims(fields),
        place=node.place,
    )


def _row(node: YamlNode, problems: Problems) -> RowDraft:
    fields = Fields(node, "the row", problems, ("id", "then"), ("when", "reason", "reasons", "release", "note"))
    row = RowDraft(
        id=fields.read("id", row_id, ""),
        when=fields.when("when"),
        then=fields.then("then"),
        reasons=fields.reasons(),
        release=fields.when("release") if "release" in fields else None,
        note=fields.text("note"),
        place=node.place,
    )
    if "then" in fields and not row.then:
        remedy = "Write what it sets: then: {credit_limit: 1000}."
        problems.report("L415", f"row {row.id} sets nothing.", fields.place_of("then"), remedy)
    return row


def _otherwise(node: YamlNode, problems: Problems) -> RowDraft:
    names = [key.text for key, _ in yaml_reader.entries(node, "otherwise")]
    fields = Fields(node, "otherwise", problems, (), names)
    then = fields.pairs_of_all(written)
    if not then:
        remedy = "Write what it sets, like otherwise: {outcome: approve}, or delete it."
        problems.report("L415", "otherwise sets nothing.", node.place, remedy)
    return RowDraft("otherwise", (), then, fields.reasons(), None, "", node.place)


def _priority(node: YamlNode, problems: Problems) -> PriorityDraft | None:
    fields = Fields(node, "priority", problems, ("output", "order"))
    if "output" not in fields or "order" not in fields:
        return None
    output = fields.written("output")
    return fields.read("order", lambda order, what: _ranks(output, order, what), None)


def _ranks(output: Written, node: YamlNode, what: str) -> PriorityDraft:
    if isinstance(node, YamlList):
        return PriorityDraft(output, tuple(written(item, what) for item in node.items), descending=False)
    direction = yaml_reader.text(node, what)
    if direction not in _DIRECTIONS:
        remedy = "Write descending, ascending, or a list of values, the first rank first."
        yaml_reader.refuse("L416", node.place, f'{what} is "{direction}".', remedy)
    return PriorityDraft(output, (), _DIRECTIONS[direction])


def _declared(node: YamlNode, what: str, problems: Problems) -> tuple[tuple[Written, Kind], ...]:
    found = []
    for key, value in yaml_reader.entries(node, what):
        with problems.collecting():
            name = yaml_reader.name(key, "the output")
            kind = Fields(value, f"output {name}", problems, ("type",)).read("type", _kind, None)
            if kind is not None:
                found.append((Written(name, key.place), kind))
    return tuple(found)


def _kind(node: YamlNode, what: str) -> Kind | None:
    return yaml_reader.choice(node, what, Kind)


def _hit_policy(node: YamlNode, what: str) -> HitPolicy:
    return yaml_reader.choice(node, what, HitPolicy)


def _aggregation(node: YamlNode, what: str) -> Aggregation | None:
    return yaml_reader.choice(node, what, Aggregation)


def _when_unknown(node: YamlNode, what: str) -> WhenUnknown:
    return yaml_reader.choice(node, what, WhenUnknown)
