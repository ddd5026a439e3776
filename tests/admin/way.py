"""Which pages a walk over every screen opens: found once, by the links of pages as they are sent, and then divided.

What a script draws is not seen that way: whoever opens the pages in a browser asks `Way.misses` about their links.
"""

import fcntl
import json
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

#: Pages of one kind look alike: so many of each are opened.
OF_A_KIND: Final = 2
#: Of one place, whatever it is asked for: lists can be asked in a hundred ways.
OF_A_PLACE: Final = 4
#: What of an address says which form is shown: each is a place of its own.
FORMS: Final = frozenset({"part", "kind", "connection_name"})


@dataclass(frozen=True, slots=True)
class Stop:
    """A page that is opened; the first of its kind is looked at more closely."""

    path: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The pages in the order in which they were found, and how often each place and kind was met."""

    places: MapAdapter
    stops: Sequence[Stop]
    met: Mapping[str, int]

    def misses(self, paths: Iterable[str]) -> Iterator[str]:
        """Return which of these pages are like none that is opened."""
        for path in paths:
            place, kind = _kind(self.places, path)
            if not self.met.get(kind) and self.met.get(place, 0) < OF_A_PLACE:
                yield path

    def screens(self) -> frozenset[str]:
        """Return the names of the screens that are opened."""
        return frozenset(_screen(self.places, stop.path)[0] for stop in self.stops)


def way_from(begin: Collection[str], places: MapAdapter, links_of: Callable[[str], Iterable[str]]) -> Way:
    """Return the way that begins with these pages and goes on by the links of each."""
    ahead, stops, met = deque(begin), dict[str, Stop](), Counter[str]()
    while ahead:
        path = ahead.popleft()
        place, kind = _kind(places, path)
        if path in stops or met[kind] >= OF_A_KIND or met[place] >= OF_A_PLACE:
            continue
        met.update({place, kind})
        stops[path] = Stop(path, is_first=met[kind] == 1)
        ahead.extend(links_of(path))
    return Way(places, tuple(stops.values()), met)


def kept_way(file: Path, places: MapAdapter, find: Callable[[], Way]) -> Way:
    """Return the way that stands in a file; of several processes that ask for it at once one finds it."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            found = find()
            stops = [[stop.path, stop.is_first] for stop in found.stops]
            file.write_text(json.dumps([stops, found.met]), "utf-8")
    stops, met = json.loads(file.read_text("utf-8"))
    return Way(places, tuple(Stop(*stop) for stop in stops), met)


def links_in(html: str, page: str, address: str) -> list[str]:
    """Return where the links of a page lead within an address; what is fetched as a file is no page."""
    reader = _Links()
    reader.feed(html)
    return within((urljoin(page, link) for link in reader.found), address)


def within(links: Iterable[str], address: str) -> list[str]:
    """Return the paths of links that stay within an address."""
    return [link.removeprefix(address).split("#")[0] for link in links if link.startswith(f"{address}/")]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a" and "href" in said and "download" not in said:
            self.found.append(said["href"] or "")


def _kind(places: MapAdapter, path: str) -> tuple[str, str]:
    # Which screen it is and which of its forms, and what the question asks about.
    parts = urlsplit(path)
    endpoint, named = _screen(places, path)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    forms = [f"{name}={value}" for name, value in (*named.items(), *asked) if name in FORMS]
    place = " ".join([endpoint, *forms])
    return place, f"{place}?{'&'.join(name for name, _ in asked)}"


def _screen(places: MapAdapter, path: str) -> tuple[str, Mapping[str, object]]:
    try:
        return places.match(urlsplit(path).path, method="GET")
    except RequestRedirect as other:
        return _screen(places, urlsplit(other.new_url).path)
    except NotFound:
        # Opened all the same, so that it is complained of.
        return path, {}
