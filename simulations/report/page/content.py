"""Everything that the page says, in the order in which it is read, ready for the template."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policy_service.language.policy import Policy
from policy_service.language.printing.diff import Change, diff
from simulations.comparison.comparison import Comparison
from simulations.comparison.customers import FIRST_CUSTOMERS
from simulations.report.contents import Circumstances, Report, report_of
from simulations.report.page.charts import Chart, drawn
from simulations.report.page.customers import COLUMNS, CustomerRow, customer_rows
from simulations.report.page.figures import figure_rows, in_short
from simulations.report.page.numbers import Numbers
from simulations.report.page.run_told import RunTold
from simulations.report.page.sections import Sections
from simulations.report.page.wording import CHINESE, Wording
from simulations.report.page.workload import levels, owners_work, work_charts

_MOST_CHANGES: Final = 40
#: Of a policy: its name, whose it is, and what is remarked of it.
_DESCRIBING: Final = frozenset({"policy", "owner", "notes"})
#: So many stand open: the figures must not begin pages below.
_SHOWN_CHANGES: Final = 8


def content_of(found: Comparison, circumstances: Circumstances, candidate: Policy, language: str) -> Mapping[str, Any]:
    """Return what the template names; `candidate` gives the currency and the words of reasons."""
    report = report_of(found, circumstances)
    words, numbers = Wording(language), Numbers(candidate.currency, language)
    customers = customer_rows(found, circumstances, report, words, numbers, candidate)
    sections = Sections(report, words, numbers, candidate.grades)
    policies = [side.text for side in (found.question.candidate, found.question.baseline) if side.text is not None]
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
        "customers": customers,
        "columns": list(COLUMNS),
        "is_cut": len(customers) == FIRST_CUSTOMERS,
        **_of_run(found, report, words, numbers, policies),
        **_filters(customers, sections, policies),
    }


def _of_run(
    found: Comparison, report: Report, words: Wording, numbers: Numbers, policies: Sequence[Policy]
) -> Mapping[str, Any]:
    told = RunTold(found, report, words, numbers)
    rows = figure_rows(report, words, numbers)
    changes = _changes(found)
    short = in_short(rows)
    return {
        "sides": [told.name_of(side) for side in (found.question.baseline, found.question.candidate)],
        "notices": list(told.notices()),
        "moved": told.moved(),
        "in_short": short,
        "short_chance": ("、" if words.language == CHINESE else ", ").join(
            row.label for row in short if row.may_be_chance
        ),
        "facts": list(told.facts()),
        "hashes": list(told.hashes()),
        "changes": [(change, _dial(change, policies, words)) for change in changes[:_MOST_CHANGES]],
        "shown_changes": _SHOWN_CHANGES,
        "all_changes": len(changes),
        "is_against_practice": found.question.baseline.text is None,
        "caveats": told.caveats(policies),
        "groups": rows,
    }


def _changes(found: Comparison) -> Sequence[Change]:
    old, new = found.question.baseline.text, found.question.candidate.text
    # What decides comes before what only names, bounds or explains it.
    return () if old is None or new is None else sorted(diff(old, new), key=_only_describes)


def _only_describes(change: Change) -> bool:
    is_beside_a_dial = change.what.startswith("parameter ") and change.what.count(" ") > 1
    return is_beside_a_dial or change.what in _DESCRIBING or change.what.startswith("title ")


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
