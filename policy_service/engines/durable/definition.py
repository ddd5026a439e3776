"""Rules written for durable-rules: each conjunction of bins as equalities and ranges over message properties.

A cell of one bin is an equality of the bin's code; with many such codes in a column the code is written as
digits, so that no node of the engine's tree has more than sixteen children of one property and the cost
of a decision does not grow with the rows. A cell of adjacent bins is a range; any other set of bins gets
a property of its own, 1 inside the set and 0 outside. Where a column has many different sets of a few bins,
the rule is written out for each bin, to be found by equality. The most selective columns come first.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby, product
from math import prod
from typing import Final, TypeAlias

from policy_service.domain.errors import UnsupportedCondition
from policy_service.engines.durable.bins import bits
from policy_service.engines.durable.bounds import EQUALITY, MOST_PROPERTIES, Condition, RuleTree, free_names
from policy_service.engines.durable.native import CATCH_ALL, DISCRIMINATOR, MESSAGE_HEAD

BASE: Final = 16
#: Sets of so many bins are written out, as long as a rule does not become more than so many.
_FEW_BINS: Final = 4
_FEW_RULES: Final = 16
LAST: Final = 65_000
_ALWAYS: Final[Condition] = (DISCRIMINATOR, EQUALITY, 1)


@dataclass(frozen=True, slots=True)
class Code:
    """The property that holds a reading's bin."""

    reading: int

    def of(self, code: int) -> int:
        """Return the property's value for a bin."""
        return code


@dataclass(frozen=True, slots=True)
class Digit:
    """The property that holds one digit of a reading's bin, the lowest at place 0."""

    reading: int
    place: int

    def of(self, code: int) -> int:
        """Return the property's value for a bin."""
        digit: int = code // BASE**self.place % BASE
        return digit


@dataclass(frozen=True, slots=True)
class Within:
    """The property that says whether a reading's bin is in a set."""

    reading: int
    bins: int

    def of(self, code: int) -> int:
        """Return the property's value for a bin."""
        return self.bins >> code & 1


