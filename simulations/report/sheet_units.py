"""What the figures of a workbook count, and how its cells show them: whole currency, per cent, days."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from policy_service.domain.values import Currency
from simulations.report.page.figures import GROUPS
from simulations.report.page.numbers import Unit

#: The figures of one number, in the order in which a page shows them.
ORDER: Final[Mapping[str, int]] = {
    shown.name: place for place, shown in enumerate(one for members in GROUPS.values() for one in members)
}
_UNITS: Final[Mapping[str, Unit]] = {shown.name: shown.unit for members in GROUPS.values() for shown in members}
#: Balances of months, and balances by age.
_MONEY: Final = frozenset({"open_balance", "past_due_balance", "ageing"})
_FORMATS: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "#,##0",
    Unit.INDEX: "#,##0",
    Unit.DAYS: "#,##0.0",
    Unit.SHARE: "0.00%",
    Unit.PERCENT: "0.00%",
    Unit.DATE: "#,##0",
}
_NAMES: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "number",
    Unit.INDEX: "0 to 10,000",
    Unit.DAYS: "days",
    Unit.SHARE: "%",
    Unit.PERCENT: "%",
    Unit.DATE: "date",
}


def unit_of(figure: str) -> Unit:
    """Return what a figure counts, by its name; those of several names are called as `ageing.1_30`."""
    head, _, rest = figure.partition(".")
    if head in _UNITS:
        return _UNITS[head]
    return Unit.MONEY if head in _MONEY or rest.endswith(".amount") else Unit.COUNT


def named(unit: Unit, currency: Currency) -> str:
    """Return how a sheet names a unit."""
    return currency.code if unit is Unit.MONEY else _NAMES[unit]


def format_of(unit: Unit, currency: Currency) -> str:
    """Return the number format of cells of a unit."""
    if unit is not Unit.MONEY:
        return _FORMATS[unit]
    return f"#,##0.{'0' * currency.decimals}" if currency.decimals else "#,##0"


def as_shown(cell: str, unit: Unit, currency: Currency) -> str:
    """Return a figure of the report as its cell holds it: an amount in whole currency, a per cent as a share."""
    match unit:
        case Unit.MONEY:
            return str(Decimal(cell).scaleb(-currency.decimals))
        case Unit.PERCENT:
            return str(Decimal(cell) / 100)
        case _:
            return cell
