"""A new parameter of a policy, as a form declares it."""

from dataclasses import dataclass
from pathlib import Path

from policy_service.domain.errors import Place
from policy_service.domain.values import Kind
from policy_service.language.load import POLICY_FILE
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlScalar
from policy_service.language.yaml_text.yaml_reader import name as read_name
from policy_service.services.policy_editing.editing import edited
from policy_service.services.policy_editing.edits import SetValue
from policy_service.services.policy_editing.taken_names import refuse_taken
from policy_service.services.policy_life.files import Files, read_with_problems


@dataclass(frozen=True, slots=True)
class ParameterText:
    """A parameter as a form declares it: every value a text, empty where it says nothing."""

    name: str = ""
    kind: str = Kind.NUMBER.value
    value: str = ""
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    unit: str = ""
    en: str = ""
    zh: str = ""


def with_parameter(policy_id: str, files: Files, rules_dir: Path, parameter: ParameterText) -> Files:
    """Return the files with the parameter behind the others of policy.yaml, which stay as they are.

    RequestError R592 for a name that stands for something already; PolicyTextError with the codes of the loader for
    what is no parameter, such as a value outside its range.
    """
    name = read_name(YamlScalar(parameter.name, place=Place(POLICY_FILE)), "the parameter")
    refuse_taken(name, policy_id, files, rules_dir)
    text = edited(files[POLICY_FILE], POLICY_FILE, [SetValue(("parameters", name), _entry(parameter))])
    made = {**files, POLICY_FILE: text}
    # What was wrong before stands among the problems of the draft; its places may have moved by the new line.
    before = [(one.code, one.message) for one in read_with_problems(policy_id, files, rules_dir)[1]]
    for problem in read_with_problems(policy_id, made, rules_dir)[1]:
        if (problem.code, problem.message) not in before:
            raise problem
    return made


def _entry(parameter: ParameterText) -> dict[str, PlainData]:
    ends = (("min", parameter.minimum), ("max", parameter.maximum), ("step", parameter.step), ("unit", parameter.unit))
    titles: dict[str, PlainData] = {
        language: text for language, text in (("en", parameter.en), ("zh", parameter.zh)) if text
    }
    return {
        "value": parameter.value,
        "type": parameter.kind,
        **{key: text for key, text in ends if text},
        **({"title": titles} if titles else {}),
    }
