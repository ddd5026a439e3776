"""Any text is read as YAML or refused, and what is read says what was written."""

from hypothesis import given
from hypothesis import strategies as st

from policy_service.domain.errors import PolicyTextError
from policy_service.language.yaml_text.strict_yaml import (
    YamlList,
    YamlMapping,
    YamlNode,
    YamlScalar,
    read_yaml,
    yaml_node,
)
from tests.language.yaml_text.reading import value_of


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    assert is_read_or_refused(text)


@given(st.text(st.sampled_from("ab1.0-:,[]{}&*!|>'\"%@`#?~=_ \n\t\\eEyNno<"), max_size=60))
def test_any_mixture_of_signs_is_read_or_refused_and_nothing_else(text: str) -> None:
    assert is_read_or_refused(text)


def is_read_or_refused(text: str) -> bool:
    try:
        read_yaml(text, "f")
    except PolicyTextError as error:
        return bool(error.remedy) and error.place.file == "f"
    return True


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co"])))
def test_a_quoted_text_is_never_changed(text: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"

    assert YamlScalar(text, is_quoted=True) == value_of(f"a: {quoted}\n")


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
        max_leaves=10,
    )
)
def test_plain_data_becomes_the_tree_that_says_the_same(data: object) -> None:
    assert data == said_by(yaml_node(data))  # type: ignore[arg-type]


def said_by(node: YamlNode) -> object:
    match node:
        case YamlScalar(is_quoted=True):
            return node.text
        case YamlScalar():
            return {"null": None, "true": True, "false": False}[node.text] if node.text.isalpha() else int(node.text)
        case YamlList():
            return [said_by(item) for item in node.items]
        case YamlMapping():
            return {key.text: said_by(value) for key, value in node.entries}
