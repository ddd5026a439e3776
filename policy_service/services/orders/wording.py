"""Amounts and reasons of orders as they are told."""

import json
from functools import lru_cache

from policy_service.domain.amounts import from_scaled
from policy_service.domain.currencies import currency
from policy_service.domain.values import Kind, scale
from policy_service.storage.order_store import StoredOrder


@lru_cache(4_096)
def money_text(amount: int, code: str) -> str:
    """Return minor units of a currency as decimal text in its major unit."""
    return from_scaled(amount, scale(Kind.MONEY, currency(code)))


def reasons_of(order: StoredOrder) -> list[dict[str, object]]:
    """Return the reasons of the latest decision upon the order, with their titles, as they were recorded."""
    reasons: list[dict[str, object]] = json.loads(order.reasons)
    return reasons
