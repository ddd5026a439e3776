"""Find facts that lie in a region: the proof that a finding can really happen, and its example."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.domain.values import SMALLEST, UNKNOWN, UNLIMITED, Kind, is_representable, scale
from policy_service.language.feel.expressions import Expression, Name, NameSource
from policy_service.linter.regions.axes import Axis, Bin, Side
from policy_service.linter.regions.evaluation import evaluate
from policy_service.linter.regions.grid import Box, bits
from policy_service.linter.regions.knowledge import Knowledge
from policy_service.linter.regions.ranges import Range, divided, point
from policy_service.linter.regions.trees import names_in

_MOST_TRIED: Final = 4_000
#: Facts that follow from others, so that they cannot be set apart from them.
_DERIVED: Final = frozenset({"headroom", "utilisation"})
_THEIR_SOURCES: Final = frozenset({"exposure", "credit_limit", "open_balance", "open_orders"})


@dataclass(frozen=True, slots=True)
class _Side:
    axis: Axis
    bins: tuple[Bin, ...]

    @property
    def names(self) -> frozenset[Name]:
        return _inputs(self.axis.column.expression, *self.axis.moving)


def witness(box: Box, axes: Sequence[Axis], knowledge: Knowledge) -> Mapping[str, int] | None:
    """Return values of the facts read, by name, that lie in the box; None if none was found.

    A column that the box leaves open is not looked at. Facts that follow from each other by definition
    (headroom from exposure and limit) are never said to lie anywhere together.
    """
    sides = _sides_of(box, axes)
    names = sorted({name for side in sides for name in side.names}, key=lambda name: _order(name, sides))
    spelled = {name.name.removeprefix("group.") for name in names}
    if spelled & _DERIVED and spelled & _THEIR_SOURCES:
        return None
    search = _Search(knowledge, sides, tuple(names), [_MOST_TRIED])
    found = next(search.extended({}), None)
    return None if found is None else {name.name: found[name] for name in sorted(found, key=lambda name: name.name)}


def lies_in(box: Box, axes: Sequence[Axis], knowledge: Knowledge, values: Mapping[str, int]) -> bool:
    """Return whether facts, by name, lie in the box; one that is absent is unknown."""
    sides = _sides_of(box, axes)
    chosen = {name: values.get(name.name, UNKNOWN) for side in sides for name in side.names}
    search = _Search(knowledge, sides, tuple(chosen), [0])
    return all(search.holds(side, chosen) for side in sides)


def _sides_of(box: Box, axes: Sequence[Axis]) -> tuple[_Side, ...]:
    return tuple(
        _Side(axis, tuple(axis.bins[number] for number in bits(mask)))
        for mask, axis in zip(box, axes, strict=True)
        if mask != axis.every_bin
    )


def _inputs(*expressions: Expression) -> frozenset[Name]:
    return frozenset(name for name in names_in(*expressions) if name.source is not NameSource.PARAMETER)


def _order(name: Name, sides: Sequence[_Side]) -> tuple[bool, str]:
    # End points first: the column can then be solved for them.
    return (not any(name in _inputs(*side.axis.moving) for side in sides), name.name)


@dataclass(frozen=True, slots=True)
class _Search:
    knowledge: Knowledge
    sides: tuple[_Side, ...]
    names: tuple[Name, ...]
    tries_left: list[int]

    def extended(self, chosen: Mapping[Name, int]) -> Iterator[Mapping[Name, int]]:
        if len(chosen) == len(self.names):
            yield chosen
            return
        name = self.names[len(chosen)]
        for value in dict.fromkeys(self.candidates(name, chosen)):
            self.tries_left[0] -= 1
            if self.tries_left[0] < 0:
                return
            tried = {**chosen, name: value}
            if all(self.holds(side, tried) for side in self.sides if name in side.names and side.names <= set(tried)):
                yield from self.extended(tried)

    def candidates(self, name: Name, chosen: Mapping[Name, int]) -> Iterator[int]:
        domain = self.knowledge.ranges.get(name, Range(SMALLEST, UNLIMITED, unknown=True))
        for value in self.wanted(name, chosen, domain):
            if value == UNKNOWN:
                if domain.unknown:
                    yield value
            elif domain.low <= value <= domain.high and (is_representable(value) or value == UNLIMITED):
                yield value

    def wanted(self, name: Name, chosen: Mapping[Name, int], domain: Range) -> Iterator[int]:
        for side in self.sides:
            if name in _inputs(side.axis.column.expression) and side.names <= {*chosen, name}:
                yield from self.solved(side, name, chosen)
        if name.kind is Kind.CATEGORY:
            yield from self.knowledge.closed.get(name.name, {len(self.knowledge.policy.vocabulary): ""})
            yield from range(len(self.knowledge.policy.vocabulary))
        unit = scale(name.kind, self.knowledge.policy.currency)
        yield from (0, unit, 100 * unit, 10_000 * unit, domain.low, 1, -unit, domain.high, UNKNOWN)

    def solved(self, side: _Side, name: Name, chosen: Mapping[Name, int]) -> Iterator[int]:
        targets = [target for each in side.bins for target in self.targets(side, each, chosen)]
        if side.axis.column.expression == name:
            yield from targets
            return
        unit = scale(name.kind, self.knowledge.policy.currency)
        start = self.value(side.axis.column.expression, {**chosen, name: 0}).single
        step = self.value(side.axis.column.expression, {**chosen, name: unit}).single
        if start is not None and step is not None and step != start:
            yield from (divided((target - start) * unit, step - start) for target in targets if target != UNKNOWN)

    def targets(self, side: _Side, each: Bin, chosen: Mapping[Name, int]) -> Iterator[int]:
        if each.is_unknown:
            yield UNKNOWN
            return
        for where, end in zip(each.sides, side.axis.moving, strict=True):
            value = self.value(end, chosen).single
            if value is not None and where is not Side.UNKNOWN:
                yield value + int(where)
        yield from (_plain(each.low, each.high), each.low, each.high, (each.low + each.high) // 2)

    def value(self, expression: Expression, chosen: Mapping[Name, int]) -> Range:
        points = {name: point(value) for name, value in chosen.items()}
        return evaluate(expression, {**self.knowledge.ranges, **points})

    def holds(self, side: _Side, chosen: Mapping[Name, int]) -> bool:
        value = self.value(side.axis.column.expression, chosen)
        single = value.single
        if single is None:
            return any(each.is_unknown for each in side.bins) if value.is_empty else False
        return any(each.low <= single <= each.high and self.fits(side, each, single, chosen) for each in side.bins)

    def fits(self, side: _Side, each: Bin, value: int, chosen: Mapping[Name, int]) -> bool:
        for where, end in zip(each.sides, side.axis.moving, strict=True):
            bound = self.value(end, chosen).single
            if bound is None:
                if where is not Side.UNKNOWN:
                    return False
            elif side.axis.kind is Kind.CATEGORY:
                if (where is Side.AT) != (value == bound) or where is Side.UNKNOWN:
                    return False
            elif int(where) != (value > bound) - (value < bound):
                return False
        return True


def _plain(low: int, high: int) -> int:
    # The value nearest to zero reads best in an example.
    return low if low > 0 else min(high, 0)
