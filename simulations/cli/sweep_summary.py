"""A finished sweep at a glance: every figure's curve as a line, the steps of a few, and where nothing changes."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.wording import value_text
from simulations.accounting.kpis import Kpis
from simulations.cli.search_heading import caveat_lines, heading
from simulations.cli.search_wording import said
from simulations.cli.searching import say_sample
from simulations.cli.summary import SHOWN
from simulations.cli.text_curve import text_curve
from simulations.search.curve import Point, Stretch
from simulations.search.dials import Dial
from simulations.search.figures import figure_of, figure_text, unit_of
from simulations.search.sweep import Sweep

#: The figures whose steps are shown, unless others are asked for.
DEFAULT_FIGURES: Final = (
    *("held_amount", "sales", "past_due_balance_end", "dso_simple", "bad_debt_ratio"),
    "risk_adjusted_margin",
)
#: Those shown in the place of usual ones that do not change, as in open loop.
_ELSE: Final = ("approved_amount", "prepaid_amount", "held", "cases_opened")
_OF_GRID: Final = ("held_amount", "past_due_balance_end", "risk_adjusted_margin")
_CURVE_WIDTH: Final = 30
_MOST_ROWS: Final = 16
_MOST_COLUMNS: Final = 7
_MOST_STRETCHES: Final = 10
_MOST_GAPS: Final = 5


def show_sweep(found: Sweep, figures: Sequence[str], language: str) -> None:
    """Print what a sweep found; of `figures` (none: some that are usual) the steps are shown."""
    _Summary(found, figures, language).show()


class _Summary:
    def __init__(self, found: Sweep, figures: Sequence[str], language: str) -> None:
        self._found, self._language = found, language
        self._curve, self._policy = found.curve, found.asked.policy
        usual = self._telling(DEFAULT_FIGURES) if len(self._curve.dials) == 1 else _OF_GRID
        self._figures = tuple(figures) or usual

    def show(self) -> None:
        for line in (*heading(self._found.asked, self._language), *map(self._dial, self._curve.dials)):
            output.out.print(line)
        output.out.print(self._how_many())
        if len(self._curve.dials) == 1:
            output.out.print(self._curves())
            output.out.print(self._unchanged())
            output.out.print(self._steps())
        else:
            for name in self._figures:
                output.out.print(self._grid(name))
        for line in (*self._flat(), *self._gaps(), *caveat_lines(self._found.caveats, self._language)):
            output.out.print(line)
        say_sample(self._found.sample, self._sampled_runs(), self._language)
        output.out.print(f"{self._say('run_key')} {self._found.key}")

    def _dial(self, dial: Dial) -> str:
        values = {"low": dial.values[0], "high": dial.values[-1], "step": dial.step, "now": dial.parameter.value}
        written = {name: self._value(dial, value) for name, value in values.items()}
        title = dial.parameter.title.in_language(self._language)
        return escape(f"{dial.name} ({title}): {self._say('steps_of_dial', **written)}")

    def _how_many(self) -> str:
        is_grid = len(self._curve.dials) > 1
        every, some = ("every_combination", "some_combinations") if is_grid else ("every_step", "some_steps")
        name = every if self._curve.has_every_step else some
        return self._say(name, steps=f"{self._curve.steps:,}", runs=f"{len(self._curve.points):,}")

    def _curves(self) -> Table:
        dial = self._curve.dials[0]
        table = Table(box=box.SIMPLE, padding=(0, 1))
        table.add_column(self._say("figure"))
        table.add_column(self._say("curve"), no_wrap=True, min_width=_CURVE_WIDTH)
        for column in ("now", "least", "most"):
            table.add_column(self._say(column), justify="right", no_wrap=True)
        places = [dial.values.index(point.values[0]) for point in self._curve.points]
        for name in self._changing():
            every = [figure_of(point.kpis, name) for point in self._curve.points]
            known = [(figure, place) for place, figure in enumerate(every) if figure is not None]
            low, high = (min(known), max(known, key=lambda one: one[0])) if known else ((None, 0), (None, 0))
            curve = text_curve(places, every, _CURVE_WIDTH)
            now = self._text(name, self._found.own.kpis)
            table.add_row(self._say(name), curve, now, self._at(name, *low), self._at(name, *high))
        return table

    def _telling(self, usual: Sequence[str]) -> Sequence[str]:
        every = [name for name in (*usual, *_ELSE) if self._changes(name)]
        return every[: len(usual)] or usual

    def _changes(self, name: str) -> bool:
        return len({figure_of(one.kpis, name) for one in self._curve.points}) > 1

    def _changing(self) -> list[str]:
        return [name for name in self._shown() if self._changes(name)]

    def _unchanged(self) -> str:
        still = [self._say(name) for name in self._shown() if name not in self._changing()]
        return f"{self._say('unchanged_figures')} {', '.join(still)}" if still else ""

    def _shown(self) -> Sequence[str]:
        return list(dict.fromkeys((*SHOWN, *self._figures)))

    def _at(self, name: str, figure: float | None, place: int) -> str:
        value = self._value(self._curve.dials[0], self._curve.points[place].values[0])
        return f"{self._figure(name, figure)} ({value})"

    def _steps(self) -> Table:
        dial = self._curve.dials[0]
        table = Table(box=box.SIMPLE, padding=(0, 1))
        table.add_column(escape(dial.name), justify="right")
        for name in self._figures:
            table.add_column(self._say(name), justify="right")
        for point in _thinned(self._curve.points, _MOST_ROWS, self._found.own.values):
            is_own = point.values == self._found.own.values
            cells = [self._value(dial, point.values[0]), *(self._text(name, point.kpis) for name in self._figures)]
            table.add_row(*cells, style="bold" if is_own else "")
        return table

    def _grid(self, name: str) -> Table:
        rows, columns = self._curve.dials
        kpis = {point.values: point.kpis for point in self._curve.points}
        own = self._found.own.values
        across = _values(sorted({values[1] for values in kpis}), _MOST_COLUMNS, own[1])
        table = Table(box=box.SIMPLE, padding=(0, 1), title=self._say(name), title_justify="left")
        table.add_column(escape(f"{rows.name} \\ {columns.name}"), justify="right")
        for value in across:
            table.add_column(self._value(columns, value), justify="right", no_wrap=True)
        for down in _values(sorted({values[0] for values in kpis}), _MOST_ROWS, own[0]):
            cells = [self._marked(self._text(name, kpis[down, value]), (down, value) == own) for value in across]
            table.add_row(self._value(rows, down), *cells)
        return table

    def _marked(self, text: str, is_own: bool) -> str:
        return f"[bold]{text}[/bold]" if is_own else text

    def _flat(self) -> Iterator[str]:
        for dial in self._curve.dials:
            every = sorted((one for one in self._curve.flat if one.parameter == dial.name), key=lambda one: -one.steps)
            if every and every[0].steps == len(dial.values):
                yield f"[yellow]{escape(self._say('nothing_changes', name=dial.name))}[/yellow]"
                continue
            yield f"[bold]{self._say('flat')}[/bold]" if every else self._say("flat_none", name=dial.name)
            for one in sorted(every[:_MOST_STRETCHES], key=lambda one: one.first):
                yield f"- {escape(self._stretch(dial, one))}"
            if len(every) > _MOST_STRETCHES:
                yield f"  {self._say('flat_more', count=len(every) - _MOST_STRETCHES)}"

    def _stretch(self, dial: Dial, one: Stretch) -> str:
        first, last = self._value(dial, one.first), self._value(dial, one.last)
        name = "flat_all" if one.steps == one.run else "flat_some"
        text = self._say(name, name=dial.name, first=first, last=last, steps=one.steps, run=one.run)
        return f"{text}; {self._say('has_now')}" if one.first <= dial.parameter.value <= one.last else text

    def _gaps(self) -> Iterator[str]:
        widest = sorted(self._curve.gaps, key=lambda gap: -gap.steps)[:_MOST_GAPS]
        if widest:
            yield f"[bold]{self._say('gaps', count=len(self._curve.gaps))}[/bold]"
        dials = {dial.name: dial for dial in self._curve.dials}
        for gap in sorted(widest, key=lambda gap: (gap.parameter, gap.first)):
            first, last = (self._value(dials[gap.parameter], end) for end in (gap.first, gap.last))
            yield f"- {escape(self._say('gap', name=gap.parameter, first=first, last=last, steps=gap.steps))}"

    def _sampled_runs(self) -> int:
        points = self._curve.points
        return len({self._found.own.values, points[0].values, points[-1].values})

    def _text(self, name: str, kpis: Kpis) -> str:
        return self._figure(name, figure_of(kpis, name))

    def _figure(self, name: str, figure: float | None) -> str:
        return figure_text(figure, unit_of(name, self._policy), self._policy.currency)

    def _value(self, dial: Dial, value: int) -> str:
        return value_text(dial.text(value, self._policy), dial.parameter.kind, self._language)

    def _say(self, text: str, /, **values: object) -> str:
        return said(text, self._language, **values)


def _thinned(points: Sequence[Point], most: int, own: tuple[int, ...]) -> list[Point]:
    places = _evenly(len(points), most)
    places |= {place for place, point in enumerate(points) if point.values == own}
    return [points[place] for place in sorted(places)]


def _values(values: Sequence[int], most: int, own: int) -> list[int]:
    chosen = {values[place] for place in _evenly(len(values), most)}
    return sorted(chosen | ({own} & set(values)))


def _evenly(count: int, most: int) -> set[int]:
    if count <= most:
        return set(range(count))
    return {(count - 1) * number // (most - 1) for number in range(most)}
