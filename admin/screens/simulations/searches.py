"""The stored report of a sweep or a search as its page shows it: what is turned, what is assumed, and in which words.

This loads what simulations stand on, which takes a second: import it where it is needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from policy_service.domain.values import Kind, scale
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from simulations.cli.search_wording import said
from simulations.comparison.caveats import caveat_in_report
from simulations.report.caveats_told import caveat_told
from simulations.report.contents import Report
from simulations.report.page.run_told import days_of
from simulations.report.page.wording import Wording
from simulations.search.figures import UNITS, figure_of, figure_text, unit_of

#: Of the places between runs at which figures change so many are named.
_MOST_GAPS: Final = 5


@dataclass(frozen=True, slots=True)
class Dial:
    """A parameter that was turned, with its values as texts."""

    name: str
    title: str
    now: str
    least: str
    most: str
    step: str


@dataclass(frozen=True, slots=True)
class Told:
    """Says in one language what the report of a sweep or a search of a policy holds."""

    report: Report
    policy: Policy
    language: str

    @property
    def dials(self) -> Sequence[Dial]:
        """The parameters that were turned."""
        return [
            Dial(
                one["name"],
                one["title"][self.language] or one["title"]["en"],
                *(self.value(one["name"], one[end]) for end in ("value", "from", "to", "step")),
            )
            for one in self.report["parameters"]
        ]

    def days(self, window: Mapping[str, str]) -> tuple[date, date]:
        """Return the first and the last day of a window of the report."""
        return days_of(window)

    def say(self, text: str, /, **values: object) -> str:
        """Return the words of that name."""
        return said(text, self.language, **values)

    def value(self, parameter: str, value: int) -> str:
        """Return a value of a parameter as the policy writes it."""
        kind = self.policy.parameters[parameter].kind
        return write_value(value, kind, self.policy.currency, self.policy.vocabulary)

    def number(self, parameter: str, value: int) -> float:
        """Return a value of a parameter as a picture draws it."""
        kind: Kind = self.policy.parameters[parameter].kind
        return value / scale(kind, self.policy.currency)

    def label(self, figure: str) -> str:
        """Return what a figure is called."""
        called = Wording(self.language).figures
        return called[figure][0] if figure in called else said(figure, self.language)

    def figure(self, name: str, value: float | None) -> str:
        """Return a figure as people read it."""
        return figure_text(value, unit_of(name, self.policy), self.policy.currency)

    def figure_of(self, kpis: Mapping[str, Any], name: str) -> str:
        """Return a figure of a run as people read it."""
        return self.figure(name, figure_of(kpis, name))

    def caveats(self) -> Iterator[str]:
        """Yield what to know before believing it."""
        for one in self.report["caveats"]:
            yield caveat_told(caveat_in_report(one["code"], one["text"]), self.language)

    def sample(self) -> str:
        """Return how many sampled orders the live engines decide alike."""
        told = self.report["run"]["sample_agreement"]
        return f"{told['agreed']:,} / {told['orders']:,}"


def sweep_charts(told: Told) -> Mapping[str, Any]:
    """Return the curve of every figure that changes over the range of one parameter, as a script draws them."""
    report, parameter = told.report, told.report["parameters"][0]
    name = parameter["name"]
    flat = [[told.number(name, one[end]) for end in ("from", "to")] for one in report["flat"]]
    shared = {
        "at": [told.number(name, point["values"][name]) for point in report["points"]],
        "flat": flat,
        "own": told.number(name, parameter["value"]),
    }
    charts = [_chart(told, figure, shared) for figure in changing(told)]
    currency = told.policy.currency
    now = told.say("now")
    return {
        "decimals": currency.decimals,
        "currency": currency.code,
        "language": told.language,
        "now": now,
        "charts": charts,
    }


def changing(told: Told) -> Sequence[str]:
    """Return the figures that are not the same in all runs."""
    return [name for name in UNITS if len({figure_of(point["kpis"], name) for point in told.report["points"]}) > 1]


def unchanged(told: Told) -> Sequence[str]:
    """Return what the figures are called that are the same in all runs."""
    changes = changing(told)
    return [told.label(name) for name in UNITS if name not in changes]


def flat_stretches(told: Told) -> Iterator[str]:
    """Yield in words where nothing changes, by parameter."""
    report = told.report
    for one in report["parameters"]:
        stretches = [flat for flat in report["flat"] if flat["parameter"] == one["name"]]
        if not stretches:
            yield told.say("flat_none", name=one["name"])
        for flat in stretches:
            ends = {name: told.value(one["name"], flat[end]) for name, end in (("first", "from"), ("last", "to"))}
            name = "flat_all" if flat["steps"] == flat["run"] else "flat_some"
            has_now = flat["from"] <= one["value"] <= flat["to"]
            text = told.say(name, name=one["name"], steps=flat["steps"], run=flat["run"], **ends)
            yield f"{text}; {told.say('has_now')}" if has_now else text


def widest_gaps(told: Told) -> Iterator[str]:
    """Yield in words between which runs figures change at a step that was not run, the widest of them."""
    widest = sorted(told.report["gaps"], key=lambda gap: -int(gap["steps"]))[:_MOST_GAPS]
    for gap in sorted(widest, key=lambda gap: (gap["parameter"], gap["from"])):
        ends = {name: told.value(gap["parameter"], gap[end]) for name, end in (("first", "from"), ("last", "to"))}
        yield told.say("gap", name=gap["parameter"], steps=gap["steps"], **ends)


def every_figure() -> Sequence[str]:
    """Return the figures of one number that every run has."""
    return list(UNITS)


def turned_to(told: Told) -> Iterator[str]:
    """Yield the parameters that a search found other values for, as a form for a simulation takes them."""
    found, own = told.report["found"], told.report["own"]
    yield from (f"{name} = {told.value(name, found[name])}" for name in found if found[name] != own[name])


@dataclass(frozen=True, slots=True)
class Grid:
    """A figure over two parameters: a row for each value of the first, a cell for each of the second."""

    figure: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, bool]]]]


def grids(told: Told) -> Iterator[Grid]:
    """Yield the grid of every figure that changes; of each cell also whether it is the policy as it stands."""
    first, second = (one["name"] for one in told.report["parameters"])
    kpis = {(point["values"][first], point["values"][second]): point["kpis"] for point in told.report["points"]}
    down, across = (sorted({place[axis] for place in kpis}) for axis in (0, 1))
    own = (told.report["own"]["values"][first], told.report["own"]["values"][second])
    for figure in changing(told):
        rows = [
            (
                told.value(first, row),
                [
                    (told.figure_of(kpis[row, column], figure) if (row, column) in kpis else "", (row, column) == own)
                    for column in across
                ],
            )
            for row in down
        ]
        yield Grid(told.label(figure), [told.value(second, column) for column in across], rows)


def _chart(told: Told, figure: str, shared: Mapping[str, Any]) -> Mapping[str, Any]:
    every = [figure_of(point["kpis"], figure) for point in told.report["points"]]
    known = [value for value in every if value is not None]
    low, high = (told.figure(figure, end(known)) for end in (min, max))
    label = told.label(figure)
    return {
        **shared,
        "id": f"curve-{figure}",
        "title": label,
        "alternative": f"{label}: {low} .. {high}",
        "unit": unit_of(figure, told.policy),
        "series": [{"name": label, "values": every}],
    }
