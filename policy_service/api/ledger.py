"""Single ledger entries that other systems push: one, or some as one posting."""

from typing import TypedDict

from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate

from policy_service.api.edge import changes, the_call
from policy_service.api.endpoints import Endpoints
from policy_service.api.fields import Name
from policy_service.domain.errors import RequestError
from policy_service.domain.permissions import Permission
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.services.actor import require
from policy_service.services.ledger_in.pushing import MOST_AT_ONCE, Pushed, push
from policy_service.storage.ledger_upsert import Upserted

blueprint = Endpoints("ledger", __name__, url_prefix="/v1", description="Ledger entries as they come")

_MOST_COLUMNS = 100
_LONGEST_CELL = 500


def _without_nul(text: str) -> None:
    if "\0" in text:
        raise ValidationError("Give a text without NUL, which no database stores.")


class Cells(fields.Dict):
    """The cells of an entry by the ledger's columns: texts as in its files, null for an empty one."""

    def __init__(self, **more: object) -> None:
        super().__init__(
            keys=Name(100),
            values=fields.String(
                allow_none=True,
                error_messages={"invalid": "Give a text, also of an amount: '1234.50'; null for an empty cell."},
                validate=[validate.Length(max=_LONGEST_CELL), _without_nul],
                metadata={"pattern": r"^[^\u0000]*$"},
            ),
            validate=validate.Length(max=_MOST_COLUMNS),
            **more,  # type: ignore[arg-type]
        )


class PushedEntry(Schema):
    """An entry: its table and its cells."""

    table = fields.Enum(Table, by_value=True, required=True, metadata={"example": "payments"})
    cells = Cells(
        required=True,
        metadata={
            "description": "Amounts are decimal text in major units, days are 2026-03-01.",
            "example": {"payment_id": "P-1", "invoice_id": "I-1", "date": "2026-03-01", "amount": "500.00"},
            "maxProperties": _MOST_COLUMNS,
        },
    )


class PushedEntries(Schema):
    """Entries that are stored together or not at all."""

    entries = fields.List(
        fields.Nested(PushedEntry),
        required=True,
        validate=validate.Length(1, MOST_AT_ONCE),
    )


class EntryCells(Schema):
    """One entry, under the id in the address."""

    cells = Cells(required=True, metadata={"example": {"invoice_id": "I-1", "date": "2026-03-01", "amount": "500.00"}})


class Became(Schema):
    """What became of an entry."""

    table = fields.Enum(Table, by_value=True, metadata={"example": "payments"})
    key = fields.String(metadata={"example": "P-1"})
    became = fields.Enum(Upserted, by_value=True, metadata={"example": "added"})


class AllBecame(Schema):
    """What became of the entries, in the order in which they were pushed."""

    entries = fields.List(fields.Nested(Became))


class EntryAsked(TypedDict):
    """A validated entry."""

    table: Table
    cells: dict[str, str | None]


class EntriesAsked(TypedDict):
    """Validated entries."""

    entries: list[EntryAsked]


class CellsAsked(TypedDict):
    """The validated cells of one entry."""

    cells: dict[str, str | None]


@blueprint.route("/ledger/entries")
class EntriesView(MethodView):
    """Push some entries."""

    @changes(Permission.LEDGER_WRITE, creates=True)
    @blueprint.arguments(PushedEntries)
    @blueprint.response(200, AllBecame)
    @blueprint.problems(400, 404, 409, 415, 422)
    def post(self, asked: EntriesAsked) -> dict[str, object]:
        """Store entries as one posting; one under a stored id takes its place, an equal one changes nothing."""
        if any(one["table"] is Table.STANDINGS for one in asked["entries"]):
            require(the_call().actor, Permission.STANDINGS_RECORD)
        pushed = [Pushed(one["table"], _filled(one["cells"])) for one in asked["entries"]]
        return {"entries": _pushed(pushed)}


@blueprint.route("/ledger/<table>/<entry_id>")
class EntryView(MethodView):
    """Push one entry under its id."""

    @changes(Permission.LEDGER_WRITE)
    @blueprint.arguments(EntryCells)
    @blueprint.response(200, Became)
    @blueprint.problems(400, 404, 409, 415, 422)
    def put(self, asked: CellsAsked, table: str, entry_id: str) -> dict[str, object]:
        """Store an entry under its id, in place of what was there; the same twice changes nothing."""
        kept = _table(table)
        column = COLUMNS[kept].key[0]
        cells = _filled(asked["cells"])
        if cells.get(column, entry_id) != entry_id:
            raise RequestError(
                "R485", f"The address names {entry_id[:60]!r}, {column} another.", remedy=f"Leave {column} out."
            )
        return _pushed([Pushed(kept, {**cells, column: entry_id})])[0]


def _table(name: str) -> Table:
    # Rates and standings have no id of their own: they are pushed in a list.
    with_id = [table for table in Table if table not in (Table.RATES, Table.STANDINGS)]
    if name in with_id:
        return Table(name)
    raise RequestError(
        "R486", f"There is no table {name[:60]!r} whose entries have an id.", remedy=f"Name {', '.join(with_id)}."
    )


def _filled(cells: dict[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in cells.items() if text}


def _pushed(pushed: list[Pushed]) -> list[dict[str, object]]:
    call = the_call()
    became = push(call.house, call.session, pushed, call.act)
    return [
        {
            "table": one.table,
            "key": " ".join(one.cells.get(name, "") for name in COLUMNS[one.table].key).strip(),
            "became": what,
        }
        for one, what in zip(pushed, became, strict=True)
    ]
