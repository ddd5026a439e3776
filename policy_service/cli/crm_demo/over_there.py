"""What stands in the fields of a stand-in's customers, asked of itself, beside what was decided."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policy_service.cli.crm_demo.company import INTEGRATOR, Company
from policy_service.cli.crm_demo.deciding import MOST_CUSTOMERS, names_of
from policy_service.cli.crm_demo.stand_ins import StandIn
from policy_service.connectors.mapping.mapping import Output, Unit, WriteBack, WrittenField
from policy_service.connectors.mapping.reader import read_connector_mapping
from policy_service.connectors.mapping.written_fields import Value, written_values
from policy_service.connectors.port import Body, Json
from policy_service.domain.instants import business_day
from policy_service.domain.values import TRUE, UNKNOWN, Kind
from policy_service.services.connections.writing_back_plan import is_same
from policy_service.services.customer_list import standings_now
from policy_service.services.ledger_in.frame import base_currency_for
from policy_service.storage.connection_store import ConnectionStore
from policy_service.storage.written_store import WrittenStore

_MILLISECOND: Final = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """A customer's row over there: which customer's it is, what that is called, and what its written fields hold."""

    row_id: str
    customer_id: str
    name: str
    fields: Mapping[Output, Json]


def write_back_of(company: Company, stand_in: StandIn) -> WriteBack:
    """Return what is written to a stand-in: each has one object of customers."""
    name = stand_in.system.value
    with company.house.database.reading() as session:
        connection = ConnectionStore(session).load(name)
    return read_connector_mapping(connection.mapping, f"{name}.yaml").write_back[0]


def rows_there(company: Company, stand_in: StandIn) -> tuple[Row, ...]:
    """Return the rows of customers with what their fields hold now, as the stand-in says itself."""
    write_back = write_back_of(company, stand_in)
    with company.house.database.reading() as session:
        number = ConnectionStore(session).load(stand_in.system.value).connection_id
        known = WrittenStore(session, number).customer_rows(write_back.object_name, "", MOST_CUSTOMERS)
    customers = {row.row_id: row.customer_id for row in known}
    names = names_of(company, set(customers.values()))
    return tuple(
        Row(
            row_id,
            customers[row_id],
            names[customers[row_id]],
            {output: _held(body, written.name) for output, written in write_back.fields.items()},
        )
        for row_id, body in stand_in.rows(write_back.object_name).items()
        if row_id in customers
    )


def otherwise(company: Company, stand_in: StandIn) -> tuple[str, ...]:
    """Return a line for each field over there that does not hold what was decided; none where all do."""
    write_back, rows = write_back_of(company, stand_in), rows_there(company, stand_in)
    decided = _decided(company, [row.customer_id for row in rows])
    zone = company.house.settings.zone
    with company.house.database.reading() as session:
        base = base_currency_for(company.house, session, company.act(INTEGRATOR).at)

    def told() -> Iterator[str]:
        for row in rows:
            said = written_values(write_back, decided[row.customer_id], base, zone).values
            for output, written in write_back.fields.items():
                there, to_be = row.fields[output], said.get(written.name)
                if written.name not in said or not is_same(output, written, there, to_be, zone):
                    yield f"{row.row_id} {written.name}: {there} / {to_be}"

    return tuple(told())


def as_text(output: Output, written: WrittenField, there: Json, company: Company) -> str:
    """Return a value as people read it; "" for a blank, and for a flag whether credit is stopped: yes or no."""
    if there is None or there == "":
        return ""
    match output:
        case Output.NEXT_REVIEW if written.unit is Unit.MILLISECONDS and isinstance(there, int):
            day: dt.date = business_day(there * _MILLISECOND, company.house.settings.zone)
            return day.isoformat()
        case Output.CREDIT_STOPPED:
            return "yes" if there in (True, written.words.get("true")) else "no"
        case _:
            return str(there)


def _held(body: Body, name: str) -> Json:
    if name in body:
        return body[name]
    # Fields that a company added stand in a list of their own in Zoho Books.
    further = body.get("custom_fields")
    for one in further if isinstance(further, list) else ():
        if isinstance(one, dict) and one.get("api_name") == name:
            value: Json = one.get("value")
            return value
    return None


def _decided(company: Company, customers: list[str]) -> Mapping[str, Mapping[Output, Value]]:
    with company.house.database.reading() as session:
        stands = standings_now(company.house, session, customers, company.act(INTEGRATOR))
    decided: dict[str, Mapping[Output, Value]] = {}
    for customer_id in customers:
        values = {
            name: None if value == UNKNOWN else value for name, value in stands.standings[customer_id].values.items()
        }
        grade, stopped = values["grade"], values["stop_credit"]
        decided[customer_id] = {
            Output.GRADE: None if grade is None else stands.codes.text(grade, Kind.CATEGORY),
            Output.CREDIT_LIMIT: values["credit_limit"],
            Output.PAYMENT_TERM_DAYS: values["payment_term_days"],
            Output.CREDIT_STOPPED: None if stopped is None else stopped == TRUE,
            Output.NEXT_REVIEW: stands.in_force[customer_id].review_on,
        }
    return decided
