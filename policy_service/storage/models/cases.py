"""Escalation cases: a customer's climb of one ladder, with its invoices, steps and follow-up."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Identifier, Instant, Line, LongText, OwnId, RowNumber, Word, one_of
from policy_service.storage.models.tables import Model, Revised

CASE_STATES: Final = ("open", "closed")
NOTE_KINDS: Final = ("note", "contact", "promise", "dispute")
_OPEN = text("state = 'open'")
_OF_INVOICE = text("invoice_id <> ''")
_OF_NO_INVOICE = text("invoice_id = ''")


class EscalationCase(Revised, Model):
    """A case: the level it has reached, who owns it until when. At most one per customer and ladder is open."""

    __tablename__ = "escalation_cases"
    __table_args__ = (
        one_of("state", CASE_STATES),
        Index(
            "uq_escalation_cases_open",
            "customer_id",
            "ladder",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "state", "owner_role", "deadline"),
        Index(None, "customer_id", "opened_on"),
    )

    case_id: Mapped[OwnId] = mapped_column(primary_key=True)
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    policy_id: Mapped[Identifier]
    ladder: Mapped[Identifier]
    level: Mapped[Identifier]
    action: Mapped[Line]
    channel: Mapped[Line]
    owner_role: Mapped[Identifier]
    assigned_to: Mapped[Identifier]
    deadline: Mapped[Day | None]
    state: Mapped[Word]
    opened_on: Mapped[Day]
    closed_on: Mapped[Day | None]


class CaseStep(Model):
    """A level that fired for an invoice, once in a case, or a trigger that fired for none, once on a day."""

    __tablename__ = "case_steps"
    __table_args__ = (
        Index(
            "uq_case_steps_level",
            "case_id",
            "level",
            "invoice_id",
            unique=True,
            sqlite_where=_OF_INVOICE,
            postgresql_where=_OF_INVOICE,
        ),
        Index(
            "uq_case_steps_trigger",
            "case_id",
            "level",
            "fired_on",
            unique=True,
            sqlite_where=_OF_NO_INVOICE,
            postgresql_where=_OF_NO_INVOICE,
        ),
    )

    step_number: Mapped[RowNumber]
    case_id: Mapped[OwnId] = mapped_column(ForeignKey("escalation_cases.case_id"))
    level: Mapped[Identifier]
    invoice_id: Mapped[Identifier]
    fired_on: Mapped[Day]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
    released_on: Mapped[Day | None]


class CaseNote(Model):
    """What a person noted on a case, or did about it; `entry_id` names the promise or dispute it became."""

    __tablename__ = "case_notes"
    __table_args__ = (one_of("kind", NOTE_KINDS), Index(None, "case_id"))

    note_number: Mapped[RowNumber]
    case_id: Mapped[OwnId] = mapped_column(ForeignKey("escalation_cases.case_id"))
    kind: Mapped[Word]
    at: Mapped[Instant]
    person: Mapped[Identifier]
    text: Mapped[LongText]
    entry_id: Mapped[Identifier]
