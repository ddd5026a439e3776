"""The last days of the sample company, lived in a database: everything by the services that the console calls."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from policy_service.cli.output import Advance
from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND, Instant, start_of_day
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.running import BY_ITSELF, now, one_time_password
from policy_service.services.daily_run.run import run_day
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.house import House
from policy_service.services.ledger_in.importing import import_folder
from policy_service.services.people import NewPerson, actor_of, found_person
from policy_service.services.portfolio.refreshing import refresh
from policy_service.services.request_facts import ORDER_AMOUNT
from policy_service.services.roles import FOUNDER
from policy_service.services.seeding import seed
from policy_service.services.sign_in.passwords import found_password
from policy_service.services.standings_in_force.approving import approve
from policy_service.storage.standing_store import StandingStore

#: Who works in the sample company; whoever may change people comes last, as that ends the founding.
PEOPLE: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "viewer": Role.VIEWER,
        "sales": Role.SALES,
        "collector": Role.COLLECTOR,
        "analyst": Role.ANALYST,
        "manager": Role.CREDIT_MANAGER,
        "finance": Role.FINANCE_HEAD,
        "approver": Role.APPROVER,
        "emergency": Role.EMERGENCY,
        "auditor": Role.AUDITOR,
        "shop": Role.SYSTEM,
        "admin": Role.ADMIN,
    }
)
#: What asks for orders, and may write the ledger.
SHOP: Final = "shop"
#: Whose authority reaches furthest.
_FINANCE: Final = "finance"
#: So many business days are lived, the day of the demo included.
DAYS: Final = 3
#: More than all of its customers.
_MOST_WAITING: Final = 1_000
_HOUR: Final = 3600 * SECOND
_MORNING, _OPENING, _EVENING = 6, 9, 18
#: Between two orders of a day.
_BETWEEN: Final = 120 * SECOND
_ONE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that are lived: the last one is `today`, at whose present instant `now` everything of it is done."""

    house: House
    today: dt.date
    now: Callable[[], Instant]
    days: Sequence[dt.date] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the days."""
        days = tuple(self.today - _ONE * (DAYS - 1 - number) for number in range(DAYS))
        object.__setattr__(self, "days", days)

    def at(self, day: dt.date, hour: int, after: Instant = 0) -> Instant:
        """Return so long after an hour of the day; on the last day the present instant."""
        if day == self.today:
            return self.now()
        return start_of_day(day, self.house.settings.zone) + hour * _HOUR + after


def found_company(house: House, ledger_folder: Path, calendar: Calendar) -> Mapping[str, str]:
    """Put the policies in force, import the ledger, add the people; return the one-time passwords by login."""
    begins = calendar.at(calendar.days[0], 0)
    with house.database.writing() as session:
        seed(house, session, house.settings.rules_dir, Act(BY_ITSELF, begins))
    import_folder(house, ledger_folder, Act(BY_ITSELF, begins + SECOND))
    return found_people(house, PEOPLE, begins)


def found_people(house: House, people: Mapping[str, Role], begins: Instant) -> Mapping[str, str]:
    """Add made-up people with their roles, whoever may change people last; return the one-time passwords by login."""
    passwords = {login: one_time_password() for login in people}
    with house.database.writing() as session:
        for login, role in people.items():
            new = NewPerson(login, f"Demo {role.replace('_', ' ')}")
            found_person(house, session, new, (role,), Act(FOUNDER, begins))
        for login, password in passwords.items():
            # Good for a day of whoever reads it, on whichever day the company begins.
            found_password(house, session, login, password, Act(FOUNDER, now()))
    return passwords


def live(house: House, calendar: Calendar, amounts: Mapping[str, str], advance: Advance) -> None:
    """Run each day's morning, then have its share of the customers order again, for as much as the last time.

    `amounts` are by customer. In the evening somebody agrees to the standings that reviews have proposed; those of the
    last day still wait. The portfolio is counted in the end.
    """
    for number, day in enumerate(calendar.days):
        run_day(house, day, Act(BY_ITSELF, calendar.at(day, _MORNING)))
        ordering = [each for place, each in enumerate(amounts) if place % DAYS == number]
        for place, customer_id in enumerate(ordering):
            order_id = f"SO-{day:%Y%m%d}-{place + 1:03}"
            at = calendar.at(day, _OPENING, place * _BETWEEN)
            _order(house, customer_id, order_id, amounts[customer_id], at)
            advance(number * len(ordering) + place, len(amounts))
        if day != calendar.today:
            _agree(house, calendar.at(day, _EVENING))
    refresh(house, calendar.now)


def _order(house: House, customer_id: str, order_id: str, amount: str, at: Instant) -> None:
    asked = Asked(DecisionType.ORDER, customer_id, {ORDER_AMOUNT: amount}, order_id)
    with house.database.writing() as session:
        answer(house, session, asked, actor_of(session, SHOP), Act(SHOP, at))


def _agree(house: House, at: Instant) -> None:
    with house.database.writing() as session:
        actor = actor_of(session, _FINANCE)
        waiting = StandingStore(session).page(state="proposed", limit=_MOST_WAITING)
        for number, standing in enumerate(waiting):
            act = Act(_FINANCE, at + number * SECOND)
            approve(house, session, standing.standing_id, "As the review proposes.", actor, act)
