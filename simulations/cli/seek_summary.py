"""A finished search at a glance: whether the goal is met, with which values, in both periods, and how much was run."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.wording import value_text
from simulations.accounting.calendar import text_of
from simulations.cli.search_heading import caveat_lines, heading
from simulations.cli.search_wording import said
from simulations.cli.searching import say_sample
from simulations.cli.sweep_summary import DEFAULT_FIGURES
from simulations.search.conditions import NEVER_MET
from simulations.search.dials import Dial
from simulations.search.figures import figure_of, figure_text, unit_of, why_none
from simulations.search.goal_search import Answer, GoalSearch, answers
from simulations.search.seeking import Verdict

_COLOURS: Final = {
    Verdict.MET: "green",
    Verdict.ALREADY_MET: "green",
    Verdict.MET_IN_SEARCH_ONLY: "yellow",
    Verdict.NOT_MET: "red",
}


def show_search(found: GoalSearch, language: str) -> None:
    """Print what a search found."""
    _Summary(found, language).show()


class _Summary:
    def __init__(self, found: GoalSearch, language: str) -> None:
        self._found, self._language = found, language
        self._policy, self._judged = found.asked.policy, found.judged
        self._turned = [
            (dial, value)
            for dial, value in zip(found.dials, found.judged.found.values, strict=True)
            if value != dial.parameter.value
        ]

    def show(self) -> None:
        for line in (*heading(self._found.asked, self._language), *self._question(), *self._verdict()):
            output.out.print(line)
        for table in (self._dials(), self._conditions(), self._figures()):
            output.out.print(table)
        for line in (*self._nulls(), *self._to_adopt(), *caveat_lines(self._found.caveats, self._language)):
            output.out.print(line)
        say_sample(self._found.sample, len(self._found.periods), self._language)
        output.out.print(f"{self._say('run_key')} {self._found.key}")

    def _question(self) -> Iterator[str]:
        for name, conditions in (("goal", self._found.goals), ("keep", self._found.kept)):
            if conditions:
                yield f"{self._say(name)}: {escape(', '.join(one.text for one in conditions))}"
        for name, (begins, ends, _) in self._found.periods.items():
            yield f"{self._say(name)}: {text_of(begins)} {self._say('to')} {text_of(ends - 1)}"

    def _verdict(self) -> Iterator[str]:
        verdict, looked = self._judged.verdict, self._judged.found
        is_own = not self._turned
        name = "own_in_search_only" if verdict is Verdict.MET_IN_SEARCH_ONLY and is_own else f"verdict_{verdict}"
        yield f"\n[{_COLOURS[verdict]}]{self._say(name)}[/{_COLOURS[verdict]}]"
        if verdict is Verdict.MET and not any(one.own_missed_by for one in answers(self._found, self._judged.judged)):
            yield f"[yellow]{self._say('judged_by_nothing')}[/yellow]"
        how = "exhaustive" if looked.has_every_combination else "coordinate"
        if is_own and not looked.missed_by:
            how = "not_needed"
        counts = {"runs": looked.runs, "combinations": looked.combinations, "meeting": looked.meeting}
        yield self._say(how, **{name: f"{count:,}" for name, count in counts.items()})

    def _dials(self) -> Table:
        found = self._found_or_nearest()
        table = self._table("parameter", "now", found, "range", right=("now", found, "range"))
        for dial, value in zip(self._found.dials, self._judged.found.values, strict=True):
            title = dial.parameter.title.in_language(self._language)
            now = self._value(dial, dial.parameter.value)
            new = self._value(dial, value) if value != dial.parameter.value else self._say("unchanged")
            ends = f"{self._value(dial, dial.values[0])} .. {self._value(dial, dial.values[-1])}"
            table.add_row(escape(f"{dial.name}: {title}" if title else dial.name), now, new, ends)
        return table

    def _conditions(self) -> Table:
        found = self._found_or_nearest()
        table = self._table("condition", "period", "bound", "now", found, "", right=("bound", "now", found))
        for name, (_, _, period) in self._found.periods.items():
            for answer in answers(self._found, period):
                figures = [self._figure(answer, value) for value in (answer.bound, answer.own, answer.found)]
                is_met = "missed" if answer.missed_by else "met"
                colour = "red" if answer.missed_by else "green"
                told = f"[{colour}]{self._say(is_met)}[/{colour}]"
                table.add_row(escape(answer.condition.text), self._say(name), *figures, told)
        return table

    def _figures(self) -> Table:
        periods = self._found.periods
        table = Table(box=box.SIMPLE, padding=(0, 1))
        table.add_column(self._say("figure"))
        for name, side in product(periods, ("now", self._found_or_nearest())):
            table.add_column(f"{self._say(name)}: {self._say(side)}", justify="right", no_wrap=True)
        asked_for = [one.figure for one in (*self._found.goals, *self._found.kept)]
        for figure in dict.fromkeys((*asked_for, *DEFAULT_FIGURES)):
            unit = unit_of(figure, self._policy)
            values = [figure_of(kpis, figure) for *_, one in periods.values() for kpis in (one.own, one.found)]
            table.add_row(self._say(figure), *(figure_text(value, unit, self._policy.currency) for value in values))
        return table

    def _nulls(self) -> Iterator[str]:
        for _, _, period in self._found.periods.values():
            for answer in answers(self._found, period):
                why = why_none(period.found, answer.condition.figure) or why_none(period.own, answer.condition.figure)
                if answer.missed_by == NEVER_MET:
                    yield escape(self._say("why_null", figure=self._say(answer.condition.figure), why=why))

    def _to_adopt(self) -> Iterator[str]:
        if self._judged.verdict is Verdict.MET:
            yield self._say("to_adopt")
            for dial, value in self._turned:
                yield escape(f"  {dial.name}: {{value: {dial.text(value, self._policy)}, ...}}")

    def _found_or_nearest(self) -> str:
        return "nearest" if self._judged.verdict is Verdict.NOT_MET else "found"

    def _figure(self, answer: Answer, value: float | None) -> str:
        return figure_text(value, answer.condition.unit, self._policy.currency)

    def _value(self, dial: Dial, value: int) -> str:
        return value_text(dial.text(value, self._policy), dial.parameter.kind, self._language)

    def _table(self, *columns: str, right: tuple[str, ...]) -> Table:
        table = Table(box=box.SIMPLE, padding=(0, 1))
        for column in columns:
            justify, narrow = ("right", True) if column in right else ("left", False)
            table.add_column(self._say(column), justify=justify, no_wrap=narrow)  # type: ignore[arg-type]
        return table

    def _say(self, text: str, /, **values: object) -> str:
        return said(text, self._language, **values)
