"""Escalation cases: a customer's climb of one ladder, with its invoices, steps and follow-up."""

from typing import Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Day, Identifier, Instant, Line, LongText, OwnId, RowNumber, Word, one_of
from policy_service.storage.models.tables import Model, Revised

CASE_STATES: Final = ("open", "closed")
#: Fired; never to fire, as a higher level fired at once; waiting for a person's word; refused; its invoice was paid
#: before anybody said a word.
STEP_STATES: Final = ("fired", "passed_over", "proposed", "refused", "lapsed")
NOTE_KINDS: Final = ("note", "contact", "promise", "dispute", "assignment", "deadline", "approval", "fault")
_OPEN = text("state = 'open'")
_OF_INVOICE = text("invoice_id <> ''")
_OF_NO_INVOICE = text("invoice_id = ''")


class EscalationCase(Revised, Model):
    """A case: the level it has reached, who owns it until when. At most one per customer and ladder is open.

    A case of no ladder follows up what the daily run could not do for a customer; its level is the error's code.
    """

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
        Index(None, "state", "deadline", "case_id"),
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


class CaseStep(Revised, Model):
    """A level that fired for an invoice, once for ever, or a trigger that fired for none, once on a day.

    A step that needs the approval of a role waits for it as proposed. `released_on` is the day on which its
    effects ended.
    """

    __tablename__ = "case_steps"
    __table_args__ = (
        one_of("state", STEP_STATES),
        Index(
            "uq_case_steps_level",
            "customer_id",
            "ladder",
            "level",
            "invoice_id",
            unique=True,
            sqlite_where=_OF_INVOICE,
            postgresql_where=_OF_INVOICE,
        ),
        Index(
            "uq_case_steps_trigger",
            "customer_id",
            "ladder",
            "level",
            "fired_on",
            unique=True,
            sqlite_where=_OF_NO_INVOICE,
            postgresql_where=_OF_NO_INVOICE,
        ),
        Index(None, "case_id"),
        Index(None, "state", "approval_role"),
        Index(None, "fired_on"),
    )

    step_number: Mapped[RowNumber]
    case_id: Mapped[OwnId] = mapped_column(ForeignKey("escalation_cases.case_id"))
    customer_id: Mapped[Identifier] = mapped_column(ForeignKey("customers.customer_id"))
    ladder: Mapped[Identifier]
    level: Mapped[Identifier]
    invoice_id: Mapped[Identifier]
    fired_on: Mapped[Day]
    state: Mapped[Word]
    action: Mapped[Line]
    channel: Mapped[Line]
    owner_role: Mapped[Identifier]
    deadline: Mapped[Day | None]
    effects: Mapped[LongText]
    approval_role: Mapped[Identifier]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[Identifier]
    decision_id: Mapped[OwnId | None] = mapped_column(ForeignKey("decisions.decision_id"))
    released_on: Mapped[Day | None]


class CaseNote(Model):
    """What a person noted on a case, or did about it; `entry_id` names the ledger entry it became."""

    __tablename__ = "case_notes"
    __table_args__ = (one_of("kind", NOTE_KINDS), Index(None, "case_id"))

    note_number: Mapped[RowNumber]
    case_id: Mapped[OwnId] = mapped_column(ForeignKey("escalation_cases.case_id"))
    kind: Mapped[Word]
    at: Mapped[Instant]
    person: Mapped[Identifier]
    text: Mapped[LongText]
    entry_id: Mapped[Identifier]
