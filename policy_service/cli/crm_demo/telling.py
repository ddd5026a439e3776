"""How the demo speaks: numbered steps, sentences and small tables, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby, islice
from types import MappingProxyType
from typing import Final

from rich import box
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from policy_service.chinese.wording import in_chinese
from policy_service.cli import output
from policy_service.cli.crm_demo.company import Company
from policy_service.cli.crm_demo.connecting import Pulled
from policy_service.cli.crm_demo.over_there import Row, as_text
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.cli.crm_demo.words import said
from policy_service.cli.crm_demo.writing import DryRun
from policy_service.cli.wording import money
from policy_service.connectors.mapping.mapping import Output, WriteBack
from policy_service.connectors.port import Json, System
from policy_service.connectors.system_settings import SYSTEMS

#: What outputs are called over a column.
_TITLES: Final[Mapping[Output, str]] = MappingProxyType(
    {
        Output.GRADE: "grade",
        Output.CREDIT_LIMIT: "credit limit",
        Output.PAYMENT_TERM_DAYS: "term",
        Output.CREDIT_STOPPED: "stop credit",
        Output.NEXT_REVIEW: "next review",
    }
)
#: Left out as somebody else stored it otherwise.
_ANOTHERS: Final = "Q132"
_BLANK: Final = "–"
#: How the systems of the demo say that credit is stopped.
_STOPPED: Final = (True, "Yes")
_INDENT: Final = (0, 0, 0, 2)
_SHOWN: Final = 20


class Telling:
    """Tells the steps of the demo in a language, on standard output."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._step = 0

    def say(self, english: str, /, **values: object) -> str:
        """Return a sentence in the reader's language."""
        return said(self.language, english, **values)

    def heard(self, text: str) -> str:
        """Return what a service said, in the reader's language as far as it is known there."""
        return in_chinese(text) if self.language == "zh" else text

    def title(self, system: System) -> str:
        """Return what a system is called."""
        names = SYSTEMS[system].title
        return names.chinese if self.language == "zh" else names.english

    def headline(self, english: str, /) -> None:
        """Say what this is."""
        output.out.print(f"[bold]{escape(self.say(english))}[/bold]")

    def step(self, english: str, /, **values: object) -> None:
        """Begin the next step."""
        self._step += 1
        output.out.print(f"\n[bold]{self._step}. {escape(self.say(english, **values))}[/bold]")

    def line(self, english: str, /, **values: object) -> None:
        """Tell a sentence."""
        self.text(self.say(english, **values))

    def text(self, text: str, *, is_dim: bool = False) -> None:
        """Write text that is in the reader's language already."""
        for line in text.split("\n"):
            output.out.print(Padding(escape(line), _INDENT, expand=False), style="dim" if is_dim else "")

    def command(self, words: str) -> None:
        """Write a command on a line of its own, to be copied."""
        output.out.print(f"  $ {escape(words)}", soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
        """Write a table; all columns but the first ones are of numbers."""
        made = Table(box=box.SIMPLE, padding=(0, 1))
        for place, column in enumerate(columns):
            made.add_column(self.say(column), justify="left" if place < left else "right", overflow="fold")
        for row in rows:
            made.add_row(*map(escape, row))
        output.out.print(made)

    def pulls(self, pulled: Mapping[System, Pulled]) -> None:
        """Tell what came of each pull, and why not all of it."""
        columns = ("system", "calls", "rows", "added", "replaced", "withdrawn", "left out", "not used")
        rows = [(self.title(system), *(f"{number:,}" for number in _numbers(one))) for system, one in pulled.items()]
        self.table(columns, rows)
        for system, one in pulled.items():
            for code, count in one.left_out.items():
                row, found = one.example
                told = {"title": self.title(system), "count": count, "row": row, "code": code}
                self.line(
                    "{title} left out {count:,} rows, such as {row}: {found} [{code}]", found=self.heard(found), **told
                )
            if one.left_out.get(_ANOTHERS):
                self.line("Their ids came with another system's rows, which count: both speak of the same customers.")
            for (name, why), count in one.unmapped.items():
                told = {"title": self.title(system), "count": count, "object": name, "why": self.heard(why)}
                self.line("{title}: {count:,} rows of {object} are not used. {why}", **told)

    def plan(self, company: Company, system: System, write_back: WriteBack, made: DryRun, shown: int) -> None:
        """Tell what a dry run would write, with its first rows and the first of its tasks."""
        run, outputs = made.run, {written.name: output_ for output_, written in write_back.fields.items()}
        counts = {"planned": run.planned, "rows": run.rows, "tasks": run.tasks}
        self.line(
            "{title}: {planned:,} of {rows:,} rows; tasks: {tasks:,}. For example:", title=self.title(system), **counts
        )

        def cell(field: str, value: Json) -> str:
            return self._cell(
                outputs[field], as_text(outputs[field], write_back.fields[outputs[field]], value, company)
            )

        by_row = groupby(made.fields, key=lambda one: (one.object_name, one.row_id))
        for (name, row_id), fields in islice(by_row, shown):
            said = ", ".join(
                f"{one.field} {cell(one.field, one.there)} → {cell(one.field, one.to_be)}" for one in fields
            )
            self.text(f"  {name} {row_id}: {said}", is_dim=True)
        for subject in made.subjects[:1]:
            self.text(f"  {subject}", is_dim=True)

    def changes(
        self,
        company: Company,
        system: System,
        write_back: WriteBack,
        before: Sequence[Row],
        after: Sequence[Row],
        shown: int,
    ) -> None:
        """Tell what the fields of the first customers held and hold, and how many changed of each field."""
        then, title = {row.row_id: row for row in before}, self.title(system)
        counts = dict.fromkeys(write_back.fields, 0)
        rows = []
        for row in sorted(after, key=_stopped_first):
            cells = [self._change(company, write_back, name, then[row.row_id], row) for name in counts]
            for name, (was, now) in zip(counts, cells, strict=True):
                counts[name] += was != now
            if any(was != now for was, now in cells):
                rows.append((row.name, *(now if was == now else f"{was} → {now}" for was, now in cells)))
        fields = ", ".join(f"{self.say(_TITLES[one])} {count:,}" for one, count in counts.items())
        told = {"title": title, "changed": len(rows), "count": len(after), "fields": fields}
        self.line("{title}: {changed:,} of {count:,} customers changed: {fields}.", **told)
        if rows:
            self.line("The first {count}:", count=min(shown, len(rows)))
            self.table(("customer", *(_TITLES[one] for one in counts)), rows[:shown])

    def tasks(self, stand_in: StandIn) -> None:
        """Tell of the tasks or messages that a stand-in holds."""
        tasks, messages = stand_in.tasks(), stand_in.messages()
        title = self.title(stand_in.system)
        if tasks:
            told = {"title": title, "count": len(tasks), "example": tasks[0]}
            self.line("{title}: tasks made there: {count:,}, such as: {example}", **told)
        if messages:
            told = {"title": title, "count": len(messages), "example": messages[0]}
            self.line("{title}: messages sent there: {count:,}, such as: {example}", **told)

    def whether_all_is_as_decided(self, stand_in: StandIn, otherwise: Sequence[str], customers: int) -> bool:
        """Tell whether a stand-in holds what was decided, and return it."""
        title = self.title(stand_in.system)
        if not otherwise:
            self.line(
                "{title} now holds what was decided, in every field of {count:,} customers.",
                title=title,
                count=customers,
            )
            return True
        self.line(
            "{title} holds something else in {count:,} fields (there / decided):", title=title, count=len(otherwise)
        )
        for one in otherwise[:_SHOWN]:
            self.text(f"  {one}")
        return False

    def _change(
        self, company: Company, write_back: WriteBack, name: Output, before: Row, after: Row
    ) -> tuple[str, str]:
        written = write_back.fields[name]
        was, now = (as_text(name, written, row.fields[name], company) for row in (before, after))
        return self._cell(name, was), self._cell(name, now)

    def _cell(self, name: Output, text: str) -> str:
        if not text:
            return _BLANK
        if name is Output.CREDIT_STOPPED:
            return self.say(text)
        return money(text) if name is Output.CREDIT_LIMIT else text


def counted(counts: Mapping[str, int]) -> str:
    """Return names with their counts in a row, in order of name."""
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in sorted(counts.items()))


def _numbers(one: Pulled) -> tuple[int, ...]:
    run = one.run
    return (one.calls, run.rows, run.added, run.replaced, run.withdrawn, run.left_out, sum(one.unmapped.values()))


def _stopped_first(row: Row) -> tuple[bool, Decimal, str]:
    # Then those who may owe most.
    limit = row.fields.get(Output.CREDIT_LIMIT)
    return row.fields.get(Output.CREDIT_STOPPED) not in _STOPPED, -Decimal(str(limit or 0)), row.name
