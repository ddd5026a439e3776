"""The hard limits of the rule engine, checked before it can hang or crash on them.

Rules share the conditions they begin with, so they form a tree. The engine walks it with a stack of 64
places and refuses the message that needs one more. At a node it takes one place off and puts one on for
each child that holds; equalities of one property count once, as no value equals two. So a node of k such
children never needs more than max(k, k - 1 + the most that a child needs).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

MOST_ON_STACK: Final = 64
MOST_CONDITIONS_AT_NODE: Final = 511
MOST_RULES_ON_CHAIN: Final = 255
MOST_RULES: Final = 4_000
MOST_PROPERTIES: Final = 240

#: Property, operator and value; the operator "" is equality.
Condition: TypeAlias = tuple[str, str, int]
EQUALITY: Final = ""

_FNV_BASIS: Final = 2_166_136_261
_FNV_PRIME: Final = 16_777_619
#: Names to which the engine itself gives a meaning.
RESERVED_NAMES: Final = (
    "id", "sid", "$s", "$i", "$m", "$l", "$r", "$forward", "$and", "$or", "$eq", "$neq", "$lt", "$lte", "$gt", "$gte",
    "$ex", "$nex", "$mt", "$imt", "$iall", "$iany", "$add", "$sub", "$mul", "$div", "all", "any", "pri", "count", "cap",
    "dist", "name", "$timerName", "$baseTime", "$time",
)  # fmt: skip


@dataclass(slots=True)
class Node:
    """A condition with those that follow it: part of the tree in which rules share their beginnings."""

    children: dict[Condition, "Node"] = field(default_factory=dict)
    equal_properties: set[str] = field(default_factory=set)
    ranges: int = 0
    deepest: int = 0
    rules: int = 0

    def stack(self, *, more: int = 0, deepest: int = 0) -> int:
        """Return the places this node needs on the stack, also with `more` children or a deeper one."""
        held = len(self.equal_properties) + self.ranges + more
        return max(held, held - 1 + max(self.deepest, deepest), 0)


class RuleTree:
    """The tree that some rules make, grown rule by rule as long as every limit holds."""

    def __init__(self) -> None:
        self._root = Node()
        self.rules = 0

    @property
    def stack_bound(self) -> int:
        """The most places on the stack that any message can need."""
        return self._root.stack()

    def takes(self, conditions: Sequence[Condition]) -> bool:
        """Add a rule of these conditions if all limits still hold; say whether it was added."""
        path = self._path(conditions)
        if self.rules == MOST_RULES or not self._fits(path, conditions):
            return False
        self._add(path, conditions)
        return True

    def _path(self, conditions: Sequence[Condition]) -> list[Node]:
        path = [self._root]
        for condition in conditions:
            child = path[-1].children.get(condition)
            if child is None:
                break
            path.append(child)
        return path

    def _fits(self, path: Sequence[Node], conditions: Sequence[Condition]) -> bool:
        last = path[-1]
        new = conditions[len(path) - 1 :]
        if not new:
            return last.rules < MOST_RULES_ON_CHAIN
        if len(last.children) == MOST_CONDITIONS_AT_NODE:
            return False
        need = last.stack(more=_places(last, new[0]), deepest=int(len(new) > 1))
        for node in reversed(path[:-1]):
            need = node.stack(deepest=need)
        return need <= MOST_ON_STACK

    def _add(self, path: list[Node], conditions: Sequence[Condition]) -> None:
        for condition in conditions[len(path) - 1 :]:
            node = path[-1]
            if condition[1] == EQUALITY:
                node.equal_properties.add(condition[0])
            else:
                node.ranges += 1
            node.children[condition] = Node()
            path.append(node.children[condition])
        path[-1].rules += 1
        self.rules += 1
        need = 0
        for node in reversed(path):
            node.deepest = max(node.deepest, need)
            need = node.stack()


def _places(node: Node, condition: Condition) -> int:
    return 0 if condition[1] == EQUALITY and condition[0] in node.equal_properties else 1


def fnv_hash(name: str) -> int:
    """Return the 32-bit hash by which the engine tells names apart: FNV-1a over UTF-8."""
    value = _FNV_BASIS
    for byte in name.encode():
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value


def colliding(names: Iterable[str]) -> tuple[str, str] | None:
    """Return two names that the engine would take for one, reserved ones included; None if there are none."""
    seen: dict[int, str] = {fnv_hash(name): name for name in RESERVED_NAMES}
    for name in names:
        other = seen.setdefault(fnv_hash(name), name)
        if other != name or name in RESERVED_NAMES:
            return other, name
    return None


def free_names(candidates: Iterable[str]) -> Iterable[str]:
    """Yield those candidates that collide neither with a reserved name nor with one yielded before."""
    taken = {fnv_hash(name) for name in RESERVED_NAMES}
    for name in candidates:
        hashed = fnv_hash(name)
        if hashed not in taken:
            taken.add(hashed)
            yield name
