"""Rows of another system turned into rows of the ledger: the same for the same rows, whatever else is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from policy_service.connectors.mapping.mapping import CURRENCY, Condition, ConnectorMapping, Feed
from policy_service.connectors.mapping.sources import (
    Constant,
    FirstOf,
    Form,
    FromField,
    Joined,
    LookedUp,
    RestOf,
    Source,
    SumOf,
    form_of,
    named,
)
from policy_service.connectors.mapping.values import (
    SeveralValuesError,
    cell_text,
    group_of,
    is_list,
    number,
    sum_text,
)
from policy_service.connectors.port import BROKEN, Body, Json
from policy_service.domain.currencies import currency
from policy_service.domain.days import parse_day
from policy_service.domain.errors import PolicyTextError
from policy_service.ledger.cells import shown
from policy_service.ledger.columns import Table

#: Returns the row of an object with that id, none where there is none.
LookUp: TypeAlias = Callable[[str, str], Body | None]

#: So many items of a list are read; a row with more is left out.
MOST_ITEMS: Final = 10_000
_NO_ITEM: Final[Body] = {}


@dataclass(frozen=True, slots=True)
class Company:
    """Where the company keeps its books, and the code of the currency that it keeps them in."""

    zone: ZoneInfo
    base_currency: str


@dataclass(frozen=True, slots=True)
class TranslatedRow:
    """A row of the ledger: the text of each mapped column as a file of the ledger would hold it, "" for a blank."""

    table: Table
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Translated:
    """What became of a row; `looked_up` are the objects and ids it depends on besides itself, found or not.

    `left_out` says why a row of the ledger was not made: of a condition only where none was made at all. With
    `is_unreadable` it should have been made, and could not be read.
    """

    rows: tuple[TranslatedRow, ...] = ()
    looked_up: frozenset[tuple[str, str]] = frozenset()
    left_out: str = ""
    is_unreadable: bool = False


def translate(
    mapping: ConnectorMapping, object_name: str, row_id: str, body: Body, look_up: LookUp, company: Company
) -> Translated:
    """Return the rows of the ledger that a row stands for.

    Nothing is raised for any body: a cell that is no day or amount stays as it was found, for the import to
    quarantine its row with the reason.
    """
    if isinstance(broken := body.get(BROKEN), str):
        return Translated(left_out=f"It cannot be told apart into cells: {broken}.", is_unreadable=True)
    looked_up: set[tuple[str, str]] = set()
    scope = _Scope(body, _NO_ITEM, look_up, company, looked_up)
    feeds = (feed for feed in mapping.feeds if feed.is_on and feed.object_name == object_name)
    made = [one for feed in feeds for one in _made(mapping, feed, scope)]
    rows = tuple(one for one in made if isinstance(one, TranslatedRow))
    unmade = [one for one in made if isinstance(one, _Unmade) and (one.is_fault or not rows)]
    reasons = dict.fromkeys(one.reason for one in unmade)
    # A row that looks itself up depends on nothing else.
    looked_up.discard((object_name, row_id))
    return Translated(rows, frozenset(looked_up), " ".join(reasons), any(one.is_fault for one in unmade))


@dataclass(frozen=True, slots=True)
class _Unmade:
    """Why a row was not made: a fault, or what the mapping leaves out."""

    reason: str
    is_fault: bool = False


class _UnreadableRowError(Exception):
    """A row that a feed cannot read; the text says why."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a source is read from: the row, the item of its list, and the rows that may be looked up."""

    body: Body
    item: Body
    look_up: LookUp
    company: Company
    looked_up: set[tuple[str, str]]

    def at(self, item: Body) -> "_Scope":
        """Return the same at an item."""
        return _Scope(self.body, item, self.look_up, self.company, self.looked_up)

    def of(self, row: Body) -> "_Scope":
        """Return the same for a row that was looked up."""
        return _Scope(row, _NO_ITEM, self.look_up, self.company, self.looked_up)


def _made(mapping: ConnectorMapping, feed: Feed, scope: _Scope) -> Iterator[TranslatedRow | _Unmade]:
    try:
        items = _list_of(feed.each, scope.body) if feed.each else (_NO_ITEM,)
    except _UnreadableRowError as error:
        yield _Unmade(str(error), is_fault=True)
        return
    if not items:
        yield _left_out(feed.each, "")
    for item in items:
        try:
            yield _row(mapping, feed, scope.at(item))
        except _UnreadableRowError as error:
            yield _Unmade(str(error), is_fault=True)


def _list_of(name: str, body: Body) -> Sequence[Body]:
    value = body.get(name)
    if not is_list(value):
        if value is None or (isinstance(value, str) and not value.strip()):
            return ()
        raise _UnreadableRowError(f"Its {name} is no list of rows.")
    if len(value) > MOST_ITEMS:
        raise _UnreadableRowError(f"Its {name} holds {len(value)} rows, at most {MOST_ITEMS} are read.")
    groups = [group for group in map(group_of, value) if group is not None]
    if len(groups) < len(value):
        raise _UnreadableRowError(f"Its {name} is no list of rows.")
    return groups


