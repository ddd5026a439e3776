"""A key that is missing is complained about once: what was to be read from it is not complained about too."""

from pathlib import Path

import pytest

from policy_service.language.load import PolicyNotReadable, load_policy

SCORECARD = "scorecard: part\ncharacteristics:\n  - {%s}\nbands: [{%s}]\n"
WHOLE = "fact: worth, attributes: [{when: '-', points: 1}]"
PARTS = {
    "level without its day": "ladder: part\nlevels: [{id: L1, action: call}]\n",
    "characteristic without its fact": SCORECARD % ("attributes: [{when: '-', points: 1}]", "grade: A, when: '-'"),
    "attribute without its cell": SCORECARD % ("fact: worth, attributes: [{points: 1}]", "grade: A, when: '-'"),
    "band without its cell": SCORECARD % (WHOLE, "grade: A"),
    "value without its formula": "formula: part\nvalues: {ratio: {type: number}}\n",
    "value that another reads": "formula: part\nvalues: {ratio: {type: number}, twice: 2 * ratio}\n",
}


def errors_of(root: Path, part: str, head: str = "") -> list[str]:
    folder = root / "house"
    folder.mkdir()
    (root / "facts.yaml").write_text("worth: {source: customer, type: money}\n")
    (root / "reasons.yaml").write_text("RISK: {en: Risk, zh: 风险}\n")
    (folder / "policy.yaml").write_text(f"policy: house\nbase_currency: CNY\nrule_sets: [part]\n{head}")
    (folder / "part.yaml").write_text(part)
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(folder)
    return [error.code for error in refused.value.errors]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_one_missing_key_is_one_error(part: str, tmp_path: Path) -> None:
    assert ["L042"] == errors_of(tmp_path, part)


def test_a_dial_without_its_value_is_one_error(tmp_path: Path) -> None:
    part = "decision_table: part\nhit_policy: first\nrows: [{id: a, then: {grace_days: dial}}]\n"
    assert ["L042"] == errors_of(tmp_path, part, "parameters: {dial: {type: days, min: 1, max: 5}}\n")


def test_the_rest_of_a_level_without_its_day_is_still_read(tmp_path: Path) -> None:
    part = "ladder: part\nlevels: [{id: L1, action: call, effects: {stop_credt: true}}]\n"
    assert ["L042", "L419"] == errors_of(tmp_path, part)


def test_an_empty_text_is_one_error_too(tmp_path: Path) -> None:
    assert ["L045"] == errors_of(tmp_path, "ladder: part\nlevels: [{id: L1, days_past_due: '', action: call}]\n")
