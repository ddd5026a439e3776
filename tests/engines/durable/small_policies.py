"""Small policies made by hand, for the tests of this folder."""

from collections.abc import Sequence
from itertools import product

from policy_service.domain.values import MILLION, Currency, Kind
from policy_service.language.cells import Cell, Column, Output
from policy_service.language.definitions.dictionary import Title
from policy_service.language.feel.expressions import (
    Anything,
    Comparison,
    Constant,
    Interval,
    Name,
    NameSource,
    Operator,
    Test,
)
from policy_service.language.policy import Parameter, Policy
from policy_service.language.rule_sets import (
    Attribute,
    Band,
    Characteristic,
    DecisionTable,
    HitPolicy,
    Row,
    RuleSet,
    Scorecard,
)

MONEY, WHOLE, DAYS = Kind.MONEY, Kind.INTEGER, Kind.DAYS
OPEN = Cell("-", Anything())
Rows = Sequence[tuple[Cell, ...]]


def policy_of(*rule_sets: RuleSet, parameters: dict[str, int] | None = None) -> Policy:
    """Return a policy of these rule sets with whole-number parameters."""
    return Policy(
        id="small",
        title=Title("Small"),
        currency=Currency("EUR", 2),
        parameters={name: Parameter(name, WHOLE, value) for name, value in (parameters or {}).items()},
        facts={},
        reasons={},
        rule_sets=rule_sets,
        chains={},
        vocabulary=("A", "B", "C", "approve", "hold"),
        outputs={"limit": MONEY},
    )


def column(name: str, kind: Kind = WHOLE) -> Column:
    """Return a column that tests a fact."""
    return Column(name, Name(name, NameSource.FACT, kind))


def equal(value: int, kind: Kind = WHOLE) -> Cell:
    """Return the cell of one value."""
    return Cell("", Comparison(Operator.EQUAL, Constant(value, kind)))


def at_least(value: int, kind: Kind = WHOLE) -> Cell:
    """Return the cell `>= value`."""
    return Cell("", Comparison(Operator.GREATER_OR_EQUAL, Constant(value, kind)))


def between(low: int, high: int, kind: Kind = WHOLE) -> Cell:
    """Return the cell `[low..high)`."""
    return Cell("", _half_open(low, high, kind))


def limit(value: int) -> tuple[Output, ...]:
    """Return a row's output: a constant limit."""
    return (Output("limit", MONEY, "", Constant(value, MONEY)),)


def table(columns: Sequence[str], rows: Rows, hit_policy: HitPolicy = HitPolicy.FIRST) -> DecisionTable:
    """Return a table whose row `R<n>` sets the limit n."""
    return DecisionTable(
        "table",
        hit_policy,
        tuple(column(name) for name in columns),
        tuple(Row(f"R{place}", cells, limit(place)) for place, cells in enumerate(rows)),
    )


def separable(size: int, hit_policy: HitPolicy = HitPolicy.FIRST) -> DecisionTable:
    """Return a table of `size` rows told apart by two equalities and a range."""
    digits = list(product(range(10), repeat=3))[:size]
    rows = [
        (equal(low), equal(middle), between(high * 10, high * 10 + 10), at_least(1)) for high, middle, low in digits
    ]
    return table(("segment", "branch", "overdue", "sales"), rows, hit_policy)


def separable_values(row: int) -> dict[str, int]:
    """Return the facts under which that row of `separable` matches."""
    return {"segment": row % 10, "branch": row // 10 % 10, "overdue": row // 100 * 10 + 5, "sales": 3}


def best_of_all(characteristics: int, attributes: int) -> Scorecard:
    """Return a scorecard of ranges that nest, so that for the best customer as many as can be match."""

    def cell(place: int) -> Cell:
        return between(place * 10, place * 10 + 10) if place < attributes - 1 else at_least(place * 10)

    return Scorecard(
        "scorecard",
        tuple(
            Characteristic(
                column(f"fact_{fact}"),
                MILLION,
                tuple(Attribute(f"fact_{fact}.{n}", cell(n), n * MILLION) for n in range(attributes)),
            )
            for fact in range(characteristics)
        ),
        (),
        (Band("band.A", 0, Cell("", Comparison(Operator.GREATER_OR_EQUAL, Constant(0, Kind.NUMBER)))),),
    )


def _half_open(low: int, high: int, kind: Kind) -> Test:
    return Interval(Constant(low, kind), Constant(high, kind), includes_low=True, includes_high=False)