Property: TypeAlias = Code | Digit | Within
_Asked: TypeAlias = tuple[Property, str, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule to be: its name, its place among the rules, and the bins it covers of each reading."""

    name: str
    order: int
    bins: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """A ruleset ready for the engine; `fragments` hold, per reading and bin, its part of the message."""

    definition: str
    rules: int
    stack_bound: int
    fragments: tuple[tuple[int, tuple[str, ...]], ...]

    def message(self, codes: Sequence[int]) -> str:
        """Return the message for the bins of all readings."""
        return MESSAGE_HEAD + "".join([parts[codes[reading]] for reading, parts in self.fragments]) + "}"

    def first_message(self) -> str:
        """Return a message of unknowns, to decide first when the ruleset is made."""
        return MESSAGE_HEAD + "".join([parts[0] for _, parts in self.fragments]) + "}"


def write(rules: Sequence[Rule], bin_counts: Sequence[int]) -> tuple[Written, ...]:
    """Return the rules as few rulesets (none for no rules), each within every limit of the engine.

    A rule that is written out for several bins keeps its name; the others are called `name.1`, `name.2`, ...
    At most one of them matches. UnsupportedCondition if a single rule exceeds a limit.
    """
    if not rules:
        return ()
    rules = list(_written_out(rules))
    writer = _Writer(rules, bin_counts)
    asked = sorted(((writer.conditions(rule), rule) for rule in rules), key=lambda pair: writer.sort_key(pair[0]))
    drafts = [_Draft()]
    for conditions, rule in asked:
        if not drafts[-1].takes(conditions, rule):
            drafts.append(_Draft())
            if not drafts[-1].takes(conditions, rule):
                raise UnsupportedCondition(
                    "E012", f"Row {rule.name} tests too much for the rule engine.", remedy="Split it into several rows."
                )
    return tuple(draft.written(bin_counts) for draft in drafts)


def _written_out(rules: Sequence[Rule]) -> Iterator[Rule]:
    sets: dict[int, set[int]] = {}
    for rule in rules:
        for reading, bins in rule.bins.items():
            if 1 < bins.bit_count() <= _FEW_BINS:
                sets.setdefault(reading, set()).add(bins)
    listed = {(reading, bins) for reading, found in sets.items() if len(found) > BASE for bins in found}
    for rule in rules:
        single = [[1 << one for one in bits(each[1])] if each in listed else [each[1]] for each in rule.bins.items()]
        if prod(map(len, single)) > _FEW_RULES:
            yield rule
            continue
        for number, chosen in enumerate(product(*single)):
            name = f"{rule.name}.{number}" if number else rule.name
            yield Rule(name, rule.order, dict(zip(rule.bins, chosen, strict=True)))


class _Writer:
    def __init__(self, rules: Sequence[Rule], bin_counts: Sequence[int]) -> None:
        self._counts = bin_counts
        single: dict[int, Counter[int]] = {}
        for rule in rules:
            for reading, bins in rule.bins.items():
                if bins.bit_count() == 1:
                    single.setdefault(reading, Counter())[bins] += 1
        self._wide = {reading for reading, codes in single.items() if len(codes) > BASE}
        selective = sorted(single, key=lambda reading: (-_selectivity(single[reading]), reading))
        self._rank = {reading: place for place, reading in enumerate(selective)}

    def conditions(self, rule: Rule) -> tuple[_Asked, ...]:
        asked = [one for reading, bins in rule.bins.items() for one in self._asked(reading, bins)]
        return tuple(sorted(asked, key=self._key))

    def sort_key(self, asked: tuple[_Asked, ...]) -> list[tuple[int, ...]]:
        return [self._key(one) for one in asked]

    def _asked(self, reading: int, bins: int) -> Iterator[_Asked]:
        every_bin = (1 << self._counts[reading]) - 1
        low, high = (bins & -bins).bit_length() - 1, bins.bit_length() - 1
        if bins == every_bin:
            return
        if low == high:
            yield from self._equal(reading, low)
        elif bins == (1 << high + 1) - (1 << low):
            if low:
                yield Code(reading), "$gte", low
            if high < self._counts[reading] - 1:
                yield Code(reading), "$lte", high
        else:
            yield Within(reading, bins), EQUALITY, 1

    def _equal(self, reading: int, code: int) -> Iterator[_Asked]:
        if reading not in self._wide:
            yield Code(reading), EQUALITY, code
            return
        for place in range(_digits(self._counts[reading])):
            digit = Digit(reading, place)
            yield digit, EQUALITY, digit.of(code)

    def _key(self, asked: _Asked) -> tuple[int, ...]:
        property_, operator, value = asked
        rank = self._rank.get(property_.reading, len(self._rank) + property_.reading)
        match property_:
            case Digit():
                return 0, rank, -property_.place, value
            case Code() if operator == EQUALITY:
                return 0, rank, 0, value
            case Within():
                return 1, rank, property_.bins, value
            case Code():
                return 2, rank, int(operator == "$lte"), value


class _Draft:
    def __init__(self) -> None:
        self._tree = RuleTree()
        self._tree.takes([_ALWAYS])
        self._rules: list[tuple[Rule, list[Condition]]] = []
        self._names: dict[Property, str] = {}
        self._free = iter(free_names(_letters()))

    def takes(self, asked: Sequence[_Asked], rule: Rule) -> bool:
        new = [property_ for property_ in dict.fromkeys(one[0] for one in asked) if property_ not in self._names]
        if len(self._names) + len(new) > MOST_PROPERTIES:
            return False
        self._names.update(zip(new, self._free, strict=False))
        conditions = [_ALWAYS, *((self._names[property_], operator, value) for property_, operator, value in asked)]
        if self._tree.takes(conditions):
            self._rules.append((rule, conditions))
            return True
        for property_ in new:
            del self._names[property_]
        return False

    def written(self, bin_counts: Sequence[int]) -> Written:
        ordered = sorted(self._rules, key=lambda pair: pair[0].order)
        rules = {rule.name: _rule(conditions, priority) for priority, (rule, conditions) in enumerate(ordered, 1)}
        rules[CATCH_ALL] = _rule([_ALWAYS], LAST)
        return Written(
            definition=json.dumps(rules, separators=(",", ":")),
            rules=len(ordered),
            stack_bound=self._tree.stack_bound,
            fragments=tuple(self._fragments(bin_counts)),
        )

    def _fragments(self, bin_counts: Sequence[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
        for reading, properties in groupby(sorted(self._names, key=_reading), key=_reading):
            named = [(self._names[property_], property_) for property_ in properties]
            yield (
                reading,
                tuple(
                    "".join([f',"{name}":{property_.of(code)}' for name, property_ in named])
                    for code in range(bin_counts[reading])
                ),
            )


def _rule(conditions: Sequence[Condition], priority: int) -> dict[str, object]:
    written = [
        {name: value} if operator == EQUALITY else {operator: {name: value}} for name, operator, value in conditions
    ]
    return {"pri": priority, "all": [{"m": {"$and": written}}]}


def _reading(property_: Property) -> int:
    return property_.reading


def _selectivity(codes: Counter[int]) -> int:
    return len(codes) * codes.total()


def _digits(codes: int) -> int:
    places = 1
    while BASE**places < codes:
        places += 1
    return places


def _letters() -> Iterator[str]:
    for length in count(1):
        for letters in product("abcdefghijklmnopqrsuvwxyz", repeat=length):
            yield "".join(letters)
