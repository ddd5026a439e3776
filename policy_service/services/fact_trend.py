"""A customer's fact over the last month ends: measured anew for each, as it would have been known then."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.facts.knowledge import Knowledge
from policy_service.services.code_book import Plain
from policy_service.services.credit_file import CustomerNow
from policy_service.services.customer_facts import FactsAsked, ShownFact, facts_of
from policy_service.services.house import House

#: So many month ends are looked back at.
MONTHS: Final = 12
_ONE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FactThen:
    """What a fact was at the end of a day; `value` is none where it was not known, `fault` why it has none."""

    day: dt.date
    value: Plain
    fault: str = ""


def fact_trend(house: House, session: Session, customer_id: str, name: str, act: Act) -> tuple[FactThen, ...]:
    """Return the fact at the ends of the last months, the earliest first, and as it is now.

    What was posted later is left aside. Policy, limit and grace are those of today, so that the values can be
    compared with each other. RequestError R404 for an unknown customer, R494 for the name of no measured fact.
    """
    view = CustomerNow(house, session, customer_id, act)
    today = business_day(act.at, house.settings.zone)

    def measured(knowledge: Knowledge) -> ShownFact | None:
        asked = FactsAsked(customer_id, knowledge, names=(name,), entries=0)
        facts = facts_of(house, session, asked, view.version.policy, view.circumstances.terms).facts
        # Of the request and the standing nothing is measured.
        return facts[0] if facts else None

    found = [(day - _ONE, measured(Knowledge(day))) for day in _first_days(today)]
    found.append((today, measured(Knowledge(today, includes_day=True))))
    return tuple(FactThen(day, fact.value, fact.fault) for day, fact in found if fact)


def _first_days(today: dt.date) -> Iterator[dt.date]:
    months = today.year * 12 + today.month - 1
    for month in range(months - MONTHS + 1, months + 1):
        yield dt.date(month // 12, month % 12 + 1, 1)
