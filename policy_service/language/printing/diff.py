"""What changed between two policies, as the list of plain changes that a change note would hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from policy_service.domain.outcomes import DecisionType
from policy_service.language.definitions.dictionary_files import function_entry
from policy_service.language.definitions.fact_text import fact_entry
from policy_service.language.policy import Policy
from policy_service.language.printing.described import Description, described, title_texts, value_text
from policy_service.language.yaml_text.yaml_writing import flow

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where (rule set and row, empty for the policy itself), what, and its texts before and after.

    An empty `old` is something added, an empty `new` something removed.
    """

    rule_set: str
    row: str
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.rule_set, f"row {self.row}" if self.row else "") if part)
        subject = ", ".join(part for part in (where, self.what) if part)
        if not self.old:
            return f"{subject} added: {self.new}"
        if not self.new:
            return f"{subject} removed: {self.old}"
        return f"{subject}: {self.old} -> {self.new}"


def diff(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return the changes from `old` to `new`; none if and only if the policies are equal.

    First those of the policy and its parameters, then rule set by rule set, row by row, then the facts,
    reasons and formulas whose definition changed.
    """
    changes = [*_of_texts("", "", _head(old), _head(new)), *_of_rule_sets(old, new)]
    for words, before, after in (
        ("fact", _facts(old), _facts(new)),
        ("reason", _reasons(old), _reasons(new)),
        ("formula", _functions(old), _functions(new)),
    ):
        kept = [name for name in after if name in before]
        changes += _of_texts("", "", {f"{words} {name}": before[name] for name in kept}, _named(words, kept, after))
    return tuple(changes)


def _of_rule_sets(old: Policy, new: Policy) -> Iterator[Change]:
    before = {rule_set.name: described(rule_set, old) for rule_set in old.rule_sets}
    after = {rule_set.name: described(rule_set, new) for rule_set in new.rule_sets}
    for name, description in before.items():
        if name not in after or after[name].kind != description.kind:
            yield Change(name, "", "", _summary(description), "")
    for name, description in after.items():
        if name not in before or before[name].kind != description.kind:
            yield Change(name, "", "", "", _summary(description))
        else:
            yield from _of_texts(name, "", before[name].head, description.head)
            yield from _of_rows(name, before[name].rows, description.rows)


def _of_rows(rule_set: str, before: Mapping[str, Texts], after: Mapping[str, Texts]) -> Iterator[Change]:
    for row, texts in before.items():
        if row not in after:
            yield Change(rule_set, row, "", _sentence(texts), "")
    moved = _moved([row for row in before if row in after], [row for row in after if row in before])
    for row, texts in after.items():
        if row not in before:
            yield Change(rule_set, row, "", "", _sentence(texts))
            continue
        if row in moved:
            yield Change(rule_set, row, "place", _place(row, list(before)), _place(row, list(after)))
        yield from _of_texts(rule_set, row, before[row], texts)


def _of_texts(rule_set: str, row: str, before: Texts, after: Texts) -> Iterator[Change]:
    for what in dict.fromkeys((*after, *before)):
        old, new = before.get(what, ""), after.get(what, "")
        if old != new:
            yield Change(rule_set, row, what, old, new)


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {row for block in blocks for row in after[block.b : block.b + block.size]}
    return frozenset(after) - kept


def _place(row: str, rows: Sequence[str]) -> str:
    position = rows.index(row)
    return f"after {rows[position - 1]}" if position else "first"


def _summary(description: Description) -> str:
    count = len(description.rows)
    return f"{description.kind} with {count} {'row' if count == 1 else 'rows'}" if count else description.kind


def _sentence(texts: Texts) -> str:
    return "; ".join(f"{what} {text}" for what, text in texts.items()) or "nothing"


def _head(policy: Policy) -> dict[str, str]:
    texts = {"policy": policy.id} | title_texts(policy.title)
    texts |= {"owner": policy.owner, "base_currency": policy.currency.code, "notes": " / ".join(policy.change_notes)}
    for name, each in sorted(policy.parameters.items()):
        values = {"": each.value, " min": each.minimum, " max": each.maximum, " step": each.step}
        said = {f"parameter {name}{key}": value for key, value in values.items() if value is not None}
        texts |= {what: value_text(value, each.kind, policy) for what, value in said.items()}
        texts |= {f"parameter {name} type": each.kind.value, f"parameter {name} unit": each.unit}
        texts |= title_texts(each.title, f"parameter {name} title")
    texts["rule_sets"] = ", ".join(rule_set.name for rule_set in policy.rule_sets)
    for decision_type in DecisionType:
        texts[f"decisions, {decision_type}"] = ", ".join(policy.chains[decision_type])
    texts["review_on"] = ", ".join(policy.review_on)
    texts["exposure"] = ", ".join(policy.exposure)
    texts["exposure_level"] = "group" if policy.exposure_of_group else "customer"
    texts["severity"] = ", ".join(policy.severity)
    return texts


def _facts(policy: Policy) -> dict[str, str]:
    return {name: flow(dict(fact_entry(fact))) for name, fact in sorted(policy.facts.items())}


def _reasons(policy: Policy) -> dict[str, str]:
    return {code: f"{reason.title.en} / {reason.title.zh}" for code, reason in sorted(policy.reasons.items())}


def _functions(policy: Policy) -> dict[str, str]:
    return {name: flow(dict(function_entry(each))) for name, each in sorted(policy.functions.items())}


def _named(words: str, names: Sequence[str], texts: Texts) -> dict[str, str]:
    return {f"{words} {name}": texts[name] for name in names}
