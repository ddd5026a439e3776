"""Escalation cases kept: what fired, what people said and did about it, and who has to do what until when."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from policy_service.domain.acting import Act
from policy_service.storage.errors import changed_since_read, not_stored
from policy_service.storage.models.cases import CaseNote, CaseStep, EscalationCase
from policy_service.storage.stored_cases import CaseNow, Doing, NewStep, Note, Step, Wanted

#: Behind every deadline: of cases without one.
LAST_DAY: Final = dt.date.max


_CASE_NAMES: Final = tuple(field.name for field in fields(CaseNow))
_STEP_NAMES: Final = tuple(field.name for field in fields(Step))
_NOTE_NAMES: Final = tuple(field.name for field in fields(Note))
_DEADLINE: Final = func.coalesce(EscalationCase.deadline, LAST_DAY)


class CaseStore:
    """The cases within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, case_id: str, customer_id: str, policy_id: str, ladder: str, doing: Doing, day: dt.date) -> CaseNow:
        """Store a new case; Conflict S210 if the customer has an open one of that ladder."""
        row = EscalationCase(
            case_id=case_id,
            customer_id=customer_id,
            policy_id=policy_id,
            ladder=ladder,
            assigned_to="",
            state="open",
            opened_on=day,
            **_doing(doing),
        )
        self._session.add(row)
        self._session.flush()
        return _case(row)

    def advance(self, case_id: str, doing: Doing) -> CaseNow:
        """Let the case ask for something else now."""
        return self._changed(case_id, _doing(doing))

    def assign(self, case_id: str, person: str) -> CaseNow:
        """Give the case to a person, or with an empty name to nobody."""
        return self._changed(case_id, {"assigned_to": person})

    def move_deadline(self, case_id: str, deadline: dt.date) -> CaseNow:
        """Set another deadline."""
        return self._changed(case_id, {"deadline": deadline})

    def close(self, case_id: str, day: dt.date) -> CaseNow:
        """Close the case."""
        return self._changed(case_id, {"state": "closed", "closed_on": day})

    def load(self, case_id: str) -> CaseNow:
        """Return the case; NotStored S209 if there is none."""
        return _case(self._row(case_id))

    def held(self, case_id: str) -> CaseNow:
        """Return the case, which nobody else can change until the transaction ends; NotStored S209 if none."""
        return _case(self._row(case_id, is_held=True))

    def open_of(self, customer_id: str) -> tuple[CaseNow, ...]:
        """Return the customer's open cases, by ladder; the one of no ladder comes first."""
        of_customer = (EscalationCase.customer_id == customer_id, EscalationCase.state == "open")
        rows = self._session.scalars(select(EscalationCase).where(*of_customer))
        return tuple(sorted(map(_case, rows), key=lambda case: case.ladder))

    def page(self, wanted: Wanted, limit: int, after: tuple[dt.date, str] | None = None) -> tuple[CaseNow, ...]:
        """Return cases by deadline (`LAST_DAY` where there is none), then id, behind the one named by these two."""
        chosen = select(EscalationCase).where(*_conditions(wanted))
        if after:
            chosen = chosen.where(tuple_(_DEADLINE, EscalationCase.case_id) > after)
        rows = self._session.scalars(chosen.order_by(_DEADLINE, EscalationCase.case_id).limit(limit))
        return tuple(map(_case, rows))

    def add_steps(self, case: CaseNow, steps: Iterable[NewStep]) -> tuple[Step, ...]:
        """Store steps of the case in their order; Conflict S210 for a level that had fired for that invoice."""
        rows = [_new_step(case, step) for step in steps]
        self._session.add_all(rows)
        self._session.flush()
        return tuple(map(_step, rows))

    def steps(self, case_id: str) -> tuple[Step, ...]:
        """Return the steps of a case in the order in which they were stored."""
        return self._steps(select(CaseStep).where(CaseStep.case_id == case_id))

    def steps_of_customer(self, customer_id: str) -> tuple[Step, ...]:
        """Return all steps that ever were of the customer's, in the order in which they were stored."""
        return self._steps(select(CaseStep).where(CaseStep.customer_id == customer_id))

    def waiting_roles(self, case_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Return by case the roles whose word its proposed steps wait for, in order."""
        waits = (CaseStep.case_id.in_(case_ids), CaseStep.state == "proposed")
        found = defaultdict[str, set[str]](set)
        for case_id, role in self._session.execute(select(CaseStep.case_id, CaseStep.approval_role).where(*waits)):
            found[case_id].add(role)
        return {case_id: tuple(sorted(roles)) for case_id, roles in found.items()}

    def decide_steps(self, numbers: Collection[int], state: str, act: Act | None = None) -> None:
        """Bring steps that wait for a person's word into another state; Conflict S208 if one does not wait any more."""
        rows = self._session.scalars(_locked(select(CaseStep).where(CaseStep.step_number.in_(numbers)))).all()
        if len(rows) != len(numbers) or any(row.state != "proposed" for row in rows):
            raise changed_since_read("a step of the case")
        for row in rows:
            row.state = state
            row.decided_at, row.decided_by = (act.at, act.person) if act else (None, "")
        self._session.flush()

    def release_steps(self, customer_id: str, ladder: str, level: str, day: dt.date) -> None:
        """Note that the effects of a level or trigger ended that day."""
        of_level = (CaseStep.customer_id == customer_id, CaseStep.ladder == ladder, CaseStep.level == level)
        rows = self._session.scalars(select(CaseStep).where(*of_level, CaseStep.released_on.is_(None)))
        for row in rows:
            if row.state == "fired":
                row.released_on = day
        self._session.flush()

    def fired_between(self, first: dt.date, last: dt.date) -> tuple[tuple[str, dt.date], ...]:
        """Return owner role and day of every case step from day to day: a level of a customer on a day is one."""
        what = (CaseStep.owner_role, CaseStep.fired_on, CaseStep.customer_id, CaseStep.ladder, CaseStep.level)
        chosen = (CaseStep.state != "passed_over", CaseStep.fired_on >= first, CaseStep.fired_on <= last)
        rows = self._session.execute(select(*what).where(*chosen).distinct())
        return tuple((row[0], row[1]) for row in rows)

    def add_note(self, case_id: str, kind: str, said: str, act: Act, entry_id: str = "") -> Note:
        """Store what a person noted or did; whoever read the case has read its notes: its revision counts for both."""
        flag_modified(self._row(case_id), "state")
        row = CaseNote(case_id=case_id, kind=kind, at=act.at, person=act.person, text=said, entry_id=entry_id)
        self._session.add(row)
        self._session.flush()
        return _note(row)

    def notes(self, case_id: str) -> tuple[Note, ...]:
        """Return the notes of a case, the first one first."""
        rows = self._session.scalars(select(CaseNote).where(CaseNote.case_id == case_id).order_by(CaseNote.note_number))
        return tuple(map(_note, rows))

    def entries_noted(self, customer_ids: Collection[str]) -> Mapping[str, str]:
        """Return who noted what became an entry of these customers, by entry; of a dispute who noted that it began."""
        of_customers = select(EscalationCase.case_id).where(EscalationCase.customer_id.in_(customer_ids))
        noted = (CaseNote.case_id.in_(of_customers), CaseNote.entry_id != "")
        # The end of a dispute is noted under the same id, and may be of somebody else.
        latest_first = select(CaseNote.entry_id, CaseNote.person).where(*noted).order_by(CaseNote.note_number.desc())
        return {row.entry_id: row.person for row in self._session.execute(latest_first)}

    def count_entries(self, case_id: str) -> int:
        """Return how many notes of the case became ledger entries."""
        of_case = (CaseNote.case_id == case_id, CaseNote.entry_id != "")
        return self._session.scalar(select(func.count()).select_from(CaseNote).where(*of_case)) or 0

    def _steps(self, chosen: Select[CaseStep]) -> tuple[Step, ...]:
        return tuple(map(_step, self._session.scalars(chosen.order_by(CaseStep.step_number))))

    def _row(self, case_id: str, *, is_held: bool = False) -> EscalationCase:
        chosen = select(EscalationCase).where(EscalationCase.case_id == case_id)
        row: EscalationCase | None = self._session.scalars(_locked(chosen) if is_held else chosen).one_or_none()
        if row is None:
            raise not_stored(f"case {case_id[:60]}")
        return row

    def _changed(self, case_id: str, values: Mapping[str, Any]) -> CaseNow:
        row = self._row(case_id)
        for name, value in values.items():
            setattr(row, name, value)
        self._session.flush()
        return _case(row)


def _locked(chosen: Select[Any]) -> Select[Any]:
    # What the session read before the lock may have changed since.
    return chosen.with_for_update().execution_options(populate_existing=True)


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    names = ("state", "owner_role", "assigned_to", "customer_id", "level")
    chosen: list[ColumnElement[bool]] = [
        getattr(EscalationCase, name) == getattr(wanted, name) for name in names if getattr(wanted, name)
    ]
    if wanted.due_before:
        chosen.append(EscalationCase.deadline < wanted.due_before)
    if wanted.waiting_for:
        waits = (CaseStep.state == "proposed", CaseStep.approval_role == wanted.waiting_for)
        chosen.append(EscalationCase.case_id.in_(select(CaseStep.case_id).where(*waits)))
    return chosen


def _doing(doing: Doing) -> dict[str, Any]:
    return {field.name: getattr(doing, field.name) for field in fields(Doing)}


def _new_step(case: CaseNow, step: NewStep) -> CaseStep:
    return CaseStep(
        case_id=case.case_id,
        customer_id=case.customer_id,
        ladder=step.ladder,
        invoice_id=step.invoice_id,
        fired_on=step.fired_on,
        state=step.state,
        effects=json.dumps(dict(step.effects), sort_keys=True),
        approval_role=step.approval_role,
        decided_by="",
        decision_id=step.decision_id,
        **_doing(step.doing),
    )


def _case(row: EscalationCase) -> CaseNow:
    return CaseNow(*(getattr(row, name) for name in _CASE_NAMES))


def _step(row: CaseStep) -> Step:
    kept = {name: getattr(row, name) for name in _STEP_NAMES}
    return Step(**(kept | {"effects": json.loads(row.effects)}))


def _note(row: CaseNote) -> Note:
    return Note(*(getattr(row, name) for name in _NOTE_NAMES))
