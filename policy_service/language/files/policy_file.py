"""The head of a policy as written: policy.yaml to a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from policy_service.domain.currencies import currency
from policy_service.domain.errors import NOWHERE, Place, PolicyTextError
from policy_service.domain.outcomes import DEFAULT_SEVERITY, DecisionType, Outcome
from policy_service.domain.values import Currency, Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.language.files.drafts import Written
from policy_service.language.files.ladder_file import ladder_mode
from policy_service.language.policy import ExposureComponent
from policy_service.language.rule_sets import LadderMode
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode, YamlScalar
from policy_service.language.yaml_text.written_fields import Fields, written

#: Files of a policy folder that hold no rule set.
COMPANION_FILES: Final = ("policy", "facts", "reasons", "formulas", "cases", "overrides")

_KEYS: Final = (
    "title", "owner", "notes", "parameters", "decisions", "review_on", "exposure", "exposure_level", "severity",
    "ladder_mode",
)  # fmt: skip
_DEFAULT_EXPOSURE: Final = (ExposureComponent.OPEN_BALANCE, ExposureComponent.OPEN_ORDERS)
#: Written among the components, it says that the whole group's exposure counts.
_GROUP: Final = "group"
_OTHER_WORDS: Final = {"open_invoices": ExposureComponent.OPEN_BALANCE, "insured_part": ExposureComponent.INSURED}
_PLAIN_CURRENCY: Final = Currency("XXX", 2)


@dataclass(frozen=True, slots=True)
class ParameterDraft:
    """A parameter whose values are still texts."""

    name: str
    kind: Kind
    value: Written
    minimum: Written | None
    maximum: Written | None
    step: Written | None
    unit: str
    title: Title
    place: Place


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """What policy.yaml says; `decisions` is empty unless it names the chains itself."""

    id: str
    title: Title
    owner: str
    currency: Currency
    notes: tuple[str, ...]
    parameters: tuple[ParameterDraft, ...]
    rule_sets: tuple[Written, ...]
    decisions: Mapping[DecisionType, tuple[Written, ...]] = field(default_factory=dict)
    review_on: tuple[str, ...] = ()
    exposure: tuple[ExposureComponent, ...] = _DEFAULT_EXPOSURE
    exposure_of_group: bool = False
    severity: tuple[Outcome, ...] = DEFAULT_SEVERITY
    ladder_mode: LadderMode = LadderMode.STEP
    place: Place = NOWHERE


def read_policy_file(node: YamlNode, problems: Problems) -> PolicyDraft:
    """Return what policy.yaml says; what is wrong with it is added to `problems`."""
    fields = Fields(node, "the policy", problems, ("policy", "base_currency", "rule_sets"), _KEYS)
    return PolicyDraft(
        id=fields.read("policy", yaml_reader.name, ""),
        title=fields.title(),
        owner=fields.text("owner"),
        currency=fields.read("base_currency", _currency, _PLAIN_CURRENCY),
        notes=tuple(note.text for note in fields.items("notes", lambda item: written(item, "the note"))),
        parameters=fields.named("parameters", lambda key, value: _parameter(key, value, problems)),
        rule_sets=_rule_sets(fields, problems),
        decisions=fields.read("decisions", lambda value, _: _decisions(value, problems), {}),
        review_on=fields.read("review_on", yaml_reader.texts, ()),
        exposure=fields.read("exposure", _exposure, _DEFAULT_EXPOSURE),
        exposure_of_group=fields.read("exposure_level", _is_group, False)
        or fields.read("exposure", _names_the_group, False),
        severity=fields.read("severity", _severity, DEFAULT_SEVERITY),
        ladder_mode=fields.read("ladder_mode", ladder_mode, None) or LadderMode.STEP,
        place=node.place,
    )


def _parameter(key: YamlScalar, node: YamlNode, problems: Problems) -> ParameterDraft:
    name = yaml_reader.name(key, "the parameter")
    what = f"the parameter {name}"
    fields = Fields(node, what, problems, ("value", "type"), ("min", "max", "step", "unit", "title"))

    def bound(key: str) -> Written | None:
        return fields.written(key) if key in fields else None

    return ParameterDraft(
        name=name,
        kind=fields.read("type", lambda value, what: yaml_reader.choice(value, what, Kind), Kind.NUMBER),
        value=fields.written("value"),
        minimum=bound("min"),
        maximum=bound("max"),
        step=bound("step"),
        unit=fields.text("unit"),
        title=fields.title(),
        place=key.place,
    )


def _rule_sets(fields: Fields, problems: Problems) -> tuple[Written, ...]:
    names: dict[str, Written] = {}
    for name in fields.items("rule_sets", _rule_set_name):
        if name.text in names:
            problems.report("L402", f"the rule set {name.text} is listed twice.", name.place, "Delete one of the two.")
        elif name.text in COMPANION_FILES:
            message = f"{name.text}.yaml holds no rule set."
            problems.report("L402", message, name.place, "Give the rule set another name.")
        names.setdefault(name.text, name)
    if "rule_sets" in fields and not fields.nodes("rule_sets"):
        problems.report("L414", "the policy lists no rule sets.", fields.place_of("rule_sets"), "List at least one.")
    return tuple(name for name in names.values() if name.text not in COMPANION_FILES)


def _rule_set_name(node: YamlNode) -> Written:
    return Written(yaml_reader.name(node, "the rule set"), node.place)


def _decisions(node: YamlNode, problems: Problems) -> Mapping[DecisionType, tuple[Written, ...]]:
    known = tuple(decision_type.value for decision_type in DecisionType)
    fields = Fields(node, "decisions", problems, (), known)
    stated = (decision_type for decision_type in DecisionType if decision_type.value in fields)
    return {decision_type: fields.items(decision_type.value, _rule_set_name) for decision_type in stated}


def _currency(node: YamlNode, what: str) -> Currency:
    code = yaml_reader.text(node, what)
    try:
        return currency(code)
    except PolicyTextError as error:
        raise type(error)(error.code, error.message, place=node.place, remedy=error.remedy) from error


def _exposure(node: YamlNode, what: str) -> tuple[ExposureComponent, ...]:
    texts = yaml_reader.texts(node, what)
    items = zip(texts, yaml_reader.items(node, what), strict=True)
    chosen = {
        _OTHER_WORDS.get(text) or yaml_reader.choice(item, what, ExposureComponent)
        for text, item in items
        if text != _GROUP
    }
    if not chosen:
        yaml_reader.refuse("L414", node.place, "the exposure has no components.", "Write [open_balance, open_orders].")
    return tuple(component for component in ExposureComponent if component in chosen)


def _names_the_group(node: YamlNode, what: str) -> bool:
    return _GROUP in yaml_reader.texts(node, what)


def _is_group(node: YamlNode, what: str) -> bool:
    level = yaml_reader.text(node, what)
    if level not in ("customer", "group"):
        yaml_reader.refuse("L404", node.place, f'{what} is "{level}".', "Write customer or group.")
    return level == "group"


def _severity(node: YamlNode, what: str) -> tuple[Outcome, ...]:
    order = tuple(yaml_reader.choice(item, what, Outcome) for item in yaml_reader.items(node, what))
    if sorted(order) != sorted(Outcome):
        remedy = f"Write each of {', '.join(DEFAULT_SEVERITY)} once, the most severe first."
        yaml_reader.refuse("L404", node.place, "the order of severity does not name each outcome once.", remedy)
    return order
