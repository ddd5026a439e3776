"""Which questions name an order, and which have none."""

from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.services.decisions.deciding import Asked


def refuse_an_order_of_no_part(asked: Asked) -> None:
    """Refuse a review or an escalation that names an order: RequestError R425.

    The order that is decided upon is no part of the exposure; of a customer every order is.
    """
    if asked.order_id and asked.decision_type is not DecisionType.ORDER:
        raise RequestError(
            "R425",
            f"The question is of type {asked.decision_type}, which the order {asked.order_id!r} has no part in.",
            remedy="Leave order_id out.",
        )
