"""Names that a new fact or parameter of a policy may not have, as they stand for something already."""

from collections.abc import Mapping
from pathlib import Path

from policy_service.domain.errors import RequestError
from policy_service.language.definitions.dictionary_files import dictionary_of
from policy_service.language.files.policy_file import COMPANION_FILES
from policy_service.language.load import POLICY_FILE
from policy_service.language.yaml_text.strict_yaml import read_yaml
from policy_service.services.policy_editing.as_written import part, parts
from policy_service.services.policy_life.files import Files, laid_out, read_with_problems


def refuse_taken(name: str, policy_id: str, files: Files, rules_dir: Path) -> None:
    """Refuse a name that a file, an output, a parameter or a fact of the policy has (RequestError R592)."""
    taken = _taken(policy_id, files, rules_dir)
    if name in taken:
        raise RequestError("R592", f"{name} is {taken[name]} already.", remedy="Choose another name.")


def _taken(policy_id: str, files: Files, rules_dir: Path) -> Mapping[str, str]:
    with laid_out(policy_id, files) as folder:
        facts = dictionary_of(folder, rules_dir).facts
    policy = read_with_problems(policy_id, files, rules_dir)[0].policy
    head = read_yaml(files.get(POLICY_FILE, "{}"), POLICY_FILE)
    return {
        **dict.fromkeys(COMPANION_FILES, "the name of a file"),
        **dict.fromkeys(policy.outputs if policy else (), "an output"),
        **dict.fromkeys((parameter for parameter, _ in parts(part(head, "parameters"))), "a parameter"),
        **dict.fromkeys(facts, "a fact"),
    }
