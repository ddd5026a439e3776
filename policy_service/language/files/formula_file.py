"""A formula rule set as written: YAML to a draft."""

from policy_service.domain.values import Kind
from policy_service.language.files.drafts import FormulaDraft, ValueDraft, Written
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode, YamlScalar
from policy_service.language.yaml_text.written_fields import Fields, claims, written


def read_formula(name: str, node: YamlNode, problems: Problems) -> FormulaDraft:
    """Return the formulas in `node`; what is wrong with their shape is added to `problems`."""
    fields = Fields(node, "the formula", problems, ("formula", "values"), ("title", "claims"))
    if "values" in fields and not fields.entries("values"):
        remedy = 'Write at least one, like values: {margin: "1 - 0.2"}.'
        problems.report("L414", "the formula has no values.", fields.place_of("values"), remedy)
    values = fields.named("values", lambda key, value: _value(key, value, problems))
    return FormulaDraft(name, fields.title(), values, claims(fields), node.place)


def _value(key: YamlScalar, node: YamlNode, problems: Problems) -> ValueDraft:
    name = Written(yaml_reader.name(key, "the value's name"), key.place)
    if not isinstance(node, YamlMapping):
        return ValueDraft(name, written(node, name.text), None)
    fields = Fields(node, f"value {name.text}", problems, ("value",), ("type",))
    return ValueDraft(name, fields.written("value"), fields.read("type", _kind, None))


def _kind(node: YamlNode, what: str) -> Kind | None:
    return yaml_reader.choice(node, what, Kind)
