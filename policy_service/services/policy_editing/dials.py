"""The parameters of a policy as dials: each with its value, its range and its wording, as written."""

from dataclasses import dataclass
from typing import Final

from policy_service.domain.amounts import parse_decimal
from policy_service.domain.errors import PolicyTextError
from policy_service.domain.values import Kind
from policy_service.language.load import POLICY_FILE
from policy_service.language.yaml_text.strict_yaml import YamlNode, read_yaml
from policy_service.services.policy_editing.as_written import part, parts, text
from policy_service.services.policy_life.files import Files

_TURNED: Final = frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.DAYS})


@dataclass(frozen=True, slots=True)
class Dial:
    """A parameter as policy.yaml writes it; a text is empty where it says nothing."""

    name: str
    kind: str
    value: str
    minimum: str
    maximum: str
    step: str
    unit: str
    en: str
    zh: str

    @property
    def can_be_turned(self) -> bool:
        """Whether it has a number between two others, which a slider can show."""
        return self.kind in _TURNED and all(_is_number(each) for each in (self.value, self.minimum, self.maximum))

    def title(self, language: str) -> str:
        """Return what it is called in a language, else in the other, else its name."""
        return (self.zh or self.en if language == "zh" else self.en or self.zh) or self.name


def dials_of(files: Files) -> tuple[Dial, ...]:
    """Return the parameters in the order of policy.yaml; PolicyTextError where that is no YAML."""
    head = read_yaml(files.get(POLICY_FILE, ""), POLICY_FILE)
    return tuple(_dial(name, node) for name, node in parts(part(head, "parameters")))


def _dial(name: str, node: YamlNode) -> Dial:
    said = {key: text(value) for key, value in parts(node)}
    title = part(node, "title")
    return Dial(
        name,
        said.get("type", Kind.NUMBER.value),
        said.get("value", ""),
        said.get("min", ""),
        said.get("max", ""),
        said.get("step", ""),
        said.get("unit", ""),
        text(part(title, "en")),
        text(part(title, "zh")),
    )


def _is_number(written: str) -> bool:
    try:
        parse_decimal(written)
    except PolicyTextError:
        return False
    return True
