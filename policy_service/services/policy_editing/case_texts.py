"""A test case as it stands in a form: every value a text, as it was typed or as the file has it."""

from dataclasses import dataclass, field

from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.language.files.cases import CASES_FILE, Case, ExpectedValue
from policy_service.language.yaml_text.strict_yaml import PlainData, YamlList, YamlScalar, read_yaml
from policy_service.language.yaml_text.yaml_writing import flow

#: Names with their texts, in the order of the form.
Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseText:
    """What a case says: it is asked of a rule set, of a decision, or, if it names neither, of the whole policy.

    Of `reasons` and `rows` None says nothing, an empty tuple that there are none.
    """

    name: str = ""
    as_of: str = ""
    facts: Texts = ()
    rule_set: str = ""
    decision: str = ""
    outcome: str = ""
    outputs: Texts = ()
    reasons: tuple[str, ...] | None = field(default=None)
    rows: tuple[str, ...] | None = field(default=None)


def refuse_twice(case: CaseText) -> None:
    """Return if no fact and no output stands twice; RequestError R590 otherwise."""
    for what, texts in (("fact", case.facts), ("output", case.outputs)):
        names = [name for name, _ in texts]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            found = f"The {what} {twice[:100]} stands twice."
            raise RequestError("R590", found, remedy="Keep one of the two.")


def case_text(case: Case) -> CaseText:
    """Return what a case of a file says, as texts."""
    return CaseText(
        name=case.name,
        as_of=case.as_of.isoformat(),
        facts=tuple(case.facts.items()),
        rule_set=case.rule_set or "",
        decision=case.decision_type.value if case.decision_type else "",
        outcome=case.expect.outcome.value if case.expect.outcome else "",
        outputs=tuple((name, _expected(value)) for name, value in case.expect.outputs.items()),
        reasons=case.expect.reasons,
        rows=case.expect.rows,
    )


def entries_of(case: CaseText) -> dict[str, PlainData]:
    """Return the entries of cases.yaml that say so, in the order in which they are written."""
    entries: dict[str, PlainData] = {"name": case.name, "as_of": case.as_of}
    if case.rule_set:
        entries["rule_set"] = case.rule_set
    if case.decision:
        entries["decision"] = case.decision
    if case.facts:
        entries["facts"] = {name: value_of(text) for name, text in case.facts}
    entries["expect"] = expected_of(case)
    return entries


def expected_of(case: CaseText) -> dict[str, PlainData]:
    """Return the entries under `expect`."""
    entries: dict[str, PlainData] = {"outcome": case.outcome} if case.outcome else {}
    entries |= {name: value_of(text) for name, text in case.outputs}
    entries |= {name: list(said) for name, said in (("reasons", case.reasons), ("rows", case.rows)) if said is not None}
    return entries


def value_of(text: str) -> PlainData:
    """Return a value as it is written: null for unknown, of `[a, b]` a list."""
    if text == "null":
        return None
    if text.startswith("["):
        listed = _listed(text)
        return text if listed is None else listed
    return text


def _listed(text: str) -> list[PlainData] | None:
    try:
        node = read_yaml(text, CASES_FILE)
    except PolicyTextError:
        return None
    if not isinstance(node, YamlList):
        return None
    return [None if item.is_null else item.text for item in node.items if isinstance(item, YamlScalar)]


def _expected(value: ExpectedValue) -> str:
    return value if isinstance(value, str) else flow([None if each == "null" else each for each in value])
