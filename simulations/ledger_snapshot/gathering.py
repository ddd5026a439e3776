"""A snapshot under way: parts are added as they come and joined in the end, column by column, in order of customer.

So a ledger need not be in memory as a whole: of a part that was added only its columns are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa

from policy_service.domain.entries import CustomerHistory, Rate
from policy_service.domain.values import Currency
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.columns import Column, Groups, Rates, read_only
from simulations.ledger_snapshot.content import content_hash
from simulations.ledger_snapshot.conversions import Conversions
from simulations.ledger_snapshot.group_eras import GroupsUnderWay
from simulations.ledger_snapshot.part import Part, part_of
from simulations.ledger_snapshot.ranks import ranks, ranks_by_kind
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.tables import OF_CUSTOMERS, OF_INVOICES, WORDS, AnyTable
from simulations.ledger_snapshot.texts import Texts, text_column
from simulations.ledger_snapshot.turned import Turned
from simulations.ledger_snapshot.words import WordList

_DIVIDED: Final = {**OF_CUSTOMERS, **OF_INVOICES}
_IDS: Final = ("customer_ids", "invoice_ids", "order_ids", "posting_ids")


class SnapshotUnderWay:
    """The parts so far, and what numbers them through."""

    def __init__(self, currency: Currency, rates: Iterable[Rate], *, has_orders_file: bool) -> None:
        self._currency = currency
        self._has_orders_file = has_orders_file
        self._words = WordList()
        self._conversions = Conversions(currency, rates)
        self._groups = GroupsUnderWay()
        self._ids: dict[str, list[pa.LargeStringArray]] = {name: [] for name in _IDS}
        self._columns: dict[tuple[str, str], list[Column]] = defaultdict(list)
        self._rows: dict[str, int] = dict.fromkeys((*_DIVIDED, *_IDS), 0)
        self._attributes: dict[str, list[tuple[int, Column]]] = defaultdict(list)

    def add(self, histories: Sequence[CustomerHistory]) -> None:
        """Add customers, each for the only time."""
        self._groups.add(histories)
        part = part_of(histories, self._conversions, self._words, has_orders_file=self._has_orders_file)
        for name, column in part.attributes.items():
            self._attributes[name].append((self._rows["versions"], column))
        for table in _DIVIDED:
            self._add_table(table, getattr(part, table))
        self._count(part)

    def snapshot(self, roots: Mapping[str, str] | None = None, quarantined: int = 0) -> Snapshot:
        """Return all that was added; `roots` are those of the groups, if they are known. Nothing can be added after."""
        rates = self._conversions.columns(self._words)
        words, places = self._words.in_order()
        gathered = {name: pa.concat_arrays(parts) if parts else text_column(()) for name, parts in self._ids.items()}
        turned = Turned(gathered["customer_ids"], {table: self._begins(table) for table in _DIVIDED})
        ids = turned.ids(gathered)
        attributes = {
            name: read_only(turned.rows("versions", places[self._attribute(name)])) for name in sorted(self._attributes)
        }
        tables = {table: self._joined(table, kind, places, turned) for table, kind in _DIVIDED.items()}
        customer_ids = Texts(ids["customer_ids"])
        made = Snapshot(
            currency=self._currency,
            hash="",
            has_orders_file=self._has_orders_file,
            quarantined=quarantined,
            customer_ids=customer_ids,
            invoice_ids=Texts(ids["invoice_ids"]),
            order_ids=Texts(ids["order_ids"]),
            words=Texts(text_column(words)),
            attributes=attributes,
            rates=Rates(*map(read_only, rates._replace(currency=places[rates.currency]))),
            groups=Groups(*map(read_only, self._groups.columns(customer_ids, roots))),
            **_ranked(tables, ids),
        )
        return replace(made, hash=content_hash(made))

    def _add_table(self, table: str, columns: AnyTable) -> None:
        for name, column in columns._asdict().items():
            match table, name:
                case _, "begins":
                    part = column[:-1] + self._rows[table]
                case "invoices", "customer":
                    part = column + self._rows["customer_ids"]
                case "invoices", "order":
                    part = np.where(column >= 0, column + self._rows["order_ids"], column)
                case _:
                    part = column
            self._columns[table, name].append(part)

    def _count(self, part: Part) -> None:
        for table in _DIVIDED:
            self._rows[table] += int(getattr(part, table).begins[-1])
        for name in _IDS:
            self._ids[name].append(getattr(part, name))
            self._rows[name] += len(getattr(part, name))

    def _begins(self, table: str) -> Column:
        return np.concatenate([*self._columns.pop((table, "begins"), []), np.array([self._rows[table]])])

    def _attribute(self, name: str) -> Column:
        column = np.zeros(self._rows["versions"], dtype=np.int64)
        for begin, part in self._attributes.pop(name):
            column[begin : begin + len(part)] = part
        return column

    def _joined(self, table: str, kind: type[AnyTable], places: Column, turned: Turned) -> AnyTable:
        columns = [read_only(turned.begins[table])]
        for name in kind._fields[1:]:
            # Of all columns but one the parts are gone by the time it is joined.
            parts = self._columns.pop((table, name), [])
            column = turned.rows(table, np.concatenate([*parts, np.empty(0, dtype=np.int64)]))
            match table, name:
                case "invoices", "customer":
                    column = turned.numbers("customers", column)
                case "invoices", "order":
                    column = turned.numbers("orders", column)
                case place if place in WORDS:
                    column = places[column]
            columns.append(read_only(column))
        return kind(*columns)


def _ranked(tables: Mapping[str, AnyTable], ids: Mapping[str, pa.LargeStringArray]) -> Mapping[str, AnyTable]:
    postings, invoices, orders = tables["postings"], tables["invoices"], tables["orders"]
    of_postings = ranks_by_kind(ids["posting_ids"], postings.kind, list(PostingKind))
    return {
        **tables,
        "postings": postings._replace(rank=read_only(of_postings)),
        "invoices": invoices._replace(rank=read_only(ranks(ids["invoice_ids"]))),
        "orders": orders._replace(rank=read_only(ranks(ids["order_ids"]))),
    }
