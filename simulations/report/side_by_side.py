"""Reports of several simulations beside each other: every candidate's figures, and their months over each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from policy_service.domain.values import Currency
from simulations.accounting.kpis import NULL_REASONS
from simulations.report.contents import Report
from simulations.report.page.figures import GROUPS, Judgement, Shown, judged
from simulations.report.page.numbers import Numbers, Unit, is_seen
from simulations.report.page.wording import Wording

_MONTHLY: Final = ("open_balance", "past_due_balance", "held_amount", "sales")


class Obstacle(StrEnum):
    """Why reports cannot be compared: what they differ in would be taken for what the candidates do."""

    LEDGER = "ledger"
    WINDOW = "window"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of one run: as a text, with its difference to what it is measured from, and what that difference is."""

    text: str
    difference: str
    judgement: Judgement
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class BesideRow:
    """A figure of every run; `baseline` is empty where the runs have several."""

    name: str
    label: str
    baseline: str
    runs: Sequence[Beside]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Runs beside each other.

    Differences are to the baseline if all runs have the same one, else to the first run. `assumptions` are those in
    which the runs differ, with what each run assumes. `charts` are what a script draws.
    """

    has_one_baseline: bool
    assumptions: Mapping[str, Sequence[str]]
    groups: Mapping[str, Sequence[BesideRow]]
    group_labels: Mapping[str, str]
    charts: Mapping[str, Any]


def obstacles(reports: Sequence[Report], currencies: Sequence[str]) -> Sequence[Obstacle]:
    """Return what keeps these reports from being compared."""
    runs = [report["run"] for report in reports]
    differ = {
        Obstacle.LEDGER: len({run["ledger_hash"] for run in runs}) > 1,
        Obstacle.WINDOW: len({tuple(sorted(run["window"].items())) for run in runs}) > 1,
        Obstacle.CURRENCY: len(set(currencies)) > 1,
    }
    return [obstacle for obstacle, does in differ.items() if does]


def beside_each_other(reports: Sequence[Report], names: Sequence[str], currency: Currency, language: str) -> SideBySide:
    """Return reports that nothing keeps from being compared; `names` are those of their candidates."""
    words, numbers = Wording(language), Numbers(currency, language)
    baselines = [report["run"]["policies"]["baseline"] for report in reports]
    has_one = all(
        baseline == baselines[0] and _assumed(report) == _assumed(reports[0])
        for baseline, report in zip(baselines, reports, strict=True)
    )
    measured_from = reports[0]["baseline" if has_one else "candidate"]
    groups = {
        group: [_row(shown, reports, measured_from, words, numbers, has_one=has_one) for shown in members]
        for group, members in GROUPS.items()
    }
    labels = {group: words(f"group.{group}") for group in groups}
    return SideBySide(has_one, _differing(reports), groups, labels, _charts(reports, names, words, numbers, has_one))


def _row(
    shown: Shown,
    reports: Sequence[Report],
    measured_from: Mapping[str, Any],
    words: Wording,
    numbers: Numbers,
    *,
    has_one: bool,
) -> BesideRow:
    first = measured_from[shown.name]
    runs = [_beside(shown, report["candidate"], first, words, numbers) for report in reports]
    baseline = _said(shown, first, words, numbers) if has_one else ""
    return BesideRow(shown.name, words.figures[shown.name][0], baseline, runs)


def _beside(shown: Shown, kpis: Mapping[str, Any], first: Any, words: Wording, numbers: Numbers) -> Beside:
    value = kpis[shown.name]
    text = _said(shown, value, words, numbers)
    if value is None:
        return Beside(text, "", Judgement.NONE, words.why_none(kpis[NULL_REASONS][shown.name]))
    if first is None or shown.unit is Unit.DATE:
        return Beside(text, "", Judgement.NONE)
    written = numbers.difference(shown.unit, value - first)
    if not is_seen(written):
        return Beside(text, "", Judgement.NONE)
    return Beside(text, written, judged(shown, value - first))


def _said(shown: Shown, value: Any, words: Wording, numbers: Numbers) -> str:
    return words("none") if value is None else numbers.figure(shown.unit, value)


def _assumed(report: Report) -> Mapping[str, Any]:
    run = report["run"]
    return {"mode": run["mode"], **run["assumptions"]}


def _differing(reports: Sequence[Report]) -> Mapping[str, Sequence[str]]:
    every = [_assumed(report) for report in reports]
    names = [name for name in every[0] if len({str(one[name]) for one in every}) > 1]
    return {name: [str(one[name]) for one in every] for name in names}


def _charts(
    reports: Sequence[Report], names: Sequence[str], words: Wording, numbers: Numbers, has_one: bool
) -> Mapping[str, Any]:
    months = [month["month"] for month in reports[0]["timeline"]]
    charts = []
    for figure in _MONTHLY:
        series = [
            {"name": name, "values": [month["candidate"][figure] for month in report["timeline"]]}
            for name, report in zip(names, reports, strict=True)
        ]
        if has_one:
            of_baseline = [month["baseline"][figure] for month in reports[0]["timeline"]]
            series.insert(0, {"name": words("baseline"), "values": of_baseline})
        charts.append(
            {"id": f"beside-{figure}", "title": words(figure), "unit": "money", "names": months, "series": series}
        )
    return {
        "decimals": numbers.currency.decimals,
        "currency": numbers.currency.code,
        "language": words.language,
        "charts": charts,
    }
