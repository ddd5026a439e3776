"""Values, formulas and regions in the words of a manager: "[30..60) days", "A or B", "above credit_limit * 1.05"."""

from collections.abc import Sequence
from typing import Final, assert_never

from policy_service.domain.findings import Span
from policy_service.domain.values import Kind
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.linter.formula_wording import formula_text, value_text
from policy_service.linter.listing import joined
from policy_service.linter.regions.axes import Axis, Bin, Side
from policy_service.linter.regions.grid import Box, bits

#: Bounds beyond this come from the ranges of formulas, not from a cell.
_BEYOND_USE: Final = 2**60


def spans_of(box: Box, axes: Sequence[Axis], policy: Policy) -> tuple[Span, ...]:
    """Return the sides of a box; a column that may take any value is left out."""
    return tuple(
        Span(axis.column.text, span_text(mask, axis, policy))
        for mask, axis in zip(box, axes, strict=True)
        if mask not in (axis.every_bin, axis.known_bins)
    )


def region_text(spans: Sequence[Span]) -> str:
    """Return a region in one breath: "grade A and years_trading [3..5)"."""
    if not spans:
        return "every value"
    return " and ".join(f"{span.column} {span.text}" for span in spans)


def span_text(mask: int, axis: Axis, policy: Policy) -> str:
    """Return the values of some bins of a column."""
    bins = [axis.bins[number] for number in bits(mask)]
    known = [each for each in bins if not each.is_unknown]
    pieces = _values(known, axis, policy) if not axis.moving else _sided(known, axis, policy)
    if len(known) < len(bins):
        pieces.append("unknown")
    return joined(pieces, "or")


def _values(bins: Sequence[Bin], axis: Axis, policy: Policy) -> list[str]:
    if axis.kind is Kind.CATEGORY:
        return ["= " + joined([axis.texts[each.low] for each in bins], "or")] if bins else []
    if axis.kind is Kind.BOOLEAN:
        return [value_text(each.low, axis.kind, policy) for each in bins]
    stretches: list[tuple[int, int]] = []
    for each in bins:
        if stretches and each.low == stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], each.high)
        elif not stretches or each.low > stretches[-1][1]:
            stretches.append((each.low, each.high))
    return [stretch_text(low, high, axis, policy) for low, high in stretches]


def stretch_text(low: int, high: int, axis: Axis, policy: Policy) -> str:
    """Return the values `low` to `high` of a column, with the bounds that its cells write where it can."""
    fine = axis.kind in (Kind.MONEY, Kind.NUMBER)
    after = fine and low not in axis.marks and low - 1 in axis.marks
    before = fine and high not in axis.marks and high + 1 in axis.marks
    start, stop = (value_text(low - after, axis.kind, policy), value_text(high + before, axis.kind, policy))
    is_open_below, is_open_above = low < -_BEYOND_USE, high > _BEYOND_USE
    if low == high:
        return f"= {value_text(low, axis.kind, policy)}"
    if is_open_below and is_open_above:
        return "any value"
    if is_open_below:
        return f"{'<' if before else '<='} {stop}"
    if is_open_above:
        return f"{'>' if after else '>='} {start}"
    return f"{'(' if after else '['}{start}..{stop}{')' if before else ']'}"


def _sided(bins: Sequence[Bin], axis: Axis, policy: Policy) -> list[str]:
    by_sides: dict[tuple[Side, ...], list[Bin]] = {}
    for each in bins:
        by_sides.setdefault(each.sides, []).append(each)
    by_values: dict[str, list[tuple[Side, ...]]] = {}
    for sides, found in by_sides.items():
        by_values.setdefault(_values_unless_all(found, axis, policy), []).append(sides)
    pieces = []
    for values, several in by_values.items():
        for sides in several:
            where = [_side_text(side, end, policy) for side, end in zip(sides, axis.moving, strict=True)]
            pieces.append(" and ".join([*([values] if values else []), *where]))
    return pieces


def _values_unless_all(bins: Sequence[Bin], axis: Axis, policy: Policy) -> str:
    lows = {each.low for each in bins}
    everything = lows == {each.low for each in axis.bins if not each.is_unknown}
    return "" if everything else joined(_values(bins, axis, policy), "or")


def _side_text(side: Side, end: Expression, policy: Policy) -> str:
    text = formula_text(end, policy)
    match side:
        case Side.BELOW:
            return f"< {text}"
        case Side.AT:
            return f"= {text}"
        case Side.ABOVE if end.kind is Kind.CATEGORY:
            return f"other than {text}"
        case Side.ABOVE:
            return f"> {text}"
        case Side.UNKNOWN:
            return f"with {text} unknown"
        case _:
            assert_never(side)
