"""What is to be written into the rows of customers over there: only what is other than it should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from policy_service.connectors.mapping.mapping import Output, WriteBack, WrittenField
from policy_service.connectors.mapping.sources import Form, FromField
from policy_service.connectors.mapping.values import SeveralValuesError, cell_text
from policy_service.connectors.mapping.written_fields import Value, written_values
from policy_service.connectors.port import Body, Json
from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.domain.values import TRUE, UNKNOWN, Currency, Kind
from policy_service.services.customer_list import StandingsNow, standings_now
from policy_service.services.house import House
from policy_service.services.ledger_in.frame import base_currency_for
from policy_service.storage.connection_store import StoredConnection
from policy_service.storage.written_store import CustomerRow, WrittenStore

#: So many rows are looked at at once.
CHUNK: Final = 200
_FORMS: Final[Mapping[Output, Form]] = {
    Output.GRADE: Form.TEXT,
    Output.CREDIT_LIMIT: Form.AMOUNT,
    Output.PAYMENT_TERM_DAYS: Form.AMOUNT,
    Output.CREDIT_STOPPED: Form.FLAG,
    Output.NEXT_REVIEW: Form.DAY,
}


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """A field that is to have another value; what is there is None also where `is_known` says that nobody knows."""

    field: str
    there: Json
    is_known: bool
    to_be: Json


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a customer over there with what is to be written into it.

    `waits_until`: the very same was sent lately, and is sent again then. `left_out` says of other fields why they
    are not written. `tries` counts how often in a row the same was sent, this time included.
    """

    object_name: str
    row_id: str
    customer_id: str
    writes: tuple[PlannedWrite, ...]
    left_out: Mapping[str, str]
    waits_until: Instant | None
    tries: int

    @property
    def values(self) -> Body:
        """The fields with what they are to be."""
        return {one.field: one.to_be for one in self.writes}


@dataclass(frozen=True, slots=True)
class Planned:
    """Some rows with something to write or left out; `after` is where the next ones begin, none at the end."""

    planned: tuple[PlannedRow, ...]
    rows: int
    without_standing: int
    after: str | None


def plan(
    house: House,
    session: Session,
    connection: StoredConnection,
    write_back: WriteBack,
    act: Act,
    after: str = "",
) -> Planned:
    """Return what is to be written into the next rows behind `after`; nothing is asked over there.

    A row is a customer's if the mapping makes a customer of it. Without a review in force nothing is written, and
    neither is what a review only proposes.
    """
    store = WrittenStore(session, connection.connection_id)
    found = store.customer_rows(write_back.object_name, after, CHUNK)
    there = [row for row in found if row.body is not None]
    after_these = found[-1].row_id if len(found) == CHUNK else None
    if not there:
        return Planned((), 0, 0, after_these)
    planning = _Planning(house, session, write_back, act, sorted({row.customer_id for row in there}))
    made = [planning.planned(row) for row in there if planning.has_standing(row)]
    return Planned(
        tuple(one for one in made if one.writes or one.left_out),
        len(there),
        len(there) - len(made),
        after_these,
    )


class _Planning:
    def __init__(
        self, house: House, session: Session, write_back: WriteBack, act: Act, customer_ids: Sequence[str]
    ) -> None:
        self._write_back = write_back
        self._at = act.at
        self._zone = house.settings.zone
        self._stands: StandingsNow = standings_now(house, session, customer_ids, act)
        self._base: Currency = base_currency_for(house, session, act.at)

    def has_standing(self, row: CustomerRow) -> bool:
        return row.customer_id in self._stands.in_force

    def planned(self, row: CustomerRow) -> PlannedRow:
        said = written_values(self._write_back, self._outputs(row.customer_id), self._base, self._zone)
        writes = tuple(
            one
            for output, written in self._write_back.fields.items()
            if written.name in said.values
            and (one := self._other(row, output, written, said.values[written.name])) is not None
        )
        last = row.last
        is_again = last is not None and last.values == {one.field: one.to_be for one in writes}
        tries = last.tries + 1 if last and is_again else 1
        waits = last.next_at if last and is_again and last.next_at and last.next_at > self._at else None
        return PlannedRow(
            self._write_back.object_name, row.row_id, row.customer_id, writes, said.left_out, waits, tries
        )

    def _outputs(self, customer_id: str) -> Mapping[Output, Value]:
        stands = self._stands
        values = stands.standings[customer_id].values

        def whole(name: str) -> int | None:
            return None if values[name] == UNKNOWN else values[name]

        grade, stopped = values["grade"], values["stop_credit"]
        return {
            Output.GRADE: None if grade == UNKNOWN else stands.codes.text(grade, Kind.CATEGORY),
            Output.CREDIT_LIMIT: whole("credit_limit"),
            Output.PAYMENT_TERM_DAYS: whole("payment_term_days"),
            Output.CREDIT_STOPPED: None if stopped == UNKNOWN else stopped == TRUE,
            Output.NEXT_REVIEW: stands.in_force[customer_id].review_on,
        }

    def _other(self, row: CustomerRow, output: Output, written: WrittenField, to_be: Json) -> PlannedWrite | None:
        body = row.body or {}
        # What a pull has brought since counts; what was never pulled is as we wrote it.
        known = body if written.name in body else row.written
        is_known = written.name in known
        there = known.get(written.name)
        if is_known and is_same(output, written, there, to_be, self._zone):
            return None
        return PlannedWrite(written.name, there, is_known, to_be)


def is_same(output: Output, written: WrittenField, one: Json, other: Json, zone: ZoneInfo) -> bool:
    """Return whether two values of a field mean the same: 5000 and "5000.00", a day and its first millisecond."""
    form = Form.TEXT if written.words else _FORMS[output]
    source = FromField(written.name)
    try:
        return cell_text(one, source, form, zone) == cell_text(other, source, form, zone)
    except SeveralValuesError:
        return False
