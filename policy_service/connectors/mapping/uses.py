"""Every place of a mapping at which a field of another system is read, and as what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from policy_service.connectors.mapping.mapping import Feed
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
)
from policy_service.domain.errors import Place


@dataclass(frozen=True, slots=True)
class Use:
    """A field of `object_name` that is read as `form`; with `list_name` a field of the items of that list.

    No form stands for a list as a whole. `looks_up` is the object whose id it is. `words` are texts that the mapping
    expects there. `is_condition` says that a choice of several may stand there too, `is_spare` that there is another
    to take.
    """

    object_name: str
    name: str
    form: Form | None
    place: Place
    part: str = ""
    list_name: str = ""
    looks_up: str = ""
    words: tuple[str, ...] = ()
    is_condition: bool = False
    is_spare: bool = False


def uses(feed: Feed) -> Iterator[Use]:
    """Yield every field that a feed reads, in its order."""
    if feed.each:
        yield Use(feed.object_name, feed.each, None, feed.place)
    for condition in feed.conditions:
        for use in _of(condition.source, feed.object_name, Form.TEXT, feed.each):
            is_said = use.place == condition.source.place
            yield replace(use, is_condition=True, words=condition.words if is_said and not use.words else use.words)
    for column, source in feed.columns.items():
        yield from _of(source, feed.object_name, form_of(feed.table, column), feed.each)


def _of(source: Source, object_name: str, form: Form, each: str) -> Iterator[Use]:
    match source:
        case FromField():
            yield _of_field(source, object_name, form, each)
        case Constant():
            pass
        case FirstOf(sources):
            for use in _of_all(sources, object_name, form, each):
                yield replace(use, is_spare=len(sources) > 1)
        case Joined(sources):
            yield from _of_all(sources, object_name, Form.TEXT, each)
        case LookedUp():
            for use in _of(source.by, object_name, Form.TEXT, each):
                yield replace(use, looks_up=source.object_name)
            yield from _of(source.take, source.object_name, form, "")
        case SumOf():
            yield Use(object_name, source.list_name, None, source.place)
            yield from _of(source.item, object_name, Form.AMOUNT, source.list_name)
        case RestOf():
            yield from _of_all((source.amount, *source.less), object_name, Form.AMOUNT, each)
        case _:
            assert_never(source)


def _of_all(sources: Sequence[Source], object_name: str, form: Form, each: str) -> Iterator[Use]:
    for source in sources:
        yield from _of(source, object_name, form, each)


def _of_field(source: FromField, object_name: str, form: Form, each: str) -> Use:
    read_as = source.form or form
    # What a table of words gives is no longer what stands over there.
    if source.values or source.otherwise or source.date_format:
        read_as = Form.TEXT
    list_name = each if source.of_item else ""
    return Use(object_name, source.name, read_as, source.place, source.part, list_name, words=tuple(source.values))
