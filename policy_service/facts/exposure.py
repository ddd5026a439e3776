"""Exposure: what is owed and committed, by the components that the policy names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from policy_service.domain.entries import Customer
from policy_service.domain.values import MILLION, UNKNOWN, Currency, Kind
from policy_service.facts.columns import Collection, join
from policy_service.facts.customer_day import CustomerDay
from policy_service.facts.customer_file import read_attribute
from policy_service.facts.debtor import Debtor
from policy_service.facts.reading import Reading, entry_ids
from policy_service.facts.rounding import divide_half_away
from policy_service.language.policy import ExposureComponent

#: The customer facts that say how far a credit insurer stands in.
INSURED_LIMIT: Final = "insured_limit"
COVER_SHARE: Final = "cover_share"

_OWED: Final[Mapping[ExposureComponent, Callable[[CustomerDay], Collection]]] = MappingProxyType(
    {
        ExposureComponent.OPEN_BALANCE: lambda customer: customer.books.open_invoices,
        ExposureComponent.OPEN_ORDERS: lambda customer: customer.placed_orders.open_orders,
        ExposureComponent.UNMATURED_BILLS: lambda customer: customer.books.unmatured_bills,
    }
)


class ExposurePart(msgspec.Struct, frozen=True):
    """What one component adds to the exposure or, negative, takes off it, in base currency; and by which entries."""

    amount: int
    behind: tuple[Collection, ...] = ()

    @property
    def entries(self) -> tuple[str, ...]:
        """The ids of the entries, worked out when asked for."""
        return entry_ids(self.behind)


def exposure_by_component(
    debtor: Debtor, components: Iterable[ExposureComponent], currency: Currency
) -> Mapping[ExposureComponent, ExposurePart]:
    """Return what each component comes to; together they are the exposure, which is never below 0.

    What is owed comes first, then unapplied cash is taken off, at most to 0, then of the rest the insured part:
    cover share x min(rest, insured limit), nothing where the customer file names no cover. Of a group each
    customer counts by itself: one's cash or cover does not lower what another owes.
    """
    chosen = frozenset(components)
    of_members = [_of_customer(member.customer, chosen, currency) for member in debtor.members]
    if len(of_members) == 1:
        return of_members[0]
    return {
        component: ExposurePart(
            sum(parts[component].amount for parts in of_members),
            _side_by_side([parts[component].behind for parts in of_members]),
        )
        for component in ExposureComponent
        if component in chosen
    }


def exposure(debtor: Debtor, components: Sequence[ExposureComponent], currency: Currency) -> Reading:
    """Return the sum of the components."""
    parts = exposure_by_component(debtor, components, currency).values()
    behind = tuple(collection for part in parts for collection in part.behind)
    return Reading(sum(part.amount for part in parts), 1, Kind.MONEY, behind)


def open_column(collection: Collection) -> str:
    """Return the column that says what is owed: of an invoice what is open, else the amount."""
    return "open_amount" if "open_amount" in collection.numbers else "amount"


def insured_part(customer: Customer, rest: int, currency: Currency) -> int:
    """Return what of the rest a credit insurer stands in for; nothing where the customer file names no cover."""
    limit = read_attribute(customer, INSURED_LIMIT, Kind.MONEY, currency)
    share = read_attribute(customer, COVER_SHARE, Kind.NUMBER, currency)
    if UNKNOWN in (limit, share):
        return 0
    covered = divide_half_away(share * max(0, min(rest, limit)), MILLION)
    return max(0, min(rest, covered))


def _of_customer(
    customer: CustomerDay, chosen: frozenset[ExposureComponent], currency: Currency
) -> Mapping[ExposureComponent, ExposurePart]:
    parts = {}
    for component, part in _OWED.items():
        if component in chosen:
            entries = part(customer)
            amount = entries.total_of(open_column(entries))
            parts[component] = ExposurePart(amount, (entries,))
    rest = sum(part.amount for part in parts.values())
    if ExposureComponent.UNAPPLIED_CASH in chosen:
        cash = customer.books.surpluses
        taken = min(rest, cash.total_of("amount"))
        parts[ExposureComponent.UNAPPLIED_CASH] = ExposurePart(-taken, (cash,))
        rest -= taken
    if ExposureComponent.INSURED in chosen:
        parts[ExposureComponent.INSURED] = ExposurePart(-insured_part(customer.customer, rest, currency))
    return parts


def _side_by_side(of_members: Sequence[tuple[Collection, ...]]) -> tuple[Collection, ...]:
    collections = [collection for behind in of_members for collection in behind]
    return (join(collections),) if len(collections) > 1 else tuple(collections)
