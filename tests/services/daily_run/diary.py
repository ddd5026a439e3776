"""A ledger as a credit manager jots it down, days that are run over it, and what is in the books afterwards."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from policy_service.domain.acting import Act
from policy_service.domain.entries import Customer
from policy_service.language.policy import Policy
from policy_service.services.daily_run.report import DayReport, stored_report
from policy_service.services.daily_run.run import run_day
from policy_service.services.house import House
from policy_service.storage.case_store import CaseStore
from policy_service.storage.effect_store import EffectStore
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models.cases import CaseStep, EscalationCase
from policy_service.storage.models.mornings import CustomerMorning, RunDay
from policy_service.storage.models.standings import StandingRow
from policy_service.storage.stored_cases import CaseNow, Note, Step, Wanted
from tests.facts.small_ledgers import dispute, event, invoice, payment, promise
from tests.services.decisions.live import act, enforce
from tests.services.house import house_policy
from tests.storage.books import Origin, imported, ledger_of

LADDER = """
ladder: collection
mode: jump
levels:
  - {id: L1, days_past_due: 1, action: remind, channel: email, owner: sales, deadline_days: 3}
  - {id: L2, days_past_due: 3, action: call, channel: phone, owner: collector, deadline_days: 5}
  - {id: L3, days_past_due: 5, action: demand, channel: letter, owner: credit_manager, deadline_days: 10,
     effects: {stop_credit: true}, release: {overdue_balance: "<= materiality"}}
triggers:
  - {id: T1, when: {past_due_balance: "> 3000"}, action: propose_legal, owner: credit_manager, reason: NO_WILL}
