"""How two results of one question differ."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_FACTS: Final = "facts"
#: Of these each entry is compared by itself.
_BY_NAME: Final = ("outputs", "hits")


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, object]:
    """Return what differs, by the key of the results: `then` and `now`; nothing for equal results.

    Of outputs and hits each by its name; of facts those that changed, those `newly_read` and those `no_longer_read`.
    """
    found: dict[str, object] = {}
    for key in sorted(then.keys() | now.keys()):
        before, after = then.get(key), now.get(key)
        if before == after:
            continue
        if key == _FACTS:
            found[key] = _of_facts(before or {}, after or {})
        elif key in _BY_NAME:
            found[key] = dict(_by_name(before or {}, after or {}))
        else:
            found[key] = {"then": before, "now": after}
    return found


def _by_name(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield name, {"then": then.get(name), "now": now.get(name)}


def _of_facts(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, object]:
    both = {name: then[name] for name in then.keys() & now.keys()}
    parts = {
        "changed": dict(_by_name(both, {name: now[name] for name in both})),
        "newly_read": {name: now[name] for name in sorted(now.keys() - then.keys())},
        "no_longer_read": sorted(then.keys() - now.keys()),
    }
    return {name: part for name, part in parts.items() if part}
