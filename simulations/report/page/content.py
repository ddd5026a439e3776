"""Everything that the page says, in the order in which it is read, ready for the template."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policy_service.language.policy import Policy
from policy_service.language.printing.changes_in_chinese import what_in_chinese
from policy_service.language.printing.diff import Change, diff
from simulations.comparison.comparison import Comparison
from simulations.comparison.customers import FIRST_CUSTOMERS
from simulations.report.contents import Circumstances
from simulations.report.page.charts import Chart, drawn
from simulations.report.page.customers import COLUMNS, CustomerRow, customer_rows
from simulations.report.page.figures import figure_rows, in_short
from simulations.report.page.numbers import Numbers
from simulations.report.page.run_told import RunTold
from simulations.report.page.sections import Sections
from simulations.report.page.stress import stress_table
from simulations.report.page.subject import Subject, subject_of
from simulations.report.page.wording import CHINESE, Wording
from simulations.report.page.workload import levels, owners_work, work_charts

_MOST_CHANGES: Final = 40
#: Of a policy: its name, whose it is, and what is remarked of it.
_DESCRIBING: Final = frozenset({"policy", "owner", "notes"})
#: So many stand open: the figures must not begin pages below.
_SHOWN_CHANGES: Final = 8


def content_of(found: Comparison, circumstances: Circumstances, candidate: Policy, language: str) -> Mapping[str, Any]:
    """Return what the template of the page names; `candidate` gives the currency and the words of reasons."""
    subject = subject_of(found, circumstances)
    words, numbers = Wording(language), Numbers(candidate.currency, language)
    customers = customer_rows(found, circumstances, subject.report, words, numbers, candidate)
    told = told_of(subject, candidate, language)
    return {
        **told,
        "behind": None,
        "stress": stress_table(subject.report, words, numbers),
        "customers": customers,
        "columns": list(COLUMNS),
        "is_cut": len(customers) == FIRST_CUSTOMERS,
        **_filters(customers, told["sections"], subject.policies),
    }


def told_of(subject: Subject, candidate: Policy, language: str) -> Mapping[str, Any]:
    """Return what the templates of summary and sections name: everything but the customers one by one."""
    report, policies = subject.report, subject.policies
    words, numbers = Wording(language), Numbers(candidate.currency, language)
    sections = Sections(report, words, numbers, candidate.grades)
    work = owners_work(report, words)
    charts = {
        "months": sections.month_charts(),
        "ageing": [sections.ageing_chart()],
        "workload": work_charts(report, work, words, numbers),
    }
    return {
        "words": words,
        "numbers": numbers,
        "report": report,
        "sections": sections,
        "policies": policies,
        "charts": charts,
        "data": drawn(list(_all(charts)), words, numbers),
        "work": work,
        "levels": levels(report),
        **_of_run(subject, words, numbers),
    }


def _of_run(subject: Subject, words: Wording, numbers: Numbers) -> Mapping[str, Any]:
    told, policies = RunTold(subject, words, numbers), subject.policies
    rows = figure_rows(subject.report, words, numbers)
    changes = _changes(subject)
    short = in_short(rows)
    return {
        "sides": [told.name_of(side) for side in (subject.baseline, subject.candidate)],
        "notices": list(told.notices()),
        "moved": told.moved(),
        "in_short": short,
        "short_chance": ("、" if words.language == CHINESE else "; ").join(
            row.label for row in short if row.may_be_chance
        ),
        "facts": list(told.facts()),
        "hashes": list(told.hashes()),
        "changes": [
            (change, _what(change, words), _dial(change, policies, words)) for change in changes[:_MOST_CHANGES]
        ],
        "shown_changes": _SHOWN_CHANGES,
        "all_changes": len(changes),
        "is_against_practice": subject.baseline.text is None,
        "caveats": told.caveats(),
        "groups": rows,
    }


def _changes(subject: Subject) -> Sequence[Change]:
    old, new = subject.baseline.text, subject.candidate.text
    # What decides comes before what only names, bounds or explains it.
    return () if old is None or new is None else sorted(diff(old, new), key=_only_describes)


def _only_describes(change: Change) -> bool:
    is_beside_a_dial = change.what.startswith("parameter ") and change.what.count(" ") > 1
    return is_beside_a_dial or change.what in _DESCRIBING or change.what.startswith("title ")


def _what(change: Change, words: Wording) -> str:
    return what_in_chinese(change.what) if words.language == CHINESE else change.what


def _dial(change: Change, policies: Sequence[Policy], words: Wording) -> str:
    kind, _, name = change.what.partition(" ")
    titles = [policy.parameters[name].title for policy in policies if name in policy.parameters]
    return titles[0].in_language(words.language) if kind == "parameter" and titles else ""


def _filters(customers: Sequence[CustomerRow], sections: Sections, policies: Sequence[Policy]) -> Mapping[str, Any]:
    codes = sorted({row.why.reason_code for row in customers if row.why.reason_code})
    return {
        "places": sorted({row.why.place for row in customers}),
        "first_months": sorted({row.month for row in customers}),
        "reason_titles": {code: sections.reason(code, policies) for code in codes},
    }


def _all(charts: Mapping[str, Sequence[Chart]]) -> Iterator[Chart]:
    for of_section in charts.values():
        yield from of_section
