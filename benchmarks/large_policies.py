"""Policies of one large table, written as the YAML that a manager would write, and values to decide on them.

Three shapes of table: *separable*, where every cell is one grade, one segment or one of ten bands, so that
rows are told apart by equality once values are binned; *ranges*, where three columns hold overlapping
intervals and the first row that matches counts; *mixed*, with equalities, lists, half-open ranges and an
end point that is another fact.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_service.domain.decisions import Values
from policy_service.domain.values import MILLION
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy

SEED = 11
GRADES = tuple(f"G{number}" for number in range(10))
SEGMENTS = tuple(f"S{number}" for number in range(10))
#: Bands of ten for every fact that is a number.
_BANDS = 10
_DAYS_MOST, _AMOUNT_MOST, _SCORE_MOST, _YEARS_MOST = 200, 1_000_000, 100, 50
_FACTS = """grade_asked: {{source: request, type: category, values: [{grades}], title: {{en: Grade, zh: 等级}}}}
segment_asked: {{source: request, type: category, values: [{segments}], title: {{en: Segment, zh: 客群}}}}
days_late: {{source: request, type: days, title: {{en: Days late, zh: 逾期天数}}}}
amount_asked: {{source: request, type: money, title: {{en: Amount, zh: 金额}}}}
points: {{source: request, type: number, title: {{en: Points, zh: 分数}}}}
years_known: {{source: request, type: integer, title: {{en: Years, zh: 年限}}}}
collateral: {{source: request, type: money, title: {{en: Collateral, zh: 担保}}}}
"""
_POLICY = """policy: large_{shape}
title: {{en: One large table, zh: 大型决策表}}
owner: credit_manager
base_currency: CNY
rule_sets: [limits]
"""


#: Per column a cell's text and a value that passes it.
Cells = Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Shape:
    """How the cells of one row are drawn, and which hit policy the table has."""

    name: str
    hit_policy: str
    cells: Callable[[random.Random], Cells]


def _choice(chance: random.Random, texts: Sequence[str]) -> tuple[str, int]:
    code = chance.randrange(len(texts))
    return texts[code], code


def _band(chance: random.Random, most: int, steps: int = 1) -> tuple[str, int]:
    width = most // _BANDS
    low = chance.randrange(_BANDS) * width
    return f'"[{low}..{low + width})"', chance.randrange(low * steps, (low + width) * steps)


def _range(chance: random.Random, most: int, steps: int = 1) -> tuple[str, int]:
    low = chance.randrange(most * 3 // 4)
    high = low + chance.randrange(most // 20, most // 2)
    return f'"[{low}..{high}]"', chance.randint(low * steps, high * steps)


def _at_least(chance: random.Random, most: int, steps: int) -> tuple[str, int]:
    low = chance.randrange(most)
    return f'">= {low}"', chance.randrange(low * steps, most * steps)


def _segments(chance: random.Random) -> tuple[str, int]:
    codes = chance.sample(range(len(SEGMENTS)), chance.randint(1, 3))
    return '"' + ", ".join(SEGMENTS[code] for code in codes) + '"', codes[0] + len(GRADES)


def _separable_cells(chance: random.Random) -> Cells:
    segment, code = _choice(chance, SEGMENTS)
    return {
        "grade_asked": _choice(chance, GRADES),
        "segment_asked": (segment, code + len(GRADES)),
        "days_late": _band(chance, _DAYS_MOST),
        "amount_asked": _band(chance, _AMOUNT_MOST, 100),
        "points": _band(chance, _SCORE_MOST, MILLION),
        "years_known": _band(chance, _YEARS_MOST),
    }


def _range_cells(chance: random.Random) -> Cells:
    return {
        "days_late": _range(chance, _DAYS_MOST),
        "amount_asked": _range(chance, _AMOUNT_MOST, 100),
        "points": _range(chance, _SCORE_MOST, MILLION),
    }


def _mixed_cells(chance: random.Random) -> Cells:
    amounts = (('"<= collateral"', 0), ('"> collateral"', _AMOUNT_MOST * 100), _band(chance, _AMOUNT_MOST, 100))
    cells = {
        "grade_asked": _choice(chance, GRADES),
        "segment_asked": _segments(chance),
        "days_late": _range(chance, _DAYS_MOST),
        "points": _at_least(chance, _SCORE_MOST, MILLION),
        "amount_asked": chance.choice(amounts),
    }
    return {column: cell for column, cell in cells.items() if chance.random() < 0.8}


SEPARABLE = Shape("separable", "unique", _separable_cells)
RANGES = Shape("ranges", "first", _range_cells)
MIXED = Shape("mixed", "first", _mixed_cells)
SHAPES = (SEPARABLE, RANGES, MIXED)


def write_policy(shape: Shape, rows: int, folder: Path) -> None:
    """Write the policy's files into the new `folder`."""
    folder.mkdir()
    texts = {
        "facts": _FACTS.format(grades=", ".join(GRADES), segments=", ".join(SEGMENTS)),
        "reasons": "NOT_LISTED: {en: No row of the table, zh: 表中无此情形}\n",
        "policy": _POLICY.format(shape=shape.name),
        "limits": "\n".join(_table(shape, rows)) + "\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def large_policy(shape: Shape, rows: int) -> Policy:
    """Return the policy, loaded."""
    with TemporaryDirectory() as made:
        folder = Path(made) / f"large_{shape.name}"
        write_policy(shape, rows, folder)
        return load_policy(folder)


def values_for(shape: Shape, policy: Policy, rows: int, count: int) -> Sequence[Values]:
    """Return values to decide on: three in four pass every cell of some row, the others are drawn freely."""
    chance = random.Random(SEED + 1)
    # Categories are drawn as places in GRADES and SEGMENTS; one that the table does not name has no code there.
    texts = (*GRADES, *SEGMENTS)
    codes = {text: code for code, text in enumerate((*policy.vocabulary, *sorted(set(texts) - set(policy.vocabulary))))}
    lines = _rows(shape, rows)
    found = []
    for place in range(count):
        passing = {} if place % 4 == 3 else {column: value for column, (_, value) in chance.choice(lines).items()}
        values = _free_values(chance) | passing
        found.append(values | {name: codes[texts[values[name]]] for name in ("grade_asked", "segment_asked")})
    return found


def _rows(shape: Shape, rows: int) -> list[Cells]:
    chance = random.Random(SEED)
    found: dict[str, Cells] = {}
    while len(found) < rows:
        cells = shape.cells(chance)
        if cells:
            found.setdefault(_when(cells), cells)
    return list(found.values())


def _when(cells: Cells) -> str:
    return ", ".join(f"{column}: {text}" for column, (text, _) in cells.items())


def _table(shape: Shape, rows: int) -> Iterator[str]:
    yield from ("decision_table: limits", "title: {en: Limits, zh: 额度}", f"hit_policy: {shape.hit_policy}", "rows:")
    chance = random.Random(SEED)
    for number, cells in enumerate(_rows(shape, rows), 1):
        limit, term = chance.randrange(1, 500) * 1_000, chance.choice((0, 15, 30, 60))
        then = f"credit_limit: {limit}, payment_term_days: {term}"
        yield f"  - {{id: R{number}, when: {{{_when(cells)}}}, then: {{{then}}}}}"
    yield "otherwise: {credit_limit: 0, payment_term_days: 0, reason: NOT_LISTED}"


def _free_values(chance: random.Random) -> dict[str, int]:
    return {
        "grade_asked": chance.randrange(len(GRADES)),
        "segment_asked": len(GRADES) + chance.randrange(len(SEGMENTS)),
        "days_late": chance.randrange(_DAYS_MOST),
        "amount_asked": chance.randrange(_AMOUNT_MOST * 100),
        "points": chance.randrange(_SCORE_MOST * MILLION),
        "years_known": chance.randrange(_YEARS_MOST),
        "collateral": chance.randrange(_AMOUNT_MOST * 100),
    }
