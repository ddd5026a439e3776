"""What a customer owes and has been promised, and the roles that may release an order into that."""

from decimal import Decimal

from sqlalchemy.orm import Session

from policy_service.domain.permissions import AUTHORITY, Role
from policy_service.domain.values import Currency, Kind, scale
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, exposure_by_component
from policy_service.language.policy import Policy
from policy_service.services.company_settings import CompanySettings, company_settings
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.kept_together import Kept


def exposure_of(
    customer_id: str, policy: Policy, ledger: KnownLedger, knowledge: Knowledge, kept: Kept, without: str = ""
) -> int:
    """Return what the customer owes and has been promised, in minor units of the base currency.

    It is measured by the policy's components, of the group where the policy's exposure is the group's. `without`
    names an order that is left out, whatever became of it. FactError for what cannot be measured.
    """
    orders = {one: [order for order in theirs if order.order_id != without] for one, theirs in kept.orders.items()}
    circumstances = Circumstances(
        parameters=policy.parameters,
        exposure=policy.exposure,
        exposure_of_group=policy.exposure_of_group,
        orders=OrderDecisions(live=orders),
    )
    parts = exposure_by_component(ledger, customer_id, knowledge, circumstances).values()
    return sum(part.amount for part in parts)


def roles_that_may_release(session: Session, exposure: int | None, base: Currency) -> tuple[Role, ...]:
    """Return the roles that may release into this exposure, in minor units of the base currency, the lowest first.

    An exposure that nobody can tell takes a role that may release into any.
    """
    settings = company_settings(session)
    return tuple(role for role in AUTHORITY if _may_release(settings, role, exposure, base))


def _may_release(settings: CompanySettings, role: Role, exposure: int | None, base: Currency) -> bool:
    if role not in settings.release_authority:
        return False
    most = settings.release_authority[role]
    if most is None:
        return True
    return exposure is not None and Decimal(exposure) <= most * scale(Kind.MONEY, base)
