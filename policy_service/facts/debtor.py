"""Who owes: a customer as of a day, or all customers of its group measured as one."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec

from policy_service.domain.values import UNKNOWN
from policy_service.facts.columns import Collection, join
from policy_service.facts.customer_day import CustomerDay
from policy_service.facts.knowledge import Knowledge
from policy_service.language.definitions.dictionary import EntrySource


class StandingTerms(msgspec.Struct, frozen=True):
    """What of a customer's standing facts are measured with: the limit in force and the days of grace.

    The limit is a value (unknown before the first review, or unlimited); unknown grace counts as 0 days.
    """

    credit_limit: int = UNKNOWN
    grace_days: int = UNKNOWN


class Member(msgspec.Struct, frozen=True):
    """One customer of a debtor with the terms it has."""

    customer: CustomerDay
    terms: StandingTerms = msgspec.field(default_factory=StandingTerms)


class Debtor:
    """One customer, or several as one: their entries side by side, by customer id, then date, then id."""

    def __init__(self, members: Sequence[Member], knowledge: Knowledge) -> None:
        self.members = tuple(members)
        self.knowledge = knowledge

    def entries(self, source: EntrySource, within_days: int | None = None) -> Collection:
        """Return the known entries, with `within_days` N those dated `day - N <= date < day`."""
        return self.gathered(lambda customer: customer.entries(source, within_days))

    def gathered(self, part: Callable[[CustomerDay], Collection]) -> Collection:
        """Return what `part` gives for each member, side by side."""
        return join([part(member.customer) for member in self.members])

    @cached_property
    def customer_since(self) -> dt.date | None:
        """The earliest day from which any member is a customer: its `since`, else its first known order."""
        days = [member.customer.customer.since or member.customer.first_order_date for member in self.members]
        return min((day for day in days if day), default=None)
