"""A rule set file as written: which kind of rule set it holds, and its draft."""

from collections.abc import Callable, Mapping
from typing import Final

from policy_service.language.files.drafts import RuleSetDraft
from policy_service.language.files.formula_file import read_formula
from policy_service.language.files.ladder_file import read_ladder
from policy_service.language.files.scorecard_file import read_scorecard
from policy_service.language.files.table_file import read_table
from policy_service.language.yaml_text import yaml_reader
from policy_service.language.yaml_text.problems import Problems
from policy_service.language.yaml_text.strict_yaml import YamlNode
from policy_service.language.yaml_text.yaml_reader import nearest

_READERS: Final[Mapping[str, Callable[[str, YamlNode, Problems], RuleSetDraft]]] = {
    "decision_table": read_table,
    "scorecard": read_scorecard,
    "formula": read_formula,
    "ladder": read_ladder,
}


def read_rule_set(name: str, node: YamlNode, problems: Problems) -> RuleSetDraft:
    """Return the draft of the rule set that the file `<name>.yaml` holds; problems inside it are added.

    PolicyTextError L406 if it is of no kind, or of several.
    """
    keys = {key.text: value for key, value in yaml_reader.entries(node, "the rule set")}
    kinds = [kind for kind in _READERS if kind in keys]
    if len(kinds) != 1:
        near = [word for word in (nearest(key, _READERS) for key in keys) if word]
        hint = f'Did you mean "{near[0]}"? ' if near and not kinds else ""
        found = " and ".join(kinds) if kinds else f"nothing of that kind but {', '.join(keys) or 'an empty mapping'}"
        message = f"the file has to hold one rule set, and {found} is written."
        remedy = f"{hint}Begin with one of: {', '.join(f'{kind}: {name}' for kind in _READERS)}."
        yaml_reader.refuse("L406", node.place, message, remedy)
    kind = kinds[0]
    written = problems.attempt(lambda: yaml_reader.text(keys[kind], f"the {kind}"))
    if written not in (None, name):
        message = f"the file {name}.yaml holds the {kind} {written}."
        problems.report("L407", message, keys[kind].place, f"Write {kind}: {name}, or rename the file.")
    return _READERS[kind](name, node, problems)