"""
_CENTS = 100


def ladder_policy(*changes: tuple[str, str], ladder: str = LADDER, **rule_sets: str) -> Policy:
    """Return the house policy with this ladder, in which each text of the first kind stands once and is replaced."""
    for old, new in changes:
        assert ladder.count(old) == 1, old
        ladder = ladder.replace(old, new)
    return house_policy({"collection": ladder, **rule_sets})


def entries(jotted: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Any]:
    """Return the entries that are jotted down: amounts in major units, of customer C1 unless another is named."""
    found: list[Any] = []
    for number, one in enumerate(jotted.get("payments", ())):
        cents = int(one["amount"] * _CENTS)
        found.append(payment(f"P{number}", str(one["paid"]), cents, one["for"], posted=str(one.get("posted", ""))))
    for number, one in enumerate(jotted.get("disputes", ())):
        closed = one.get("closed")
        found.append(dispute(f"D{number}", one["of"], str(one["opened"]), str(closed) if closed else ""))
    for number, one in enumerate(jotted.get("promises", ())):
        found.append(promise(f"R{number}", one["of"], str(one["made"]), str(one["for"])))
    for number, one in enumerate(jotted.get("events", ())):
        customer, posted = one.get("customer", "C1"), str(one.get("posted", ""))
        found.append(event(f"E{number}", str(one["date"]), one["kind"], posted=posted, of=customer))
    for one in jotted["invoices"]:
        more = {name: str(one[name]) for name in ("posted", "ordered") if name in one}
        cents = int(one.get("amount", 1000) * _CENTS)
        own = one.get("customer", "C1")
        found.append(invoice(one["id"], str(one["issued"]), str(one["due"]), cents, of=own, **more))
    return found


def keep_books(house: House, jotted: Mapping[str, Sequence[Mapping[str, Any]]], at: int = 1) -> None:
    """Import what is jotted down; each customer has a net worth, so that reviews can say a grade."""
    noted = entries(jotted)
    customers = sorted({one.get("customer", "C1") for one in jotted["invoices"]})
    people: list[Any] = [Customer(name, attributes={"net_worth": "250000"}) for name in customers]
    with house.database.writing() as session:
        LedgerStore(session).store(imported(ledger_of(*people, *noted)), Origin(house.new_id(), at))


def open_books(house: House, jotted: Mapping[str, Sequence[Mapping[str, Any]]], policy: Policy | None = None) -> None:
    """Import what is jotted down, and let the policy be in force from ever."""
    keep_books(house, jotted)
    enforce(house, policy or ladder_policy())


def run(house: House, day: dt.date, by: Act | None = None) -> DayReport:
    """Run a day on that day, as the credit manager unless somebody else does."""
    return run_day(house, day, by or act(day, "mia", 6))


def run_all(house: House, days: Iterable[dt.date]) -> None:
    """Run days, each on its day."""
    for day in days:
        run(house, day)


def days(first: str, last: str) -> list[dt.date]:
    """Return the days from day to day."""
    begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [begin + dt.timedelta(number) for number in range((end - begin).days + 1)]


def fired(house: House) -> dict[dt.date, list[str]]:
    """Return by day what fired, such as `L1 I1`; a level passed over for an invoice stands in brackets."""
    found: dict[dt.date, list[str]] = defaultdict(list)
    for step in steps(house):
        name = f"{step.level} {step.invoice_id}".strip()
        found[step.fired_on].append(f"({name})" if step.state == "passed_over" else name)
    return {day: sorted(names) for day, names in sorted(found.items())}


def steps(house: House) -> list[Step]:
    """Return every step of every customer, in the order in which they were stored."""
    with house.database.reading() as session:
        customers = session.scalars(select(CaseStep.customer_id).distinct()).all()
        store = CaseStore(session)
        found = [step for customer_id in customers for step in store.steps_of_customer(customer_id)]
    return sorted(found, key=lambda step: step.step_number)


def cases(house: House, state: str = "") -> list[CaseNow]:
    """Return the cases of ladders, by the day they were opened on."""
    with house.database.reading() as session:
        found = CaseStore(session).page(Wanted(state=state), 1_000)
    return sorted((case for case in found if case.ladder), key=lambda case: (case.opened_on, case.case_id))


def faults(house: House) -> list[CaseNow]:
    """Return the cases of no ladder."""
    with house.database.reading() as session:
        return [case for case in CaseStore(session).page(Wanted(state=""), 1_000) if not case.ladder]


def notes(house: House, case_id: str) -> list[Note]:
    """Return the notes of a case."""
    with house.database.reading() as session:
        return list(CaseStore(session).notes(case_id))


def counted(house: House, name: str) -> dict[dt.date, int]:
    """Return by day how often something happened, by the stored reports."""
    with house.database.reading() as session:
        rows = session.scalars(select(RunDay).order_by(RunDay.day))
        reports = [report_of(row) for row in rows]
    return {report.day: number for report in reports if (number := report.counts.get(name, 0))}


def report_of(row: RunDay) -> DayReport:
    """Return the report of a day that was run."""
    return stored_report(json.loads(row.report))


def effects(house: House, customer: str = "C1") -> dict[str, str]:
    """Return the effects in force of a customer, by level and output."""
    with house.database.reading() as session:
        found = EffectStore(session).in_force(customer)
    return {f"{effect.level} {effect.output}": effect.value for effect in found}


def all_that_happened(house: House) -> dict[str, Any]:
    """Return everything that runs have come to, without ids and instants, to be compared."""
    with house.database.reading() as session:
        owners = dict(session.execute(select(EscalationCase.case_id, EscalationCase.opened_on)).all())  # type: ignore[arg-type]
        mornings = session.scalars(select(CustomerMorning).order_by(CustomerMorning.customer_id)).all()
        runs = session.scalars(select(RunDay).order_by(RunDay.day)).all()
        customers = [one.customer_id for one in mornings]
        effects_ = [
            (one.customer_id, *one.key, one.value, one.ended_at is None)
            for customer_id in customers
            for one in EffectStore(session).history(customer_id)
        ]
        reviews = session.execute(select(StandingRow.customer_id, StandingRow.reviewed_on, StandingRow.outputs)).all()
    return {
        "steps": sorted(
            (one.customer_id, owners[one.case_id], one.fired_on, one.level, one.invoice_id, one.state, one.released_on)
            for one in steps(house)
        ).__repr__(),
        "cases": sorted(
            (one.customer_id, one.ladder, one.level, one.owner_role, one.opened_on, one.closed_on, one.state)
            for one in cases(house)
        ).__repr__(),
        "mornings": [(one.customer_id, one.day, one.triggers, one.counts) for one in mornings],
        "runs": [(one.day, one.report) for one in runs],
        "effects": sorted(effects_),
        "reviews": sorted(tuple(row) for row in reviews),
    }
