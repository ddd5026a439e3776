"""Mapping files: how one file with a row per invoice stands for customers, invoices and payments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from policy_service.domain.currencies import currency
from policy_service.domain.errors import LedgerError, PolicyTextError
from policy_service.domain.values import Currency
from policy_service.language.yaml_text.strict_yaml import YamlMapping, YamlNode, read_yaml, text_of_yaml_file
from policy_service.language.yaml_text.yaml_reader import (
    entries,
    fields,
    items,
    refuse,
    remedy_for_unknown,
    text,
    texts,
)
from policy_service.ledger.columns import COLUMNS, Table
from policy_service.ledger.mapped_columns import DATE_FORMATS, ISO_FORMAT, Piece, Source
from policy_service.ledger.reasons import Refusal

_DELIMITERS: Final = (",", ";", "|", "\t")
_WHOLE_AMOUNT: Final = "all"


@dataclass(frozen=True, slots=True)
class UndatedFlag:
    """A column that says yes or no without a date; `count` and `share` name the customer facts it becomes."""

    column: str
    yes: str
    no: str
    count: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class LedgerMapping:
    """How to read a single file; `columns` hold, per table, the source of each ledger column."""

    name: str
    file: str
    columns: Mapping[Table, Mapping[str, Source]]
    base_currency: Currency | None = None
    delimiter: str = ","
    date_format: str = ISO_FORMAT
    flags: tuple[UndatedFlag, ...] = ()
    unread: tuple[str, ...] = field(default=())

    @property
    def columns_read(self) -> frozenset[str]:
        """Every column of the file that has a meaning."""
        sources = (source for table in self.columns.values() for source in table.values())
        return frozenset(name for source in sources for name in source.columns) | {flag.column for flag in self.flags}

    def source_column(self, table: Table, column: str) -> str:
        """Return the name in the file of a ledger column, or the name itself if it comes from nowhere."""
        source = self.columns[table].get(column)
        return str(source) if source else column


def load_mapping(path: Path) -> LedgerMapping:
    """Return the mapping file at `path`; PolicyTextError with its place and remedy if it cannot be read."""
    return read_mapping(text_of_yaml_file(path), path.name)


def read_mapping(written: str, file: str) -> LedgerMapping:
    """Return the mapping in a text, named `file` in places; the errors of `load_mapping`."""
    node = read_yaml(written, file)
    values = fields(
        node,
        "the mapping",
        required=("mapping", "file", "invoices"),
        optional=("payment", "customers", "base_currency", "delimiter", "date_format", "undated_flags", "unread"),
    )
    invoices = _columns(values["invoices"], Table.INVOICES)
    _refuse_missing(node, invoices, COLUMNS[Table.INVOICES].required)
    columns = {Table.CUSTOMERS: {"customer_id": invoices["customer_id"]}, Table.INVOICES: invoices}
    if "customers" in values:
        columns[Table.CUSTOMERS].update(_columns(values["customers"], Table.CUSTOMERS))
    if "payment" in values:
        columns[Table.PAYMENTS] = _payment(values["payment"], invoices)
    return LedgerMapping(
        text(values["mapping"], "mapping"),
        _file(values["file"]),
        columns,
        _base_currency(values),
        _one_of(values, "delimiter", _DELIMITERS),
        _one_of(values, "date_format", tuple(DATE_FORMATS), ISO_FORMAT),
        tuple(_flags(values["undated_flags"])) if "undated_flags" in values else (),
        texts(values["unread"], "unread") if "unread" in values else (),
    )


def _columns(node: YamlNode, table: Table) -> dict[str, Source]:
    known = COLUMNS[table].all
    columns: dict[str, Source] = {}
    for key, value in entries(node, table.value):
        if key.text not in known and not COLUMNS[table].keeps_further_columns:
            found = f'{table.value} has no column "{key.text}".'
            refuse("L041", key.place, found, remedy_for_unknown(key.text, known))
        columns[key.text] = _source(value, key.text)
    return columns


def _source(node: YamlNode, what: str) -> Source:
    if isinstance(node, YamlMapping) and any(key.text == "first_of" for key, _ in node.entries):
        values = fields(node, what, required=("first_of",))
        return Source(tuple(_piece(item, what) for item in items(values["first_of"], what)))
    return Source((_piece(node, what),))


def _piece(node: YamlNode, what: str) -> Piece:
    if not isinstance(node, YamlMapping):
        return Piece(column=text(node, what))
    values = fields(node, what, optional=("column", "prefix", "constant"))
    read = {key: text(value, f"{what}: {key}") for key, value in values.items()}
    if ("constant" in read) == ("column" in read) or ("prefix" in read and "column" not in read):
        raise LedgerError(
            Refusal.FAULTY_MAPPING,
            f"{what} is neither a column nor a constant.",
            place=node.place,
            remedy="Write {column: ..., prefix: ...} or {constant: ...}.",
        )
    return Piece(**read)


def _payment(node: YamlNode, invoices: Mapping[str, Source]) -> dict[str, Source]:
    values = fields(node, "payment", required=("date",), optional=("amount", "payment_id"))
    payment_id = _source(values["payment_id"], "payment_id") if "payment_id" in values else invoices["invoice_id"]
    amount = invoices["amount"]
    if "amount" in values and text(values["amount"], "amount") != _WHOLE_AMOUNT:
        amount = _source(values["amount"], "amount")
    return {
        "payment_id": payment_id,
        "date": _source(values["date"], "date"),
        "amount": amount,
        "invoice_id": invoices["invoice_id"],
    }


def _flags(node: YamlNode) -> Iterator[UndatedFlag]:
    for item in items(node, "undated_flags"):
        values = fields(item, "a flag", required=("column", "set", "clear"), optional=("count", "share"))
        read = {key: text(value, f"flag: {key}") for key, value in values.items()}
        yield UndatedFlag(read["column"], read["set"], read["clear"], read.get("count", ""), read.get("share", ""))


def _file(node: YamlNode) -> str:
    name = text(node, "file")
    if "/" in name or "\\" in name or name in (".", ".."):
        remedy = "Write the name only; the folder is given with the import."
        raise LedgerError(Refusal.FAULTY_MAPPING, "file is a path.", place=node.place, remedy=remedy)
    return name


def _base_currency(values: Mapping[str, YamlNode]) -> Currency | None:
    if "base_currency" not in values:
        return None
    return currency(text(values["base_currency"], "base_currency"), values["base_currency"].place)


def _one_of(values: Mapping[str, YamlNode], key: str, known: tuple[str, ...], default: str = ",") -> str:
    if key not in values:
        return default
    found = text(values[key], key) if key != "delimiter" else _delimiter(values[key])
    if found not in known:
        refuse("L052", values[key].place, f'{key} is "{found}".', remedy_for_unknown(found, known))
    return found


def _delimiter(node: YamlNode) -> str:
    return {"tab": "\t"}.get(text(node, "delimiter"), text(node, "delimiter"))


def _refuse_missing(node: YamlNode, columns: Mapping[str, Source], required: tuple[str, ...]) -> None:
    for name in required:
        if name not in columns:
            raise PolicyTextError(
                "L042", f'invoices lacks the key "{name}".', place=node.place, remedy=f"Add {name}: ..."
            )
