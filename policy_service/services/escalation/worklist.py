"""The worklist: a case with all that belongs to it, and how much work each role has."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant, business_day
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import open_items
from policy_service.services.house import House
from policy_service.services.orders.wording import money_text
from policy_service.storage.case_store import CaseStore
from policy_service.storage.stored_cases import CaseNow, Note, Step


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What a case came to on a day: a level with the invoices it fired for, or a trigger without any.

    `number` is what an approval names.
    """

    number: int
    level: str
    fired_on: dt.date
    state: str
    action: str
    channel: str
    owner_role: str
    deadline: dt.date | None
    invoices: tuple[str, ...]
    effects: dict[str, str | None]
    waiting_for: str | None
    decided_at: Instant | None
    decided_by: str
    decision_id: str | None
    effects_ended_on: dt.date | None


@dataclass(frozen=True, slots=True)
class CaseInvoice:
    """An invoice of a case as it is now; amounts in base currency. One that is paid has nothing open."""

    invoice_id: str
    due_date: dt.date | None
    days_past_due: int | None
    amount: str | None
    open_amount: str
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its steps, invoices and notes, and the decisions that made it."""

    case: CaseNow
    steps: tuple[CaseStep, ...]
    invoices: tuple[CaseInvoice, ...]
    notes: tuple[Note, ...]
    decision_ids: tuple[str, ...]

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The roles whose word steps wait for."""
        return tuple(dict.fromkeys(step.waiting_for for step in self.steps if step.waiting_for))


@dataclass(frozen=True, slots=True)
class WeekOfWork:
    """How many case steps fell to a role in an ISO week, such as 2026-W09."""

    owner_role: str
    week: str
    steps: int


def case_file(house: House, session: Session, case_id: str, at: Instant) -> CaseFile:
    """Return the case with what it consists of, its invoices as they are at the instant; NotStored S209 if none."""
    store = CaseStore(session)
    case, steps = store.load(case_id), store.steps(case_id)
    decisions = dict.fromkeys(step.decision_id for step in steps if step.decision_id)
    return CaseFile(
        case,
        tuple(_steps(steps)),
        tuple(_invoices(house, session, case, steps, at)),
        store.notes(case_id),
        tuple(decisions),
    )


def workload(session: Session, first: dt.date, last: dt.date) -> tuple[WeekOfWork, ...]:
    """Return the case steps of each role and ISO week from day to day: a level of a customer on a day is one."""
    counts = Counter((role, _week(day)) for role, day in CaseStore(session).fired_between(first, last))
    return tuple(WeekOfWork(role, week, steps) for (role, week), steps in sorted(counts.items()))


def _week(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _steps(steps: Sequence[Step]) -> Iterator[CaseStep]:
    def one_step(step: Step) -> tuple[dt.date, str, str]:
        return step.fired_on, step.level, step.state

    for _, group in groupby(steps, key=one_step):
        rows = list(group)
        first = rows[0]
        yield CaseStep(
            first.step_number,
            first.level,
            first.fired_on,
            first.state,
            first.action,
            first.channel,
            first.owner_role,
            first.deadline,
            tuple(row.invoice_id for row in rows if row.invoice_id),
            {output: text or None for output, text in first.effects.items()},
            first.approval_role if first.state == "proposed" else None,
            first.decided_at,
            first.decided_by,
            first.decision_id,
            first.released_on,
        )


def _invoices(
    house: House, session: Session, case: CaseNow, steps: Sequence[Step], at: Instant
) -> Iterator[CaseInvoice]:
    named = list(dict.fromkeys(step.invoice_id for step in steps if step.invoice_id))
    if not named:
        return
    ledger = house.customers.at(session)
    knowledge = Knowledge(business_day(at, house.settings.zone), includes_day=True)
    found = {item.invoice_id: item for item in open_items(ledger, case.customer_id, knowledge)}
    due = {invoice.invoice_id: invoice.due_date for invoice in ledger.history(case.customer_id).invoices}
    code = ledger.currency.code
    for invoice_id in named:
        item = found.get(invoice_id)
        yield CaseInvoice(
            invoice_id,
            due.get(invoice_id),
            item.days_past_due if item else None,
            money_text(item.amount, code) if item else None,
            money_text(item.open_amount if item else 0, code),
            bool(item and item.is_disputed),
        )
