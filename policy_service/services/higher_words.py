"""What a person with more authority said against orders is not passed over by one with less."""

from collections.abc import Collection, Iterable
from typing import Final

from policy_service.domain.errors import AccessError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.permissions import AUTHORITY, Role, has_authority
from policy_service.language.policy import Policy
from policy_service.services.override_limits import loosening_outputs
from policy_service.storage.override_store import StoredOverride

#: The order that an override names which bears upon all orders of the customer.
ALL_ORDERS: Final = ""


def higher_word(
    said: Iterable[StoredOverride], order_ids: Collection[str], roles: Collection[Role], policy: Policy
) -> StoredOverride | None:
    """Return what keeps one of these orders back and was said by the highest who outranks the roles; none if nobody.

    The authority is that which its giver had then.
    """
    above = [
        one
        for one in said
        if one.decision_type == DecisionType.ORDER
        and one.order_id in order_ids
        and one.authority in AUTHORITY
        and not has_authority(roles, one.authority)
        and len(loosening_outputs(one.decision_type, one.outputs, policy)) < len(one.outputs)
    ]
    return max(above, key=lambda one: AUTHORITY.index(Role(one.authority)), default=None)


def passes_over(word: StoredOverride, person: str) -> AccessError:
    """Return the refusal of what would let an order go over the word of somebody who outranks the person."""
    return AccessError(
        "A436",
        f"{word.person} keeps the order back as {word.authority}, by the override {word.override_id},"
        f" and {person} is not {word.authority}.",
        remedy=f"Let a person with the role {word.authority} or one above it do it, or end that override.",
    )
