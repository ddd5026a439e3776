"""The ladder of a replay in the plainest words: day by day, invoice by invoice, over what is jotted down."""

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEVELS = (("L1", 1), ("L2", 3), ("L3", 5))
_RELEASED_AT, _TRIGGERED_ABOVE = 100, 3000


@dataclass
class Happened:
    """What a replay comes to: what fired when, and the days on which cases opened and closed and effects began."""

    fired: dict[dt.date, list[str]] = field(default_factory=dict)
    opened: list[tuple[str, dt.date]] = field(default_factory=list)
    closed: list[tuple[str, dt.date]] = field(default_factory=list)
    begun: list[tuple[str, dt.date]] = field(default_factory=list)
    ended: list[tuple[str, dt.date]] = field(default_factory=list)


def replayed(jotted: Mapping[str, Sequence[Mapping[str, Any]]], days: Sequence[dt.date], *, steps: bool) -> Happened:
    """Return what these days come to, for a ladder that steps or jumps."""
    happened = Happened()
    for customer in sorted({one["customer"] for one in jotted["invoices"]}):
        _Customer(customer, jotted, steps).replay(days, happened)
    happened.fired = {day: sorted(names) for day, names in sorted(happened.fired.items())}
    return happened


def random_books(seed: int) -> dict[str, Any]:
    """Return a ledger in which little goes as it should."""
    chance = random.Random(seed)
    first = dt.date(2025, 2, 22)
    invoices, payments, disputes = [], [], []
    for number in range(12):
        due = first + dt.timedelta(chance.randint(0, 14))
        issued = dt.date(2025, 2, 1)
        own = {"id": f"I{number:02}", "customer": f"C{number % 3}", "issued": issued, "due": due, "amount": 1200}
        invoices.append(own | ({"posted": due + dt.timedelta(chance.randint(0, 8))} if chance.random() < 0.3 else {}))
        for part in chance.choice([(), (), (1200,), (500, 700), (1150,)]):
            paid = due + dt.timedelta(chance.randint(-2, 9))
            late = {"posted": paid + dt.timedelta(chance.randint(1, 3))} if chance.random() < 0.3 else {}
            payments.append({"paid": paid, "amount": part, "for": own["id"]} | late)
        if chance.random() < 0.3:
            opened = due + dt.timedelta(chance.randint(-3, 4))
            ends = {"closed": opened + dt.timedelta(chance.randint(0, 5))} if chance.random() < 0.7 else {}
            disputes.append({"of": own["id"], "opened": opened} | ends)
    return {"invoices": invoices, "payments": payments, "disputes": disputes}


class _Customer:
    def __init__(self, customer: str, jotted: Mapping[str, Sequence[Mapping[str, Any]]], steps: bool) -> None:
        self._customer = customer
        self._invoices = [one for one in jotted["invoices"] if one["customer"] == customer]
        self._payments = jotted["payments"]
        self._disputes = jotted["disputes"]
        self._steps = steps
        self._taken = set[tuple[str, str]]()
        self._case: set[str] | None = None
        self._is_stopped = False

    def replay(self, days: Sequence[dt.date], happened: Happened) -> None:
        was_true = self._is_triggered(days[0] - dt.timedelta(1))
        for day in days:
            if self._is_stopped and self._past_due(day, disputed=False) <= _RELEASED_AT:
                self._is_stopped = False
                happened.ended.append((self._customer, day))
            if self._case is not None and not self._case & {one["id"] for one, _ in self._open(day)}:
                self._case = None
                happened.closed.append((self._customer, day))
            names = [*self._levels(day, days[0]), *(["T1"] if self._is_triggered(day) and not was_true else [])]
            was_true = self._is_triggered(day)
            if names:
                self._fire(day, names, happened)

    def _fire(self, day: dt.date, names: Iterable[str], happened: Happened) -> None:
        happened.fired.setdefault(day, []).extend(names)
        if self._case is None:
            self._case = set()
            happened.opened.append((self._customer, day))
        self._case |= {name.strip("()").split()[1] for name in names if " " in name}
        if any(name.startswith("L3") for name in names) and not self._is_stopped:
            self._is_stopped = True
            happened.begun.append((self._customer, day))

    def _levels(self, day: dt.date, first: dt.date) -> list[str]:
        names = []
        for one, _ in self._open(day):
            if self._is_disputed(one, day):
                continue
            dates = [(level, one["due"] + dt.timedelta(after)) for level, after in LEVELS]
            due = [level for level, date in dates if first <= date <= day and (level, one["id"]) not in self._taken]
            if due:
                fires = due[0] if self._steps else due[-1]
                passed = [] if self._steps else due[:-1]
                self._taken |= {(level, one["id"]) for level in (fires, *passed)}
                names += [f"{fires} {one['id']}", *(f"({level} {one['id']})" for level in passed)]
        return names

    def _open(self, day: dt.date) -> list[tuple[Mapping[str, Any], int]]:
        found = []
        for one in self._invoices:
            if max(one["issued"], one.get("posted", one["issued"])) < day:
                paid = sum(
                    each["amount"]
                    for each in self._payments
                    if each["for"] == one["id"] and max(each["paid"], each.get("posted", each["paid"])) < day
                )
                if one["amount"] > paid:
                    found.append((one, one["amount"] - paid))
        return found

    def _is_disputed(self, one: Mapping[str, Any], day: dt.date) -> bool:
        return any(
            each["of"] == one["id"] and each["opened"] < day and each.get("closed", day) >= day
            for each in self._disputes
        )

    def _past_due(self, day: dt.date, *, disputed: bool) -> int:
        counted = (
            left for one, left in self._open(day) if one["due"] < day if disputed or not self._is_disputed(one, day)
        )
        return sum(counted)

    def _is_triggered(self, day: dt.date) -> bool:
        return self._past_due(day, disputed=True) > _TRIGGERED_ABOVE