def _row(mapping: ConnectorMapping, feed: Feed, scope: _Scope) -> TranslatedRow | _Unmade:
    for condition in feed.conditions:
        if refusal := _refusal(condition, scope):
            return refusal
    cells: dict[str, str] = {}
    for column, source in feed.columns.items():
        text = _text(source, form_of(feed.table, column), scope)
        cells[column] = mapping.prefix_of(column) + text if text else ""
    for column in feed.unless_blank:
        if not cells.get(column):
            return _left_out(column, "")
    for column in feed.unless_zero:
        if cells.get(column) == "0":
            return _left_out(column, "0")
    match feed.table:
        case Table.RATES:
            return _rate(cells)
        case Table.PAYMENTS:
            return _payment(cells, scope.company.base_currency)
        case _:
            return TranslatedRow(feed.table, cells)


def _payment(cells: dict[str, str], base_currency: str) -> TranslatedRow:
    # The ledger reads money that is on no invoice in the base currency.
    code = cells.pop(CURRENCY, "")
    if code not in ("", base_currency) and not cells.get("invoice_id"):
        raise _UnreadableRowError(
            f"Its money on no invoice is in {code}, where the ledger keeps it in {base_currency}."
        )
    return TranslatedRow(Table.PAYMENTS, cells)


def _rate(cells: Mapping[str, str]) -> TranslatedRow:
    # One faulty rate would refuse the whole import.
    rate = number(cells.get("rate", ""))
    sound = {
        "date": parse_day(cells.get("date", "")) is not None,
        "currency": _is_currency(cells.get("currency", "")),
        "rate": rate is not None and rate > 0,
    }
    for column, is_sound in sound.items():
        if not is_sound:
            raise _UnreadableRowError(f"Its {column} is {shown(cells.get(column, ''))}, which no rate has.")
    return TranslatedRow(Table.RATES, cells)


def _refusal(condition: Condition, scope: _Scope) -> _Unmade | None:
    found = _words(condition.source, scope)
    if any(word in condition.words for word in found) is condition.is_not:
        return _left_out(named(condition.source), found[0])
    return None


def _left_out(name: str, text: str) -> _Unmade:
    if not text:
        return _Unmade(f"Its {name} is blank, as it may not be.")
    return _Unmade(f"Its {name} is {shown(text)}, which the mapping leaves out.")


def _words(source: Source, scope: _Scope) -> list[str]:
    # A choice of several is a list of words.
    if isinstance(source, FromField) and is_list(value := _value(source, scope)) and value:
        singles = (one for one in value if not (is_list(one) or group_of(one) is not None))
        return [cell_text(one, source, source.form or Form.TEXT, scope.company.zone) for one in singles] or [""]
    return [_text(source, Form.TEXT, scope)]


def _text(source: Source, form: Form, scope: _Scope) -> str:
    match source:
        case FromField():
            try:
                return cell_text(_value(source, scope), source, source.form or form, scope.company.zone)
            except SeveralValuesError:
                found = f"Its {named(source)} holds several values, where one is expected."
                raise _UnreadableRowError(found) from None
        case Constant(text):
            return text
        case FirstOf(sources):
            return next(filter(None, (_text(one, form, scope) for one in sources)), "")
        case Joined(sources):
            texts = [_text(one, Form.TEXT, scope) for one in sources]
            return source.between.join(texts) if all(texts) else ""
        case LookedUp():
            return _looked_up_text(source, form, scope)
        case SumOf():
            return sum_text([(text, 1) for text in _item_texts(source, scope)])
        case RestOf():
            amount = _text(source.amount, Form.AMOUNT, scope)
            less = [(_text(one, Form.AMOUNT, scope), -1) for one in source.less]
            return sum_text([(amount, 1), *less]) if amount else ""
        case _:
            assert_never(source)


def _value(source: FromField, scope: _Scope) -> Json:
    value = (scope.item if source.of_item else scope.body).get(source.name)
    if source.part:
        group = group_of(value)
        # Some answers have a reference as its id alone.
        return value if group is None else group.get(source.part)
    return value


def _item_texts(source: SumOf, scope: _Scope) -> list[str]:
    items = _list_of(source.list_name, scope.body)
    return [_text(source.item, Form.AMOUNT, scope.at(item)) for item in items]


def _looked_up_text(source: LookedUp, form: Form, scope: _Scope) -> str:
    row_id = _text(source.by, Form.TEXT, scope)
    if not row_id:
        return ""
    scope.looked_up.add((source.object_name, row_id))
    row = scope.look_up(source.object_name, row_id)
    if row is None:
        return ""
    return _text(source.take, form, scope.of(row))


def _is_currency(code: str) -> bool:
    try:
        return currency(code).code == code
    except PolicyTextError:
        return False
