"""A company with some customers to whom all sorts of things happen in a few days of March."""

from typing import Any

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import Role
from policy_service.language.policy import Policy
from policy_service.services.decisions.deciding import Asked, decide
from policy_service.services.house import House
from policy_service.services.standings_in_force.applying import apply_review
from tests.services.daily_run.diary import days, ladder_policy, open_books
from tests.services.daily_run.reviewing import STANDING
from tests.services.decisions.live import act
from tests.services.house import RULE_SETS

FIRST, LAST = "2025-03-01", "2025-03-06"
DAYS = days(FIRST, LAST)
_CUSTOMERS = ("C1", "C2", "C3", "C4")


def busy_policy() -> Policy:
    """Return a policy with a short ladder, reviews every ten days, and after an insolvency notice."""
    return ladder_policy(
        ("days_past_due: 3,", "days_past_due: 2,"),
        ("days_past_due: 5,", "days_past_due: 3,"),
        standing=STANDING,
        policy=f"{RULE_SETS['policy']}review_on: [insolvency_notice]\n",
    )


def busy_books() -> dict[str, Any]:
    """Return a ledger in which invoices fall due, are paid, disputed, posted late, and a notice comes in."""
    return {
        "invoices": [
            {"id": f"{own}-{number}", "issued": "2025-02-01", "due": due, "amount": 1500, "customer": own}
            for own in _CUSTOMERS
            for number, due in enumerate(("2025-02-28", "2025-03-01", "2025-03-03"))
        ],
        "payments": [
            {"paid": "2025-03-02", "amount": 1500, "for": "C1-0"},
            {"paid": "2025-03-03", "amount": 1500, "for": "C1-1"},
            {"paid": "2025-03-04", "amount": 1500, "for": "C1-2"},
            {"paid": "2025-03-03", "amount": 1500, "for": "C2-0", "posted": "2025-03-04"},
        ],
        "disputes": [{"of": "C3-1", "opened": "2025-03-01", "closed": "2025-03-03"}],
        "events": [{"date": "2025-03-02", "kind": "insolvency_notice", "customer": "C3"}],
    }


def furnish(house: House) -> None:
    """Let the policy be in force, post the ledger, and review every customer once."""
    open_books(house, busy_books(), busy_policy())
    for customer in _CUSTOMERS:
        with house.database.writing() as session:
            by = act(DAYS[0].replace(month=2, day=22), "mia")
            given = decide(house, session, Asked(DecisionType.REVIEW, customer), by)
            apply_review(house, session, given, Role.FINANCE_HEAD, by)
