"""Where a column of the ledger comes from in a row of another system."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from policy_service.domain.errors import NOWHERE, Place
from policy_service.ledger.columns import Table


class Form(StrEnum):
    """What a value becomes: a text as it is, a day in ISO format, a plain decimal number, or true and false."""

    TEXT = "text"
    DAY = "day"
    AMOUNT = "amount"
    FLAG = "flag"


_DAYS: Final = frozenset(
    {
        *("issue_date", "due_date", "order_date", "posted_on", "date", "since", "valid_from", "matures_on"),
        *("opened", "closed", "made", "promised", "from"),
    }
)
_AMOUNTS: Final = frozenset({"amount", "rate", "credit_limit", "payment_term_days"})


def form_of(table: Table, column: str) -> Form:
    """Return what a column of the ledger holds; the further columns of customers are texts."""
    if column in _DAYS and not (table is Table.CUSTOMERS and column not in ("since", "valid_from", "posted_on")):
        return Form.DAY
    if column in _AMOUNTS and table is not Table.CUSTOMERS:
        return Form.AMOUNT
    return Form.TEXT


@dataclass(frozen=True, slots=True)
class FromField:
    """A field of the row, or of the item of a list; `part` is the field of a value that is a group of fields.

    `values` gives the word for each text over there; any other is `otherwise`, which "" leaves as it is.
    No `form` is that of the column; `date_format` is one that dates are written in besides ISO.
    """

    name: str
    part: str = ""
    of_item: bool = False
    form: Form | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    prefix: str = ""
    date_format: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every row."""

    text: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of several that is not blank."""

    sources: tuple["Source", ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """Several texts one behind the other, blank where one of them is."""

    sources: tuple["Source", ...]
    between: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What `take` gives in the row of `object_name` whose id `by` gives; blank where there is no such row."""

    object_name: str
    by: "Source"
    take: "Source"
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum over the items of a list; 0 for a blank list."""

    list_name: str
    item: FromField
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RestOf:
    """An amount less others, of which a blank one is 0."""

    amount: "Source"
    less: tuple["Source", ...]
    place: Place = field(default=NOWHERE, compare=False)


Source: TypeAlias = FromField | Constant | FirstOf | Joined | LookedUp | SumOf | RestOf
#: A field that is read, with the object that it is of and the source that reads it.
Read: TypeAlias = tuple[str, str, Source]


def fields_read(source: Source, object_name: str) -> Iterator[Read]:
    """Yield each field that a source reads, of a list the list's own name; rows that are looked up come first."""
    match source:
        case FromField():
            if not source.of_item:
                yield object_name, source.name, source
        case Constant():
            pass
        case FirstOf(sources) | Joined(sources):
            for one in sources:
                yield from fields_read(one, object_name)
        case LookedUp():
            yield from fields_read(source.take, source.object_name)
            yield from fields_read(source.by, object_name)
        case SumOf():
            yield object_name, source.list_name, source
        case RestOf():
            for one in (source.amount, *source.less):
                yield from fields_read(one, object_name)
        case _:
            assert_never(source)


def named(source: Source) -> str:
    """Return what a source reads, in words for a reason."""
    match source:
        case FromField(name=name, part=part):
            return f"{name}.{part}" if part else name
        case Constant(text=text):
            return text
        case FirstOf(sources) | Joined(sources):
            return " or ".join(named(one) for one in sources)
        case LookedUp():
            return f"{source.object_name}.{named(source.take)}"
        case SumOf():
            return source.list_name
        case RestOf():
            return named(source.amount)
        case _:
            assert_never(source)
