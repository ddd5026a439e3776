"""Cases added, changed and taken out of the text of a cases.yaml: other cases and comments stay as they are."""

from collections.abc import Iterator, Mapping
from typing import Final

from policy_service.language.files.cases import CASES_FILE, cases_in_text
from policy_service.language.yaml_text.layout import ListLayout, layout_of
from policy_service.language.yaml_text.strict_yaml import PlainData
from policy_service.language.yaml_text.yaml_writing import flow, key
from policy_service.services.policy_editing.case_texts import (
    CaseText,
    case_text,
    entries_of,
    expected_of,
    refuse_twice,
    value_of,
)
from policy_service.services.policy_editing.editing import edited, found_at
from policy_service.services.policy_editing.edits import Edit, Remove, Rename, SetValue
from policy_service.services.policy_editing.splices import added_item, spliced
from policy_service.storage.errors import not_stored

_KINDS: Final = ("rule_set", "decision")


def with_case(text: str, case: CaseText, after: str = "") -> str:
    """Return the text with a case more, behind the one named `after` or last; of no text the file's first.

    PolicyTextError with the codes of `load_cases` for a case that cannot stand there, RequestError R590 for one that
    says something twice.
    """
    refuse_twice(case)
    if not text.strip():
        return _read_again(f"- {_lines(case)}\n")
    names = [each.name for each in cases_in_text(text)]
    layout = layout_of(text, CASES_FILE)
    if not isinstance(layout, ListLayout) or not layout.items:
        return _read_again(f"{text[: layout.start]}- {_lines(case)}\n")
    place = names.index(after) + 1 if after in names else len(layout.items)
    return _read_again(spliced(text, [added_item(text, layout, place, _lines(case))]))


def with_changed_case(text: str, name: str, case: CaseText) -> str:
    """Return the text in which the case of that name says what `case` does; what it says already is not written anew.

    NotStored S209 if there is no such case; else as `with_case`.
    """
    refuse_twice(case)
    place = _place(text, name)
    before = case_text(cases_in_text(text)[place])
    return _read_again(edited(text, CASES_FILE, list(_changes(place, before, case, _reason_key(text, place)))))


def without_case(text: str, name: str) -> str:
    """Return the text without the case of that name; a comment above it stays. NotStored S209 if there is none."""
    return edited(text, CASES_FILE, [Remove((_place(text, name),))])


def _place(text: str, name: str) -> int:
    names = [case.name for case in cases_in_text(text)]
    if name not in names:
        raise not_stored(f'case "{name[:100]}" in {CASES_FILE}')
    return names.index(name)


def _changes(place: int, before: CaseText, case: CaseText, reason_key: str) -> Iterator[Edit]:
    yield from (
        SetValue((place, field), value)
        for field, old, value in (("name", before.name, case.name), ("as_of", before.as_of, case.as_of))
        if old != value
    )
    yield from _other_question(place, before, case)
    yield from _entries(place, "facts", dict(before.facts), dict(case.facts))
    expected = expected_of(before), expected_of(case)
    if reason_key and expected[0].get("reasons") != expected[1].get("reasons"):
        yield Remove((place, "expect", "reason"))
        expected[0].pop("reasons")
    old, new = ({name: flow(value) for name, value in each.items()} for each in expected)
    yield from (SetValue((place, "expect", name), expected[1][name]) for name in new if old.get(name) != new[name])
    yield from (Remove((place, "expect", name)) for name in old if name not in new)


def _other_question(place: int, before: CaseText, case: CaseText) -> Iterator[Edit]:
    was = next(((kind, getattr(before, kind)) for kind in _KINDS if getattr(before, kind)), None)
    now = next(((kind, getattr(case, kind)) for kind in _KINDS if getattr(case, kind)), None)
    if was == now:
        return
    if now is None:
        yield from (Remove((place, kind)) for kind in _KINDS if getattr(before, kind))
        return
    if was is not None and was[0] != now[0]:
        yield Rename((place, was[0]), now[0])
    yield SetValue((place, now[0]), now[1])


def _entries(place: int, field: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Edit]:
    yield from (SetValue((place, field, name), value_of(now[name])) for name in now if before.get(name) != now[name])
    yield from (Remove((place, field, name)) for name in before if name not in now)


def _reason_key(text: str, place: int) -> str:
    # `reason: A` says the same as `reasons: [A]`.
    layout = layout_of(text, CASES_FILE)
    return "reason" if found_at(layout, (place, "expect", "reason")) else ""


def _lines(case: CaseText) -> str:
    entries: dict[str, PlainData] = entries_of(case)
    return "\n  ".join(f"{key(name)} {flow(value)}" for name, value in entries.items())


def _read_again(text: str) -> str:
    cases_in_text(text)
    return text
