"""Compile time, memory, facts, files, lists and edits: each runs at tiny sizes and reports all it promises."""

from itertools import islice

import pytest

pytest.importorskip("zen")
pytest.importorskip("rule_engine")
pytest.importorskip("business_rules")

from benchmarks import compile_time, console_lists, facts_and_files, impact_of_edits, memory
from benchmarks.__main__ import BENCHMARKS, document
from benchmarks.counts import QUICK
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


def test_the_page_has_every_section_and_every_target() -> None:
    sections = [
        Section(
            name, "What was done.", (Grid(("what", "µs"), (("one", 1.25),)),), (), (Target(f"{name} is fast", 1, 2),)
        )
        for name in BENCHMARKS
    ]
    page = document(sections)
    assert all(f"## {name}\n" in page and f"| {name} is fast" in page for name in BENCHMARKS)
