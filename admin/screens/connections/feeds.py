"""A mapping as tables: each feed with its columns, where they come from, and what checking found at them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from admin.screens.connections.words import TABLES, Titles, column_called, condition_said, source_said
from policy_service.connectors.mapping.checks import findings_of
from policy_service.connectors.mapping.mapping import ConnectorMapping, Feed, columns_of
from policy_service.connectors.mapping.sources import FirstOf, FromField, Joined, LookedUp, RestOf, Source, SumOf
from policy_service.domain.errors import Place
from policy_service.domain.findings import Finding
from policy_service.ledger.columns import COLUMNS
from policy_service.services.connections.discovering import Discovery


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of the ledger and where it comes from; `is_name` if that is a field's name and no words beside it."""

    name: str
    called: str
    source: str
    is_name: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A feed by its number in the mapping; `addable` are the columns that nothing fills yet."""

    number: int
    feed: Feed
    title: str
    table: str
    conditions: tuple[str, ...]
    columns: tuple[ColumnShown, ...]
    findings: tuple[Finding, ...]
    addable: tuple[tuple[str, str], ...]
    takes_any: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A whole mapping; `further` are findings that stand at no feed. Nothing is checked before something was seen."""

    feeds: tuple[FeedShown, ...]
    further: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    is_checked: bool


def shown(mapping: ConnectorMapping, found: Discovery | None) -> Shown:
    """Return a mapping, checked against what was seen over there."""
    findings = findings_of(mapping, found.fields) if found else ()
    titles = titles_of(found)
    names = {one.name: one.title for one in found.objects} if found else {}
    left = list(findings)
    feeds = tuple(
        _feed(number, feed, names.get(feed.object_name, ""), titles, left) for number, feed in enumerate(mapping.feeds)
    )
    return Shown(feeds, tuple(left), findings, found is not None)


def titles_of(found: Discovery | None) -> Titles:
    """Return what fields are called over there."""
    fields = found.fields if found else {}
    return {(name, each.name): each.title for name, several in fields.items() for each in several}


def _feed(number: int, feed: Feed, title: str, titles: Titles, left: list[Finding]) -> FeedShown:
    columns = tuple(_column(name, source, feed.object_name, titles, left) for name, source in feed.columns.items())
    conditions = tuple(condition_said(one, feed.object_name, titles) for one in feed.conditions)
    at_feed = (feed.place, *(place for one in feed.conditions for place in (one.place, *_places(one.source))))
    addable = tuple((name, column_called(name)) for name in columns_of(feed.table) if name not in feed.columns)
    return FeedShown(
        number,
        feed,
        title if title != feed.object_name else "",
        str(TABLES[feed.table]),
        conditions,
        columns,
        _taken(left, at_feed),
        addable,
        COLUMNS[feed.table].keeps_further_columns,
    )


def _column(name: str, source: Source, object_name: str, titles: Titles, left: list[Finding]) -> ColumnShown:
    said = source_said(source, object_name, titles)
    is_name = isinstance(source, FromField) and said == source.name
    return ColumnShown(name, column_called(name), said, is_name, _taken(left, tuple(_places(source))))


def _taken(left: list[Finding], places: Sequence[Place]) -> tuple[Finding, ...]:
    taken = tuple(one for one in left if one.place in places)
    left[:] = [one for one in left if one not in taken]
    return taken


def _places(source: Source) -> Iterator[Place]:
    yield source.place
    match source:
        case FirstOf(sources) | Joined(sources):
            for one in sources:
                yield from _places(one)
        case LookedUp():
            yield from _places(source.by)
            yield from _places(source.take)
        case SumOf():
            yield source.item.place
        case RestOf():
            for one in (source.amount, *source.less):
                yield from _places(one)
        case _:
            pass
