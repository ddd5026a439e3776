"""What came decided upon: customers reviewed, standings approved by who may, and the day run."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from policy_service.cli import output
from policy_service.cli.crm_demo.company import ANALYST, MANAGER, PEOPLE, Company
from policy_service.cli.crm_demo.debtors import Debtor, debtors_among
from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.running import BY_ITSELF, now
from policy_service.services.daily_run.report import DayReport
from policy_service.services.daily_run.run import run_day
from policy_service.services.decisions.answering import answer
from policy_service.services.decisions.deciding import Asked
from policy_service.services.given_overrides import give
from policy_service.services.override_limits import Wanted
from policy_service.services.standings_in_force.approving import approve
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.standing_store import StandingStore, StoredStanding

#: More than all customers of the demo.
MOST_CUSTOMERS = 1_000
_MONTH: Final = dt.timedelta(days=30)
#: So many days past due are long.
_LONG: Final = 30


@dataclass(frozen=True, slots=True)
class Reviewed:
    """So many customers were reviewed: of some all counts at once, others wait for a role; who approved how many."""

    customers: int
    at_once: int
    waiting: Mapping[str, int]
    approved: Mapping[str, int]


def review_all(company: Company, title: str, why: str) -> Reviewed:
    """Review every customer that came, as the analyst, and let those approve who may what the analyst may not."""
    with company.house.database.reading() as session:
        ledger = LedgerStore(session).load_ledger()
        customers = sorted(ledger.histories)
    with output.progress(title) as advance:
        for number, customer_id in enumerate(customers):
            review(company, customer_id)
            advance(number, len(customers))
    with company.house.database.reading() as session:
        waiting = StandingStore(session).page(state="proposed", limit=MOST_CUSTOMERS)
    roles = Counter(one.approval_role for one in waiting)
    return Reviewed(len(customers), len(customers) - len(waiting), roles, approve_waiting(company, why))


def review(company: Company, customer_id: str) -> None:
    """Review a customer by the policy in force, as the analyst."""
    with company.house.database.writing() as session:
        asked = Asked(DecisionType.REVIEW, customer_id)
        answer(company.house, session, asked, company.actor(ANALYST, session), company.act(ANALYST))


def approve_waiting(company: Company, why: str) -> Mapping[str, int]:
    """Let each standing that waits be approved by the person of the role that it waits for; return how many by whom."""
    by_role = {role.value: login for login, role in PEOPLE.items()}
    approved: Counter[str] = Counter()
    with company.house.database.writing() as session:
        for one in StandingStore(session).page(state="proposed", limit=MOST_CUSTOMERS, is_oldest_first=True):
            login = by_role[one.approval_role]
            approve(company.house, session, one.standing_id, why, company.actor(login, session), company.act(login))
            approved[login] += 1
    return approved


def stop_credit(company: Company, customers: Sequence[str], why: str) -> Debtor | None:
    """Let the manager stop the credit, for a month, of who owes most for long; none where nobody is past due."""
    among = debtors_among(company, customers)
    debtor = max(among, key=lambda one: (one.days > _LONG, one.amount, one.customer_id), default=None)
    if debtor:
        until = company.today + _MONTH
        wanted = Wanted(debtor.customer_id, DecisionType.REVIEW, {"stop_credit": "true"}, why, until)
        with company.house.database.writing() as session:
            give(company.house, session, wanted, company.actor(MANAGER, session), company.act(MANAGER))
    return debtor


def live_the_day(company: Company, title: str) -> DayReport:
    """Run the present day, as the service does each morning: cases are opened and climb."""
    with output.progress(title) as advance:
        return run_day(company.house, company.today, Act(BY_ITSELF, now()), advance, now)


def policy_title(company: Company, language: str) -> str:
    """Return what the policy in force is called, with its version."""
    with company.house.database.reading() as session:
        version = company.house.policies.effective(session, company.house.settings.default_policy, now())
        return f"{version.policy.title.in_language(language)} ({version.policy.id} {version.number})"


def standing_of(company: Company, customer_id: str) -> StoredStanding:
    """Return the standing in force of a customer who was reviewed."""
    with company.house.database.reading() as session:
        return StandingStore(session).in_force_of((customer_id,))[customer_id]


def grades(company: Company) -> Sequence[tuple[str, int, str]]:
    """Return each grade with how many customers have it and the sum of their limits, as text, the best one first."""
    with company.house.database.reading() as session:
        version = company.house.policies.effective(session, company.house.settings.default_policy, now())
        order, found = list(version.policy.grades), StandingStore(session).page(state="in_force", limit=MOST_CUSTOMERS)
    counts, limits = Counter[str](), defaultdict[str, Decimal](Decimal)
    for one in found:
        grade = one.outputs.get("grade", "")
        counts[grade] += 1
        limits[grade] += Decimal(one.outputs.get("credit_limit", "0"))
    return [(grade, counts[grade], f"{limits[grade]:.2f}") for grade in order if grade in counts]


def names_of(company: Company, customers: Collection[str]) -> Mapping[str, str]:
    """Return what the customers are called."""
    with company.house.database.reading() as session:
        ledger = company.house.customers.at(session)
        return {one: ledger.history(one).versions[-1].name or one for one in customers}
