"""Pages of Zoho CRM: by number up to 2,000 records, from there on by tokens, which expire, up to 100,000."""

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from policy_service.sample_crms.clock import DAY, text
from policy_service.sample_crms.crm.errors import exceeded, invalid
from policy_service.sample_crms.speaking import Asked
from policy_service.sample_crms.table import Key, Row

MOST_BY_PAGE: Final = 2_000
MOST_BY_TOKEN: Final = 100_000
MOST_PER_PAGE: Final = 200
_TOKENS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Place:
    """After which key a page goes on, in which list, and how many records came before."""

    of: str
    after: Key
    seen: int
    page: int
    expires: int


@dataclass(slots=True)
class Tokens:
    """The page tokens that were given out."""

    places: dict[str, _Place] = field(default_factory=dict)

    def give(self, place: _Place) -> str:
        """Return a new token for a place."""
        while len(self.places) >= _TOKENS:
            del self.places[next(iter(self.places))]
        token = secrets.token_hex(20)
        self.places[token] = place
        return token


@dataclass(frozen=True, slots=True)
class Cut:
    """The keys of a page, and its `info`."""

    keys: Sequence[Key]
    info: Row


def per_page(asked: Asked) -> int:
    """Return how many records a page is to have."""
    return between(asked, "per_page", MOST_PER_PAGE, MOST_PER_PAGE)


def cut(tokens: Tokens, keys: Sequence[Key], asked: Asked, of: str, is_descending: bool, now: int) -> Cut:
    """Return the page that is asked for of keys in ascending order; `of` says of what list, in what order."""
    size = per_page(asked)
    token = asked.query.get("page_token")
    if token is None:
        number = between(asked, "page", 1, MOST_BY_TOKEN)
        if number * size > MOST_BY_PAGE:
            raise exceeded("records past 2,000 are got by page_token", param_name="page")
        seen = (number - 1) * size
        begin = min(seen, len(keys))
    else:
        if "page" in asked.query:
            raise invalid("page and page_token cannot be given together", param_name="page_token")
        place = _place(tokens, token, of, now)
        seen, number = place.seen, place.page
        begin = _after(keys, place.after, is_descending)
    if seen >= MOST_BY_TOKEN:
        raise exceeded("no more than 100,000 records are listed", param_name="page_token")
    if is_descending:
        end = len(keys) - begin
        page = keys[max(0, end - size) : end][::-1]
    else:
        page = keys[begin : begin + size]
    seen += len(page)
    has_more = begin + len(page) < len(keys)
    goes_on = bool(page) and has_more and seen < MOST_BY_TOKEN
    expires = now + DAY
    made = tokens.give(_Place(of, page[-1], seen, number + 1, expires)) if goes_on else None
    info: Row = {
        "per_page": size,
        "count": len(page),
        "page": number,
        "more_records": has_more,
        "next_page_token": made,
        "previous_page_token": None,
        "page_token_expiry": text(expires) if made else None,
    }
    return Cut(page, info)


def _place(tokens: Tokens, token: str, of: str, now: int) -> _Place:
    place = tokens.places.get(token)
    if place is None or place.expires <= now:
        raise invalid("the page_token given is unknown or has expired", param_name="page_token")
    if place.of != of:
        raise invalid("the page_token is of another list", param_name="page_token")
    return place


def _after(keys: Sequence[Key], key: Key, is_descending: bool) -> int:
    return len(keys) - bisect_left(keys, key) if is_descending else bisect_right(keys, key)


def between(asked: Asked, name: str, default: int, most: int) -> int:
    """Return the whole number of a parameter, from 1 to `most`; Refusal INVALID_DATA for anything else."""
    written = asked.query.get(name, str(default))
    if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= most:
        raise invalid("the value given is out of range", param_name=name, value=written)
    return int(written)
