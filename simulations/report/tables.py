"""The report as tables of texts: what the spreadsheet, the comma-separated file and the page show."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from policy_service.domain.values import Currency
from simulations.accounting.kpis import NULL_REASONS
from simulations.comparison.comparison import Comparison
from simulations.comparison.customers import FIGURES
from simulations.report.contents import Circumstances, Report, why_of

Cells: TypeAlias = Sequence[str]

CUSTOMER_COLUMNS = (
    "customer_id",
    "moved_amount",
    *(f"{side}_{name}" for side in ("baseline", "candidate") for name in FIGURES),
    *("why_date", "why_rule_set", "why_row", "why_cell_row", "why_cell", "why_value", "why_bound", "why_distance"),
)


#: Those of its columns that hold numbers: the rest are ids, days and names.
CUSTOMER_NUMBERS = (*CUSTOMER_COLUMNS[1 : 2 + 2 * len(FIGURES)], "why_value", "why_bound", "why_distance")
#: Those that hold money: every figure of a customer but how many orders it has.
CUSTOMER_AMOUNTS = tuple(name for name in CUSTOMER_COLUMNS[1 : 2 + 2 * len(FIGURES)] if not name.endswith("_orders"))
_SIDES = ("baseline", "candidate")
_WHY = "why_"


@dataclass(frozen=True, slots=True)
class Table:
    """A named table: its heading, and rows of as many cells; `numbers` are the columns whose cells are read as such.

    Of these, `amounts` are columns of money. Where a column `figure` names what a row is about, that tells. Where a
    column `what` does, `told_amounts` are what those rows are about whose last cell, a text, is an amount.
    """

    name: str
    heading: Cells
    rows: Sequence[Cells]
    numbers: Collection[str] = ()
    amounts: Collection[str] = ()
    told_amounts: Collection[str] = ()


def tables_of(report: Report, currency: Currency) -> Sequence[Table]:
    """Return the tables of a report, but that of its customers; `currency` is that of its amounts."""
    swaps = report["swap_set"].items()
    moved = [(old, new, text(n)) for old, row in report["grade_migration"].items() for new, n in row.items()]
    return (
        Table("Figures", ("figure", "baseline", "candidate", "difference", "low", "high", "evidence", "why none"),
              list(_figures(report)), (*_SIDES, "difference", "low", "high")),
        Table("Swap set", ("orders", "number", "amount"),
              [(name, text(cell["orders"]), text(cell["amount"])) for name, cell in swaps], ("number", "amount"),
              ("amount",)),
        Table("Outcomes", ("baseline", "candidate", "orders", "amount"), list(_outcomes(report)), ("orders", "amount"),
              ("amount",)),
        Table("Cohorts", ("cohort", "value", "figure", "baseline", "candidate"), list(_cohorts(report)), _SIDES),
        Table("Grades", ("baseline grade", "candidate grade", "customers"), moved, ("customers",)),
        Table("Months", ("month", "figure", "baseline", "candidate"), list(_months(report)), _SIDES),
        Table("Workload", ("week from", "owner", "baseline", "candidate", "capacity"), list(_workload(report)),
              (*_SIDES, "capacity")),
        Table("Caveats", ("code", "text"), [(each["code"], each["text"]) for each in report["caveats"]]),
        Table("Run", ("what", "value"), list(_run(report, currency)), told_amounts=("assumptions.cost_per_step",)),
        *_stress(report),
    )  # fmt: skip


def customer_rows(found: Comparison, circumstances: Circumstances, customers: Iterable[int]) -> Iterator[Cells]:
    """Yield the row of each of these customers, by number, under `CUSTOMER_COLUMNS`."""
    for number in customers:
        baseline, candidate = found.customers.figures(number)
        why = why_of(found, number, circumstances) or {}
        yield (
            found.customers.ids[number],
            str(int(found.customers.moves.moved[number])),
            *(str(side[name]) for side in (baseline, candidate) for name in FIGURES),
            *(text(why.get(name.removeprefix(_WHY))) for name in CUSTOMER_COLUMNS if name.startswith(_WHY)),
        )


def flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all figures with their names; those of several names as `ageing.1_30`."""
    for name, figure in figures.items():
        if isinstance(figure, Mapping):
            yield from flat(figure, f"{before}{name}.")
        else:
            yield f"{before}{name}", figure


def text(value: Any) -> str:
    """Return a value as a person reads it; nothing for none."""
    return "" if value is None else str(value)


def _run(report: Report, currency: Currency) -> Iterator[Cells]:
    yield from ((name, text(value)) for name, value in flat(report["run"]))
    yield "amounts", f"in {currency.code}"


def _figures(report: Report) -> Iterator[Cells]:
    sides = [dict(flat(_numbers(report[side]))) for side in ("baseline", "candidate", "difference")]
    bands = dict(flat(report["intervals"]))
    reasons = report["difference"][NULL_REASONS]
    for name in sorted({name for side in sides for name in side}):
        low, high = bands.get(name) or (None, None)
        key = name.partition(".")[0]
        told = (*(side.get(name) for side in sides), low, high, report["evidence"].get(key), reasons.get(key))
        yield (name, *(text(each) for each in told))


def _cohorts(report: Report) -> Iterator[Cells]:
    for dimension, values in report["cohorts"].items():
        for value, sides in values.items():
            old, new = (dict(flat(_numbers(sides[side]))) for side in ("baseline", "candidate"))
            for name in sorted({*old, *new}):
                yield dimension, value, name, text(old.get(name)), text(new.get(name))


def _months(report: Report) -> Iterator[Cells]:
    for month in report["timeline"]:
        for name, figure in month["baseline"].items():
            yield month["month"], name, text(figure), text(month["candidate"][name])


def _outcomes(report: Report) -> Iterator[Cells]:
    for old, row in report["outcomes"].items():
        for new, cell in row.items():
            yield old, new, text(cell["orders"]), text(cell["amount"])


def _workload(report: Report) -> Iterator[Cells]:
    told = report["workload"]
    old, new = (told[side] or {} for side in ("baseline", "candidate"))
    for owner in sorted({*old, *new}):
        for place, week in enumerate(told["weeks"]):
            steps = (side[owner][place] if owner in side else None for side in (old, new))
            yield week, owner, *map(text, (*steps, told["capacity"].get(owner)))


def _stress(report: Report) -> Iterator[Table]:
    """Yield whom each stress hit and the figures without it; nothing of a ledger as recorded."""
    if "stress" not in report:
        return
    stress = report["stress"]
    effects = [
        (str(number), name, ", ".join(value) if isinstance(value, list | tuple) else text(value))
        for number, effect in enumerate(stress["effects"], start=1)
        for name, value in flat(effect)
    ]
    yield Table("Stress", ("stress", "what", "value"), effects, told_amounts=("amount_missing",))
    old, new = (dict(flat(_numbers(stress["without"][side]))) for side in _SIDES)
    rows = [(name, text(old.get(name)), text(new.get(name))) for name in sorted({*old, *new})]
    yield Table("Without stress", ("figure", *_SIDES), rows, _SIDES)


def _numbers(kpis: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: figure for name, figure in kpis.items() if name != NULL_REASONS}
