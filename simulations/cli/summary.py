"""A finished simulation at a glance: the main figures, who moves and why, and how far to believe it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.markup import escape
from rich.table import Table

from policy_service.cli import output
from policy_service.cli.wording import money, value_text
from policy_service.domain.amounts import from_scaled
from policy_service.domain.values import Kind, scale
from policy_service.language.feel.value_text import write_value
from policy_service.language.policy import Policy
from simulations.accounting.calendar import text_of
from simulations.cli.timing import Stopwatch
from simulations.cli.wording import word
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Side
from simulations.report.caveats_told import caveat_told
from simulations.report.punctuation import COLON, COMMA
from simulations.runs.simulation import Simulation, Step

_COUNTS: Final = ("orders", "approved", "held", "prepaid", "referred", "declined", "cases_opened")
#: Decimals of what is neither money nor a count; shares are shown in per cent.
_DECIMALS: Final = {"days_late_mean_weighted": 1, "dso_simple": 1, "dso_count_back": 1, "concentration_hhi": 0}
_SHARES: Final = ("on_time_share", "bad_debt_ratio")
_SHARE_DECIMALS: Final = 2
#: The figures shown; the report has all.
SHOWN: Final = (
    *("orders", "approved", "approved_amount", "held", "held_amount", "prepaid", "prepaid_amount", "referred"),
    *("declined", "sales", "collected", "open_balance_end", "past_due_balance_end", "receivables_mean"),
    *("days_late_mean_weighted", "on_time_share", "dso_simple", "dso_count_back", "write_offs", "bad_debt_ratio"),
    *("cases_opened", "carrying_cost", "margin", "risk_adjusted_margin", "concentration_hhi"),
)
_MOST_MOVED: Final = 10
_MOST_CHANGES: Final = 5
_NONE: Final = "-"


def show_summary(simulation: Simulation, policy: Policy, language: str) -> None:
    """Print what a run found; `policy` is the candidate, in whose currency amounts are."""
    _Summary(simulation, policy, language).show()


def show_times(seconds: float, watch: Stopwatch, language: str) -> None:
    """Print how long the run took, step by step, and apart from it what came before it."""

    def told(parts: Mapping[str, float]) -> str:
        comma = "，" if language == "zh" else ", "
        return comma.join(f"{word(part, language)} {took:.2f}" for part, took in parts.items())

    steps = {part: took for part, took in watch.parts.items() if part in set(Step)}
    before = {part: took for part, took in watch.parts.items() if part not in steps}
    if watch.started is not None:
        before = {"started": watch.started, **before}
    output.out.print(word("run_took", language).format(seconds=seconds, steps=told(steps)))
    output.out.print(word("before_it", language).format(parts=told(before)))


class _Summary:
    def __init__(self, simulation: Simulation, policy: Policy, language: str) -> None:
        self._simulation, self._found = simulation, simulation.comparison
        self._policy, self._language = policy, language

    def show(self) -> None:
        for line in self._heading():
            output.out.print(line)
        output.out.print(self._figures())
        output.out.print(self._swaps())
        output.out.print(f"{self._word('swap_set_told')}\n")
        if self._found.customers.changed():
            output.out.print(self._customers())
        else:
            output.out.print(f"{self._word('nobody_moves')}\n")
        for line in (*self._caveats(), *self._trust()):
            output.out.print(line)

    def _heading(self) -> Iterator[str]:
        question, found = self._found.question, self._found
        for name, side in (("baseline", question.baseline), ("candidate", question.candidate)):
            yield f"[bold]{self._word(name)}[/bold]{COLON[self._language]}{escape(self._side(side))}"
        yield from self._changes(question.baseline.text, question.candidate.text)
        options = question.options
        window = f"{text_of(options.begins)} {self._word('to')} {text_of(options.ends - 1)}"
        counts = self._word("size").format(customers=len(found.customers.ids), orders=found.orders)
        yield COMMA[self._language].join((window, counts, self._word(options.mode)))
        if not found.orders:
            yield f"[yellow]{self._word('no_orders')}[/yellow]"

    def _changes(self, old: Policy | None, new: Policy | None) -> Iterator[str]:
        if old is None or new is None:
            return
        # What says it is needed where two policies are compared, and takes longer to load than all else here.
        from policy_service.language.printing.changes_in_chinese import in_chinese  # noqa: PLC0415
        from policy_service.language.printing.diff import diff  # noqa: PLC0415

        changes = diff(old, new)
        if not changes:
            yield self._word("same_policy")
        elif len(changes) > _MOST_CHANGES:
            yield f"{len(changes)} {self._word('changes')}"
        else:
            said = in_chinese if self._language == "zh" else str
            yield from (f"- {escape(said(change))}" for change in changes)

    def _side(self, side: Side) -> str:
        if side.text is None:
            return self._word("recorded")
        return f"{side.text.title.in_language(self._language)} ({side.text.id}, {side.run.hash[:12]})"

    def _figures(self) -> Table:
        numbers = ("baseline", "candidate", "difference", "low_high")
        table = self._table("figure", *numbers, "evidence", right=numbers)
        for name in SHOWN:
            sides = (self._found.baseline[name], self._found.candidate[name], self._found.difference[name])
            cells = [self._amount(name, value, signed=place == 2) for place, value in enumerate(sides)]
            label = self._word(self._found.evidence[name])
            table.add_row(self._word(name), *cells, self._band(name), label)
        return table

    def _band(self, name: str) -> str:
        band = self._found.intervals[name]
        if not isinstance(band, tuple):
            return _NONE
        return " .. ".join(self._amount(name, value, signed=True) for value in band)

    def _swaps(self) -> Table:
        table = self._table("swap_set", "orders", "amount", right=("orders", "amount"))
        for name, cell in self._found.swap_set.items():
            table.add_row(self._word(name), f"{cell['orders']:,}", self._money(cell["amount"]))
        return table

    def _customers(self) -> Table:
        table = self._table("customer", "moved_amount", "difference", "why", right=("moved_amount", "difference"))
        customers = self._found.customers
        for number in customers.changed()[:_MOST_MOVED]:
            old, new = customers.figures(number)
            sales = self._amount("sales", new["sales"] - old["sales"], signed=True)
            moved = self._money(int(customers.moves.moved[number]))
            table.add_row(escape(customers.ids[number]), moved, sales, escape(self._why(number)))
        table.columns[2].header = COMMA[self._language].join((self._word("sales"), self._word("difference")))
        return table

    def _why(self, number: int) -> str:
        why = self._found.customers.why(number)
        if why is None:
            return ""
        cause = self._simulation.circumstances.causes.get(number)
        said = f"{why.date} {why.rule_set} {why.row}".strip()
        return said if cause is None else f"{said}: {self._cause(cause)}"

    def _cause(self, cause: Cause) -> str:
        value, bound = (self._value(each, cause.kind) for each in (cause.value, cause.bound))
        return f"{cause.cell} ({value})" if cause.bound is None else f"{cause.cell} ({value} | {bound})"

    def _value(self, value: int | None, kind: Kind) -> str:
        if value is None or (kind is Kind.CATEGORY and value >= len(self._policy.vocabulary)):
            return _NONE
        text = write_value(value, kind, self._policy.currency, self._policy.vocabulary)
        return value_text(text, kind, self._language)

    def _caveats(self) -> Iterable[str]:
        yield f"[bold]{self._word('caveats')}[/bold]"
        for caveat in self._found.caveats:
            yield f"- {escape(caveat_told(caveat, self._language))}"

    def _trust(self) -> Iterable[str]:
        circumstances = self._simulation.circumstances
        colour = "green" if self._simulation.is_confirmed else "red"
        agreed = f"{circumstances.agreed} / {circumstances.re_decided}"
        yield f"\n[{colour}]{agreed}[/{colour}] {self._word('sample_agrees')}"
        yield f"{self._word('run_key')} {self._found.key}"

    def _amount(self, name: str, value: Any, *, signed: bool) -> str:
        if value is None:
            return _NONE
        if name in _SHARES:
            unit = self._word("points") if signed else "%"
            return f"{_rounded(value * 100, _SHARE_DECIMALS, signed=signed)} {unit}"
        if name in _DECIMALS:
            return _rounded(value, _DECIMALS[name], signed=signed)
        plus = "+" if signed and value > 0 else ""
        return f"{plus}{value:,}" if name in _COUNTS else f"{plus}{self._money(value)}"

    def _money(self, amount: int) -> str:
        return money(from_scaled(amount, scale(Kind.MONEY, self._policy.currency)))

    def _table(self, *columns: str, right: Sequence[str]) -> Table:
        table = Table(box=box.SIMPLE, padding=(0, 1))
        for column in columns:
            justify, narrow = ("right", True) if column in right else ("left", False)
            table.add_column(self._word(column), justify=justify, no_wrap=narrow)  # type: ignore[arg-type]
        return table

    def _word(self, text: str) -> str:
        return word(text, self._language)


def _rounded(value: float, decimals: int, *, signed: bool) -> str:
    # What rounds to 0 has no sign.
    rounded = round(value, decimals) + 0.0
    return f"{'+' if signed and rounded > 0 else ''}{rounded:,.{decimals}f}"
