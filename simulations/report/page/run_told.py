"""What was compared, how far it may be believed, and what it comes to in a few sentences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from policy_service.domain.amounts import decimal_text
from policy_service.language.feel.value_text import write_value
from simulations.comparison.caveats import caveat_in_report
from simulations.comparison.comparison import Side
from simulations.report.caveats_told import caveat_told
from simulations.report.contents import Report
from simulations.report.page.numbers import Numbers
from simulations.report.page.stress import stresses_told
from simulations.report.page.subject import Subject
from simulations.report.page.wording import Wording

_SHORT_HASH: Final = 8


class Weight(StrEnum):
    """How a notice is to be taken."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence on how far the report may be believed."""

    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class RunTold:
    """Says in words what a report is of."""

    subject: Subject
    words: Wording
    numbers: Numbers

    @property
    def report(self) -> Report:
        """The report."""
        return self.subject.report

    def name_of(self, side: Side) -> str:
        """Return the title of a side, with its hash where both have one title; or that it is today's practice."""
        if side.text is None:
            return self.words("recorded")
        title = side.text.title.in_language(self.words.language)
        both = [one.text for one in (self.subject.baseline, self.subject.candidate)]
        is_told_apart = None in both or both[0] == both[1] or len({text.title for text in both if text}) > 1
        return title if is_told_apart else f"{title}{self.words.comma}{side.run.hash[:_SHORT_HASH]}"

    def notices(self) -> Iterator[Notice]:
        """Yield what the live engines say, every stress that the ledger is under, and the leak alarm."""
        run, words, count = self.report["run"], self.words, self.numbers.count
        sample = run["sample_agreement"]
        wrong = sample["orders"] - sample["agreed"]
        if wrong:
            yield Notice(Weight.BAD, words("failed", wrong=count(wrong), orders=count(sample["orders"])))
        elif sample["orders"]:
            yield Notice(Weight.GOOD, words("agreed", orders=count(sample["orders"])))
        else:
            yield Notice(Weight.NOTE, words("not_sampled"))
        yield from (Notice(Weight.NOTE, stress) for stress in stresses_told(self.report, self.numbers))
        late = run["leak_alarm"]
        told = words("leak", entries=count(late)) if late else words("no_leak")
        yield Notice(Weight.NOTE if late else Weight.GOOD, told)

    def moved(self) -> str:
        """Return what the comparison comes to: how many orders are decided otherwise, or why there are none."""
        if not self.report["run"]["orders"]:
            return self.words("no_orders")
        orders, amount = self._moved()
        if not orders:
            return self.words("nobody")
        everything = self.report["run"]["orders"]
        return self.words(
            "moved",
            orders=self.numbers.count(orders),
            all=self.numbers.count(everything),
            share=self.numbers.share(orders, everything),
            amount=f"{self.numbers.money(amount)}\u00a0{self.numbers.currency.code}",
            customers=self.numbers.count(self.subject.changed),
        )

    def caveats(self) -> Sequence[tuple[str, str]]:
        """Return each reservation with its code."""
        found = [caveat_in_report(one["code"], one["text"]) for one in self.report["caveats"]]
        return [(caveat.code, caveat_told(caveat, self.words.language)) for caveat in found]

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what the run was of: a name, and what is said under it."""
        run, words = self.report["run"], self.words
        sides = (self.subject.baseline, self.subject.candidate)
        for name, side in zip(("baseline", "candidate"), sides, strict=True):
            yield words(name), self._side(side)
        if settings := " · ".join(self._parameters(sides)):
            yield words("parameters"), settings
        yield words("window"), self._window(run["window"])
        yield (
            words("size"),
            words(
                "size_told", customers=self.numbers.count(run["customers"]), orders=self.numbers.count(run["orders"])
            ),
        )
        yield words("mode"), words(f"mode.{run['mode']}")
        yield from self._assumptions(run["assumptions"])
        sample = run["sample_agreement"]
        yield words("sample"), f"{self.numbers.count(sample['agreed'])} / {self.numbers.count(sample['orders'])}"
        yield words("leak_alarm"), self.numbers.count(run["leak_alarm"])
        yield words("quarantined"), self.numbers.count(run["quarantined"])
        yield words("currency"), words("currency_told", currency=self.numbers.currency.code)

    def hashes(self) -> Iterator[tuple[str, str]]:
        """Yield what the run is known by."""
        run = self.report["run"]
        for name in ("baseline", "candidate"):
            if run["policies"][name]["hash"]:
                yield self.words(name), run["policies"][name]["hash"]
        yield self.words("ledger_hash"), run["ledger_hash"]
        yield self.words("engine_version"), run["engine_version"]
        yield self.words("run_key"), run["key"]

    def _side(self, side: Side) -> str:
        return self.name_of(side) + (self.words.aside(side.run.policy) if side.text else "")

    def _window(self, window: Mapping[str, str]) -> str:
        first, last = days_of(window)
        return self.words("window_told", begins=first, ends=last, days=self.numbers.count((last - first).days + 1))

    def _assumptions(self, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        words = self.words
        if self.report["run"]["mode"] == "closed":
            held = words(f"held_orders.{told['held_orders']}")
            yield words("held_orders"), held.format(days=told["release_days"])
            yield words("payment_behaviour"), words(f"payment_behaviour.{told['payment_behaviour']}")
        yearly, margin, loss = (_percent(told[name]) for name in ("yearly_rate", "margin", "loss_given_default"))
        step = f"{self.numbers.money(told['cost_per_step'])}\u00a0{self.numbers.currency.code}"
        yield words("rates"), words("rates_told", yearly=yearly, margin=margin, loss=loss, step=step)

    def _parameters(self, sides: Sequence[Side]) -> Iterator[str]:
        for side in sides:
            for name, value in side.run.parameters.items():
                if side.text is not None:
                    parameter = side.text.parameters[name]
                    written = write_value(value, parameter.kind, side.text.currency, side.text.vocabulary)
                    yield f"{self.name_of(side)}{self.words.colon}{name} = {written}"

    def _moved(self) -> tuple[int, int]:
        cells = [cell for old, row in self.report["outcomes"].items() for new, cell in row.items() if old != new]
        return sum(cell["orders"] for cell in cells), sum(cell["amount"] for cell in cells)


def days_of(window: Mapping[str, str]) -> tuple[date, date]:
    """Return the first and the last day of a window; a report says the day after the last."""
    first, end = (date.fromisoformat(window[name]) for name in ("from", "to"))
    return first, date.fromordinal(end.toordinal() - 1)


def _percent(share: str) -> str:
    return f"{decimal_text(Decimal(share) * 100)}\u00a0%"
