"""Parts of a file as they are written, whether or not they make sense: what a form begins with."""

from policy_service.language.yaml_text.strict_yaml import YamlList, YamlMapping, YamlNode, YamlScalar

#: Names with their texts, in the order of the file.
Pairs = tuple[tuple[str, str], ...]


def part(node: YamlNode | None, key: str) -> YamlNode | None:
    """Return the value of a key; None where there is none, or no mapping."""
    entries = node.entries if isinstance(node, YamlMapping) else ()
    return next((value for name, value in entries if name.text == key), None)


def parts(node: YamlNode | None) -> tuple[tuple[str, YamlNode], ...]:
    """Return the keys of a mapping with their values; none of what is no mapping."""
    return tuple((name.text, value) for name, value in node.entries) if isinstance(node, YamlMapping) else ()


def items(node: YamlNode | None) -> tuple[YamlNode, ...]:
    """Return the items of a list; none of what is no list."""
    return node.items if isinstance(node, YamlList) else ()


def text(node: YamlNode | None) -> str:
    """Return a value as it is written, of a list its values with commas between; "" where there is none."""
    match node:
        case YamlScalar():
            return node.text
        case YamlList():
            return ", ".join(text(item) for item in node.items)
        case _:
            return ""


def pairs(node: YamlNode | None) -> Pairs:
    """Return the keys of a mapping with their values as texts."""
    return tuple((name, text(value)) for name, value in parts(node))
