"""The outputs every policy may set without declaring them, with their kinds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policy_service.domain.values import Kind

#: What a review sets: these persist as the customer's standing and order checks read them as facts.
STANDING_OUTPUTS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "grade": Kind.CATEGORY,
        "score": Kind.NUMBER,
        "credit_limit": Kind.MONEY,
        "limit_valid_days": Kind.DAYS,
        "payment_term_days": Kind.DAYS,
        "payment_term_kind": Kind.CATEGORY,
        "prepay_percent": Kind.NUMBER,
        "discount_percent": Kind.NUMBER,
        "discount_days": Kind.DAYS,
        "interest_percent": Kind.NUMBER,
        "collateral_required": Kind.BOOLEAN,
        "collateral_amount": Kind.MONEY,
        "next_review_days": Kind.DAYS,
        "watch_list": Kind.BOOLEAN,
        "stop_credit": Kind.BOOLEAN,
        "grace_days": Kind.DAYS,
        "ladder_variant": Kind.CATEGORY,
        "approval_role": Kind.CATEGORY,
    }
)

#: Of these a review may read what was in force before it, as `previous_<name>`: to step a limit, or to cool down.
PREVIOUS_OUTPUTS: Final = ("grade", "score", "credit_limit", "payment_term_days", "prepay_percent", "grace_days")

#: What an order check sets; it may also set `prepay_percent` for the one order.
ORDER_OUTPUTS: Final[Mapping[str, Kind]] = MappingProxyType({"outcome": Kind.CATEGORY})

#: The payment term kinds a policy may name.
PAYMENT_TERM_KINDS: Final = ("net", "end_of_month", "prepayment")
