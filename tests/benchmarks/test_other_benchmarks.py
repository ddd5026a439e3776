"""Compile time, memory, facts, files, lists and edits: each runs at tiny sizes and reports all it promises."""

from itertools import islice
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

pytest.importorskip("zen")
pytest.importorskip("rule_engine")
pytest.importorskip("business_rules")

from benchmarks import compile_time, console_lists, facts_and_files, impact_of_edits, memory
from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.counts import QUICK
from benchmarks.measured import PAGE, Measured, document, write
from benchmarks.report import Grid, Section, Target
from policy_service.language.printing.canonical import policy_hash


def test_compile_time_is_measured_step_by_step() -> None:
    section = compile_time.run(QUICK)
    assert {"load from YAML", "lint", "interpreter"} <= {row[0] for row in section.grids[0].rows}
    assert 2.0 == section.targets[0].most


def test_memory_is_measured_over_decisions_and_reloads() -> None:
    section = memory.run(QUICK)
    assert [QUICK.decisions, QUICK.reloads, 1] == [row[1] for row in section.grids[0].rows]


def test_facts_are_measured_for_customers_of_growing_size() -> None:
    customers, files = facts_and_files.run(QUICK).grids
    assert [f"{invoices:,}" for invoices in QUICK.invoices_of_one] == [row[0] for row in customers.rows]
    assert ["generate", "import"] == [row[0] for row in files.rows[:2]]


def test_every_list_of_the_console_is_measured_far_down_too() -> None:
    (pages,) = console_lists.run(QUICK).grids
    names = {row[0] for row in pages.rows}
    assert set(console_lists.PAGES) < names
    assert {"customers, deep", "decisions, deep", "audit trail, deep"} <= names


def test_edits_turn_one_number_each_and_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    some = list(islice(impact_of_edits.edits("sme_simple"), 3))
    assert [["grading"] * 3, 3] == [[edit.rule_set for edit in some], len({policy_hash(edit.policy) for edit in some})]
    monkeypatch.setattr(impact_of_edits, "edits", lambda _: some)
    section = impact_of_edits.run(QUICK)
    assert [("grading", 3), ("all", 3)] == [row[:2] for row in section.grids[0].rows]
    assert 150.0 == section.targets[0].most


def _measured(name: str, took: float) -> Measured:
    grid = Grid(("what", "µs"), (("one", took),))
    section = Section(name, "What was done.", (grid,), ("A note.",), (Target(f"{name} is fast", took, 2.0),))
    return Measured("2026-11-23", "a machine", section)


def test_the_page_has_every_section_and_every_target() -> None:
    page = document({name: _measured(name, 1.0) for name in BENCHMARKS})
    assert all(f"## {name}\n" in page and f"| {name} is fast" in page for name in BENCHMARKS)


def test_a_section_measured_anew_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    page, names = tmp_path / "benchmarks.md", tuple(BENCHMARKS)
    for name in reversed(names):
        write(name, _measured(name, 1.25), names, page)
    before = page.read_text("utf-8")
    write("http", _measured("http", 3.5), names, page)
    after = page.read_text("utf-8")
    assert before == document({name: _measured(name, 1.25) for name in names})
    changed = {line for line in after.splitlines() if line not in before.splitlines()}
    assert {"| one  | 3.50 |"} == {line for line in changed if line.startswith("| one")}
    assert [True] == ["**missed**" in line for line in after.splitlines() if line.startswith("| http is fast")]


def test_tiny_sizes_are_never_written() -> None:
    asked = CliRunner().invoke(main, ["--write", "--quick"])
    assert (2, True) == (asked.exit_code, "leave out --quick" in asked.output)


def test_the_page_is_what_was_kept_of_its_measurements() -> None:
    kept = msgspec.json.decode(PAGE.with_suffix(".json").read_bytes(), type=dict[str, Measured])
    assert document(kept) == PAGE.read_text("utf-8")
    assert list(BENCHMARKS) == list(kept)
