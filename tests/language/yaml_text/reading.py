"""YAML read in tests: what it says, or why it is refused."""

import pytest

from policy_service.domain.errors import PolicyTextError
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode, read_yaml


def refusal(text: str) -> PolicyTextError:
    """Return why a text is refused."""
    with pytest.raises(PolicyTextError) as caught:
        read_yaml(text, "grading.yaml")
    return caught.value


def value_of(text: str) -> YamlNode:
    """Return the value of the first key of a text."""
    node = read_yaml(text, "grading.yaml")
    assert isinstance(node, YamlMapping)
    return node.entries[0][1]
