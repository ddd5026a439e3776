"""Who is at the top of whose group, by parents."""

from collections.abc import Iterator, Mapping


def roots_of(parents: Mapping[str, str]) -> Mapping[str, str]:
    """Return the root of each customer; every parent is empty or itself a customer, a circular one read as none."""
    circular = circular_in(parents)
    return _roots({name: "" if name in circular else parent for name, parent in parents.items()})


def circular_in(parents: Mapping[str, str]) -> frozenset[str]:
    """Return the customers that are above themselves."""
    circular: set[str] = set()
    done: set[str] = set()
    for name in parents:
        path = dict.fromkeys(_ascent(name, parents, done))
        last = parents.get(next(reversed(path), ""), "")
        if last in path:
            ascent = list(path)
            circular.update(ascent[ascent.index(last) :])
        done.update(path)
    return frozenset(circular)


def _ascent(name: str, parents: Mapping[str, str], done: set[str]) -> Iterator[str]:
    seen = set[str]()
    while name in parents and name not in done and name not in seen:
        seen.add(name)
        yield name
        name = parents[name]


def _roots(parents: Mapping[str, str]) -> Mapping[str, str]:
    roots: dict[str, str] = {}
    for name in parents:
        path = []
        top = name
        while top not in roots and parents[top]:
            path.append(top)
            top = parents[top]
        roots.update(dict.fromkeys((*path, top), roots.get(top, top)))
    return roots
