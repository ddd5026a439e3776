"""What every system can be asked for that customers, invoices and receipts come from, whatever its protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from policy_service.domain.instants import Instant

#: A value as the other system gave it: money may be text or number, an id may be either.
Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
#: The fields of a row by their names over there.
Body: TypeAlias = Mapping[str, Json]
#: The field of a row that could not be read as one: it says why, and nothing is made of the row.
BROKEN: Final = "#broken"


class System(StrEnum):
    """A kind of system that can be connected; a company may connect several of a kind."""

    FXIAOKE = "fxiaoke"
    ZOHO_CRM = "zoho_crm"
    ZOHO_BOOKS = "zoho_books"
    DROP_FOLDER = "drop_folder"


#: Systems in which `assign` finds what was handed over before by its key, and does not make it a second time.
FINDS_TASKS: Final = frozenset({System.ZOHO_CRM})


class FieldKind(StrEnum):
    """What a field holds, as far as a mapping needs to know; `TEXT` where the system does not say."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    CHOICE = "choice"
    REFERENCE = "reference"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """A kind of row over there, such as Invoices or PaymentPlanObj; `title` is what its users call it."""

    name: str
    title: str
    is_custom: bool = False


@dataclass(frozen=True, slots=True)
class RemoteField:
    """A field of an object; `choices` are the values of a choice, `refers_to` the object that a reference names.

    `parts` are the fields of the rows in a list.
    """

    name: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    parts: tuple["RemoteField", ...] = ()
    is_writable: bool = True


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """A row as it is over there; of one that was deleted only the id and when it was are known.

    `changed_at` is in microseconds. The body has every field that was asked for as the system gave it: what blanks,
    texts and instants mean is for the mapping to say.
    """

    row_id: str
    changed_at: Instant
    body: Body = field(default_factory=dict)
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which object is pulled, and which of its fields (of a list the list's own name)."""

    object_name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what has changed, and from where to go on.

    `cursor` is text that only the connector reads, kept together with the rows, so that a pull goes on after a
    crash with the very next page. With `is_last` nothing is left for now: the next pull begins at that cursor, and
    may bring rows once more that were brought before (an overlap); it never leaves one out.

    A system that does not tell of deletions is listed whole from time to time. `listing` names the listing that a
    page belongs to, "" for none; the rows of the page are there, and so are the rows named in `listed`, which come
    without their bodies. With `ends_listing` every row of the object that no page of this listing has named is gone.
    """

    rows: tuple[RemoteRow, ...]
    cursor: str
    is_last: bool
    listing: str = ""
    listed: tuple[str, ...] = ()
    ends_listing: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of one row that are to have these values."""

    row_id: str
    values: Body


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody over there is to do about a row; `key` is the same whenever it is sent again.

    `owner` is an id of theirs, none for the owner of the row; `due` is a day in ISO format.
    """

    key: str
    about_object: str
    about_row: str
    subject: str
    text: str
    due: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one change or task; `code` and `message` are the system's own words where it was refused."""

    row_id: str
    is_done: bool
    code: str = ""
    message: str = ""


class Connector(Protocol):
    """One system of one company; errors are ConnectorError, those that pass by themselves are `is_passing`."""

    def check(self) -> str:
        """Sign in, and return what the connection reaches in words: an organisation, a user, a folder."""

    def objects(self) -> tuple[RemoteObject, ...]:
        """Return what can be pulled."""

    def fields(self, object_name: str) -> tuple[RemoteField, ...]:
        """Return the fields of an object."""

    def page(self, wanted: Wanted, cursor: str) -> Page:
        """Return the next rows after `cursor`, in which deleted ones are told too; "" begins with the first."""

    def write(self, object_name: str, changes: Sequence[Change]) -> tuple[Written, ...]:
        """Change rows, without starting workflows over there, and return what became of each, in order."""

    def assign(self, tasks: Sequence[Task]) -> tuple[Written, ...]:
        """Hand over tasks (where the system has none, messages), and return what became of each, in order."""
