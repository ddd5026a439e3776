"""Cases handed over to another system: once for each level, the intent noted before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, exists, func, or_, select, text
from sqlalchemy.orm import Session

from policy_service.domain.instants import Instant
from policy_service.ledger.columns import Table
from policy_service.storage.models.cases import CaseStep, EscalationCase
from policy_service.storage.models.connections import MirroredRow, TranslatedRow
from policy_service.storage.models.write_backs import HandedCase

_KEEP: Final = text(
    "INSERT INTO handed_cases (connection_id, case_id, level, push_id, customer_id, object_name, row_id, state, code,"
    " message, tries, sent_at, next_at)"
    " VALUES (:connection_id, :case_id, :level, :push_id, :customer_id, :object_name, :row_id, :state, :code,"
    " :message, :tries, :sent_at, :next_at)"
    " ON CONFLICT (connection_id, case_id, level) DO UPDATE SET push_id = :push_id, customer_id = :customer_id,"
    " object_name = :object_name, row_id = :row_id, state = :state, code = :code, message = :message,"
    " tries = :tries, sent_at = :sent_at, next_at = :next_at"
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A case at a level, and what became of handing it over; it is not sent again before `next_at`, if ever.

    Its state is one of `intended`, `done`, `refused` and `uncertain`.
    """

    case_id: str
    level: str
    push_id: str
    customer_id: str
    object_name: str
    row_id: str
    state: str
    code: str
    message: str
    tries: int
    sent_at: Instant
    next_at: Instant | None


@dataclass(frozen=True, slots=True)
class ToHand:
    """A case that is to be handed over at the level that it has now, about a row over there; `tries` before."""

    case_id: str
    level: str
    customer_id: str
    row_id: str
    tries: int


_COLUMNS: Final = [getattr(HandedCase, name) for name in Handed.__slots__]


class HandedStore:
    """The cases that were handed over to one connection, within one transaction."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._id = connection_id

    def wanted(self, object_name: str, after: str, at: Instant, most: int) -> tuple[ToHand, ...]:
        """Return open cases of a ladder behind `after`, by id, whose level has fired and is not handed over yet.

        Of one that was tried before and not done only if its time has come; a customer without a row has none.
        """
        has_fired = exists().where(
            CaseStep.case_id == EscalationCase.case_id,
            CaseStep.level == EscalationCase.level,
            CaseStep.state == "fired",
        )
        row = (
            select(func.min(TranslatedRow.row_id))
            .join(
                MirroredRow,
                and_(
                    MirroredRow.connection_id == TranslatedRow.connection_id,
                    MirroredRow.object_name == TranslatedRow.object_name,
                    MirroredRow.row_id == TranslatedRow.row_id,
                ),
            )
            .where(
                TranslatedRow.connection_id == self._id,
                TranslatedRow.object_name == object_name,
                TranslatedRow.entry_table == Table.CUSTOMERS.value,
                TranslatedRow.customer_id == EscalationCase.customer_id,
                ~MirroredRow.is_deleted,
            )
            .scalar_subquery()
        )
        is_handed = and_(
            HandedCase.connection_id == self._id,
            HandedCase.case_id == EscalationCase.case_id,
            HandedCase.level == EscalationCase.level,
        )
        asked = (
            select(EscalationCase.case_id, EscalationCase.level, EscalationCase.customer_id, row, HandedCase.tries)
            .outerjoin(HandedCase, is_handed)
            .where(
                EscalationCase.state == "open",
                EscalationCase.ladder != "",
                EscalationCase.case_id > after,
                has_fired,
                row.is_not(None),
                or_(HandedCase.case_id.is_(None), and_(HandedCase.state == "refused", HandedCase.next_at <= at)),
            )
            .order_by(EscalationCase.case_id)
            .limit(most)
        )
        found = self._session.execute(asked)
        return tuple(ToHand(case, level, customer, one, tries or 0) for case, level, customer, one, tries in found)

    def intended(self) -> tuple[Handed, ...]:
        """Return those of which was noted that they are to be sent, and not what became of it."""
        return self.latest(None, state="intended")

    def latest(self, most: int | None, *, state: str = "") -> tuple[Handed, ...]:
        """Return what was handed over, the newest first, or only what is in a state."""
        asked = select(*_COLUMNS).where(HandedCase.connection_id == self._id)
        if state:
            asked = asked.where(HandedCase.state == state)
        order = (HandedCase.sent_at.desc(), HandedCase.case_id, HandedCase.level)
        return tuple(Handed(*row) for row in self._session.execute(asked.order_by(*order).limit(most)))

    def keep(self, handed: Sequence[Handed]) -> None:
        """Keep what is intended, or what became of it."""
        said: list[dict[str, Any]] = [
            {"connection_id": self._id} | {name: getattr(one, name) for name in Handed.__slots__} for one in handed
        ]
        if said:
            self._session.execute(_KEEP, said)
