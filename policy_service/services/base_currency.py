"""The refusal of a policy and a ledger whose amounts are not in one base currency."""

from policy_service.domain.errors import RequestError
from policy_service.domain.values import Currency
from policy_service.language.policy import Policy


def other_currency(of_ledger: Currency, policy: Policy) -> RequestError:
    """Return the refusal R405 of a policy whose base currency is not the ledger's."""
    return RequestError(
        "R405",
        f"The ledger is in {of_ledger.code}, the policy {policy.id} in {policy.currency.code}.",
        remedy="Choose a policy in the ledger's base currency, or import the ledger with rates.",
    )
